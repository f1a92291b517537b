"""`hoadon dead-letters`: what could not be processed, with its original bytes."""

from typing import Annotated

import typer

from console.session import JsonOption, LimitOption, Session, run

app = typer.Typer(no_args_is_help=True, help="Dead letters: what could not be processed, kept with its bytes.")

Letter = Annotated[str, typer.Argument(help="partition:offset, as `dead-letters list` shows it.")]


@app.command("list")
def list_letters(
    ctx: typer.Context,
    reason: Annotated[str | None, typer.Option("--reason", help="Only this reason.")] = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """List dead letters, newest first."""

    async def work(session: Session) -> None:
        from console.letters_view import show_letters  # noqa: PLC0415  (drivers make --help slow)

        await show_letters(session, reason, limit)

    run(ctx, work, as_json=as_json)


@app.command()
def show(ctx: typer.Context, letter: Letter, as_json: JsonOption = False) -> None:
    """Show one letter with its headers and its body, which may hold a buyer's data."""

    async def work(session: Session) -> None:
        from console.letters_view import show_letter  # noqa: PLC0415  (drivers make --help slow)

        await show_letter(session, letter)

    run(ctx, work, as_json=as_json)


@app.command()
def retry(ctx: typer.Context, letter: Letter) -> None:
    """Publish a letter's original bytes to its original topic again; the letter itself stays."""

    async def work(session: Session) -> None:
        from console.letters_view import retry_letter  # noqa: PLC0415  (drivers make --help slow)

        await retry_letter(session, letter)

    run(ctx, work)
