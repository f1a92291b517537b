"""`hoadon lanes`: which series publish, which wait, and why."""

from typing import Annotated

import typer

from console.session import JsonOption, Session, run

app = typer.Typer(no_args_is_help=True, help="Lanes: one for each series, publishing in order.")

Lane = Annotated[str, typer.Argument(help="environment:tax code:series, as `lanes list` shows it.")]


@app.command("list")
def list_lanes(
    ctx: typer.Context,
    account: Annotated[str | None, typer.Option("--account", help="Only this account, environment:tax code.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the lanes with their state, what waits and since when."""

    async def work(session: Session) -> None:
        from console.lanes_view import show_lanes  # noqa: PLC0415  (drivers make --help slow)

        await show_lanes(session, account)

    run(ctx, work, as_json=as_json)


@app.command()
def pause(
    ctx: typer.Context,
    lane: Lane,
    reason: Annotated[str, typer.Option("--reason", help="Why; shown to everybody who looks.")],
) -> None:
    """Stop a lane from sending anything new; what is under way is settled."""

    async def work(session: Session) -> None:
        from console.lanes_view import pause_lane  # noqa: PLC0415  (drivers make --help slow)

        await pause_lane(session, lane, reason)

    run(ctx, work)


@app.command()
def resume(ctx: typer.Context, lane: Lane) -> None:
    """Let a paused or blocked lane go on, together with its account."""

    async def work(session: Session) -> None:
        from console.lanes_view import resume_lane  # noqa: PLC0415  (drivers make --help slow)

        await resume_lane(session, lane)

    run(ctx, work)
