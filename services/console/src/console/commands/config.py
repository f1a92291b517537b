"""`hoadon config`: apply, export, check and list shops."""

from pathlib import Path
from typing import Annotated

import typer

from console.session import JsonOption, Session, run

app = typer.Typer(no_args_is_help=True, help="Shops: apply a YAML file, export, check, list.")


@app.command()
def apply(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="YAML files, one shop each; - reads standard input.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Store shops from their files. Nothing is stored unless every file is valid.

    A value `env:NAME` is read from the environment; a secret written ******** keeps the stored one.
    """

    async def work(session: Session) -> int:
        from console.shops_view import apply_files  # noqa: PLC0415  (drivers make --help slow)

        return await apply_files(session, files, dry_run=dry_run)

    run(ctx, work, as_json=as_json)


@app.command()
def export(
    ctx: typer.Context,
    shop: Annotated[str, typer.Argument(help="The shop's id.")],
    version: Annotated[int | None, typer.Option("--version", help="An earlier version.")] = None,
) -> None:
    """Print a shop as YAML, secrets masked; applying it unchanged changes nothing."""

    async def work(session: Session) -> None:
        from console.shops_view import export_shop  # noqa: PLC0415  (drivers make --help slow)

        await export_shop(session, shop, version)

    run(ctx, work)


@app.command()
def check(
    ctx: typer.Context,
    shop: Annotated[str | None, typer.Argument(help="The shop's id; by default all shops.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Check a YAML file before it is applied.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Look at the document only, ask no vendor.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Tell whether connections work, what they may do, and what is wrong with mapping, series and rates.

    Nothing is published or changed. Exit code 1 when there are errors; warnings alone give 0.
    """

    async def work(session: Session) -> int:
        from console.shops_check import check_shops  # noqa: PLC0415  (drivers make --help slow)

        return await check_shops(session, shop, file, offline=offline)

    run(ctx, work, as_json=as_json)


@app.command("rotate-secrets")
def rotate_secrets(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Encrypt all stored secrets with the first of HOADON_SECRET_KEYS, so that the others can be dropped."""

    async def work(session: Session) -> None:
        from console.shops_view import rotate_secrets as rotate  # noqa: PLC0415  (drivers make --help slow)

        await rotate(session)

    run(ctx, work, as_json=as_json)


@app.command("list")
def list_shops(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """List the shops."""

    async def work(session: Session) -> None:
        from console.shops_view import show_shops  # noqa: PLC0415  (drivers make --help slow)

        await show_shops(session)

    run(ctx, work, as_json=as_json)
