"""`hoadon customers`: the shop's customers, and the book of buyers who take company invoices."""

from typing import Annotated

import typer

from console.commands.products import DryRun, File, Semicolon, Shop, To
from console.session import JsonOption, LimitOption, Session, run

app = typer.Typer(no_args_is_help=True, help="Customers: sync from Haravan; the book of buyers by CSV.")

Everybody = Annotated[bool, typer.Option("--all", help="With customers of whom the book of buyers says nothing.")]


@app.command()
def sync(ctx: typer.Context, shop: Shop = None) -> None:
    """Have all customers of a shop read from Haravan. What was entered by CSV stays."""

    async def work(session: Session) -> None:
        from console.syncing import sync_shop  # noqa: PLC0415  (drivers make --help slow)

        await sync_shop(session, shop, "customers")

    run(ctx, work)


@app.command("list")
def list_customers(
    ctx: typer.Context,
    shop: Shop = None,
    everybody: Everybody = False,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """List the book of buyers: personal data."""

    async def work(session: Session) -> None:
        from console.customers_view import show_customers  # noqa: PLC0415  (drivers make --help slow)

        await show_customers(session, shop, everybody=everybody, limit=limit)

    run(ctx, work, as_json=as_json)


@app.command()
def export(
    ctx: typer.Context, shop: Shop = None, everybody: Everybody = False, semicolon: Semicolon = False, to: To = None
) -> None:
    """Write the book of buyers as CSV: personal data. Importing it unchanged changes nothing."""

    async def work(session: Session) -> None:
        from console.customers_view import export_customers  # noqa: PLC0415  (drivers make --help slow)

        await export_customers(session, shop, ";" if semicolon else ",", to, everybody=everybody)

    run(ctx, work)


@app.command("import")
def import_customers(
    ctx: typer.Context, file: File, shop: Shop = None, dry_run: DryRun = False, as_json: JsonOption = False
) -> None:
    """Store buyers from a CSV file: all of them, or nothing with every bad row named.

    A column that is not there stays as it is, an empty cell clears.
    """

    async def work(session: Session) -> int:
        from console.customers_view import import_customers as store  # noqa: PLC0415  (drivers make --help slow)

        return await store(session, file, shop, dry_run=dry_run)

    run(ctx, work, as_json=as_json)
