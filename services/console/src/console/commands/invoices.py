"""`hoadon invoices`: each invoice on its way, with what was sent and answered."""

from enum import StrEnum
from typing import Annotated

import typer

from console.session import JsonOption, LimitOption, Session, run

app = typer.Typer(no_args_is_help=True, help="Invoices: on their way, issued, refused.")


class InvoiceStateName(StrEnum):
    """Where an invoice stands in its lane."""

    STAGED = "staged"
    SENDING = "sending"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    ISSUED = "issued"
    REJECTED = "rejected"
    SET_ASIDE = "set_aside"
    WITHDRAWN = "withdrawn"
    HELD = "held"


@app.command("list")
def list_invoices(
    ctx: typer.Context,
    *,
    shop: Annotated[str | None, typer.Option("--shop", help="Only this shop.")] = None,
    lane: Annotated[str | None, typer.Option("--lane", help="Only this lane.")] = None,
    account: Annotated[str | None, typer.Option("--account", help="Only this account, environment:tax code.")] = None,
    state: Annotated[list[InvoiceStateName] | None, typer.Option("--state", help="Only these states.")] = None,
    after: Annotated[str | None, typer.Option("--after", help="Go on after this RefID.")] = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """List invoices, newest first. With --json an object: invoices, next_after."""

    async def work(session: Session) -> None:
        from console.invoices_view import Asked, show_invoices  # noqa: PLC0415  (drivers make --help slow)

        asked = Asked(shop, lane, account, tuple(each.value for each in state or ()), after)
        await show_invoices(session, asked, limit)

    run(ctx, work, as_json=as_json)


@app.command()
def show(
    ctx: typer.Context,
    invoice: Annotated[str, typer.Argument(help="RefID, order name, invoice number or lookup code.")],
    shop: Annotated[str | None, typer.Option("--shop", help="Only in this shop.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show one invoice: lines, totals, attempts, requests and answers, and what happened when."""

    async def work(session: Session) -> None:
        from console.invoice_view import show_invoice  # noqa: PLC0415  (drivers make --help slow)

        await show_invoice(session, invoice, shop)

    run(ctx, work, as_json=as_json)
