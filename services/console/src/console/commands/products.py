"""`hoadon products`: the shop's goods, with the names, units and VAT rates that Haravan does not have."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from console.session import JsonOption, LimitOption, Session, run

app = typer.Typer(no_args_is_help=True, help="Goods: sync from Haravan; names, units, rates and parts by CSV.")

Shop = Annotated[str | None, typer.Option("--shop", help="The shop's id; not needed where there is only one.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")]
File = Annotated[Path, typer.Argument(help="A CSV file; - reads standard input.")]
Semicolon = Annotated[bool, typer.Option("--semicolon", help="Separate cells by ; as Excel in Vietnam does.")]
To = Annotated[Path | None, typer.Option("--to", help="Write to this file instead of standard output.")]
On = Annotated[
    datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="For invoices of this day in Vietnam; by default today."),
]


@app.command()
def sync(ctx: typer.Context, shop: Shop = None) -> None:
    """Have all products of a shop read from Haravan. What was entered by CSV stays."""

    async def work(session: Session) -> None:
        from console.syncing import sync_shop  # noqa: PLC0415  (drivers make --help slow)

        await sync_shop(session, shop, "products")

    run(ctx, work)


@app.command("list")
def list_products(
    ctx: typer.Context,
    *,
    shop: Shop = None,
    search: Annotated[str, typer.Option("--search", help="Only with this in SKU, barcode or name.")] = "",
    deleted: Annotated[bool, typer.Option("--deleted", help="With those that Haravan no longer has.")] = False,
    on: On = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """List goods with the rate they would have, and where it comes from."""

    async def work(session: Session) -> None:
        from console.products_view import Asked, show_products  # noqa: PLC0415  (drivers make --help slow)

        await show_products(session, shop, Asked(search=search, deleted=deleted, day=on and on.date(), limit=limit))

    run(ctx, work, as_json=as_json)


@app.command()
def missing(ctx: typer.Context, shop: Shop = None, on: On = None, as_json: JsonOption = False) -> None:
    """List goods of a shop, or of all, that only the default rate or nothing covers, and the open orders with them.

    Exit code 1 when orders would be held for some; goods with the default rate alone give 0.
    """

    async def work(session: Session) -> int:
        from console.products_missing import show_missing  # noqa: PLC0415  (drivers make --help slow)

        return await show_missing(session, shop, on and on.date())

    run(ctx, work, as_json=as_json)


@app.command()
def export(ctx: typer.Context, shop: Shop = None, semicolon: Semicolon = False, to: To = None) -> None:
    """Write all goods of a shop as CSV; importing it unchanged changes nothing."""

    async def work(session: Session) -> None:
        from console.products_files import export_products  # noqa: PLC0415  (drivers make --help slow)

        await export_products(session, shop, ";" if semicolon else ",", to)

    run(ctx, work)


@app.command("import")
def import_products(
    ctx: typer.Context, file: File, shop: Shop = None, dry_run: DryRun = False, as_json: JsonOption = False
) -> None:
    """Store names, units, rates and parts from a CSV file: all of it, or nothing with every bad row named.

    A column that is not there stays as it is, an empty cell clears.
    """

    async def work(session: Session) -> int:
        from console.products_files import import_products as store  # noqa: PLC0415  (drivers make --help slow)

        return await store(session, file, shop, dry_run=dry_run)

    run(ctx, work, as_json=as_json)
