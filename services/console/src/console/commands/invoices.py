"""`hoadon invoices`: each invoice on its way, with what was sent and answered."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from console.session import MOMENT_FORMATS, JsonOption, LimitOption, Session, run

app = typer.Typer(no_args_is_help=True, help="Invoices: on their way, issued, refused.")

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what will happen; do nothing.")]
Names = Annotated[list[str], typer.Argument(help="RefID, order name, invoice number or lookup code.")]
Shop = Annotated[str | None, typer.Option("--shop", help="Only in this shop.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; shown to everybody who looks.")]


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


@app.command()
def retry(
    ctx: typer.Context,
    *,
    invoices: Annotated[
        list[str] | None, typer.Argument(help="RefID, order name, invoice number or lookup code.")
    ] = None,
    shop: Shop = None,
    lane: Annotated[str | None, typer.Option("--lane", help="All of this lane.")] = None,
    account: Annotated[str | None, typer.Option("--account", help="All of this account.")] = None,
    state: Annotated[
        list[InvoiceStateName] | None,
        typer.Option("--state", help="In these states; by default rejected, held, set_aside, unknown."),
    ] = None,
    code: Annotated[str | None, typer.Option("--code", help="With this code, such as InvoiceTemplateNotExist.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=MOMENT_FORMATS, help="Last changed at this day or time or later.")
    ] = None,
    before: Annotated[
        datetime | None, typer.Option(formats=MOMENT_FORMATS, help="Last changed before this day or time.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Resume the lanes and accounts that stand in the way.")
    ] = False,
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Send refused or set-aside invoices again, after showing what will happen to each. Times are Vietnam's.

    A retry is the same command again, at the tail of its lane: it never makes a second invoice. What may still be
    issued, is issued or needs its order judged anew is not sent, and the answer says what to do instead.
    """

    async def work(session: Session) -> int:
        from console.retry import How, Wanted  # noqa: PLC0415  (drivers make --help slow)
        from console.retry import retry as again  # noqa: PLC0415  (the same)

        states = tuple(each.value for each in state or ())
        wanted = Wanted(tuple(invoices or ()), shop, lane, account, states, code, since, before)
        return await again(session, wanted, How(dry_run=dry_run, yes=yes, resume=resume))

    run(ctx, work, as_json=as_json)


@app.command("set-aside")
def set_aside(
    ctx: typer.Context,
    invoices: Names,
    reason: Reason,
    shop: Shop = None,
    *,
    dry_run: DryRun = False,
    as_json: JsonOption = False,
) -> None:
    """Take invoices out of their lane's way. One that may still be issued is looked up on, and adopted when found."""

    async def work(session: Session) -> int:
        from console.invoice_control import SET_ASIDE, Wanted, operate  # noqa: PLC0415  (drivers make --help slow)

        return await operate(session, SET_ASIDE, Wanted(invoices, shop, reason, dry_run=dry_run))

    run(ctx, work, as_json=as_json)


@app.command()
def withdraw(
    ctx: typer.Context,
    invoices: Names,
    reason: Reason,
    shop: Shop = None,
    *,
    dry_run: DryRun = False,
    as_json: JsonOption = False,
) -> None:
    """Take back invoices that were never sent or refused every time; their orders are judged by the rules of now."""

    async def work(session: Session) -> int:
        from console.invoice_control import WITHDRAW, Wanted, operate  # noqa: PLC0415  (drivers make --help slow)

        return await operate(session, WITHDRAW, Wanted(invoices, shop, reason, dry_run=dry_run))

    run(ctx, work, as_json=as_json)
