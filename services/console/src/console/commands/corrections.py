"""`hoadon invoices adjust` and `replace`: corrections of issued invoices, with content from a file."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from console.commands.invoices import DryRun, Shop, app
from console.session import JsonOption, Session, run

__all__ = ["app"]

Invoice = Annotated[str, typer.Argument(help="The issued invoice: RefID, order name, invoice number or lookup code.")]
Content = Annotated[
    str, typer.Argument(metavar="FILE", help="meInvoice's InvoiceData as JSON, lines, totals and buyer; - reads stdin.")
]
Note = Annotated[str, typer.Option("--note", help="Why; printed on the invoice (InvoiceNote).")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


class CauseName(StrEnum):
    """Why an invoice is corrected."""

    ERROR = "error"
    RETURN = "return"


AgreementNumber = Annotated[
    str | None,
    typer.Option("--agreement-number", help="Of the written agreement; an error in a company's invoice needs one."),
]
AgreementDate = Annotated[
    datetime | None,
    typer.Option("--agreement-date", formats=["%Y-%m-%d"], help="When it was signed; printed with the reason."),
]
Cause = Annotated[CauseName, typer.Option("--cause", help="An error in the original, or goods that came back.")]


@app.command()
def adjust(
    ctx: typer.Context,
    invoice: Invoice,
    content: Content,
    note: Note,
    *,
    cause: Cause = CauseName.ERROR,
    agreement_number: AgreementNumber = None,
    agreement_date: AgreementDate = None,
    shop: Shop = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: JsonOption = False,
) -> None:
    """Adjust an issued invoice (điều chỉnh): the file says the difference, with negative amounts where it decreases.

    The original's fields, RefID, date, series and the total in words are set here. Asking for the same again sends the
    same command again, never a second invoice.
    """
    agreed = (agreement_number, agreement_date)
    _correct(ctx, "adjust", (invoice, content, note, cause, shop), agreed, dry_run=dry_run, yes=yes, as_json=as_json)


@app.command()
def replace(
    ctx: typer.Context,
    invoice: Invoice,
    content: Content,
    note: Note,
    *,
    cause: Cause = CauseName.ERROR,
    agreement_number: AgreementNumber = None,
    agreement_date: AgreementDate = None,
    shop: Shop = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: JsonOption = False,
) -> None:
    """Replace an issued invoice (thay thế): the file says the whole invoice as it should have been.

    As for `adjust`. An invoice that was adjusted cannot be replaced; one of a cash register can only be replaced.
    """
    agreed = (agreement_number, agreement_date)
    _correct(ctx, "replace", (invoice, content, note, cause, shop), agreed, dry_run=dry_run, yes=yes, as_json=as_json)


def _correct(
    ctx: typer.Context,
    kind: str,
    asked: tuple[str, str, str, CauseName, str | None],
    agreed: tuple[str | None, datetime | None],
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    async def work(session: Session) -> None:
        from console.corrections import Wanted, agreement_of, correct  # noqa: PLC0415  (drivers make --help slow)

        invoice, content, note, cause, shop = asked
        wanted = Wanted(invoice, kind, content, note, cause.value, shop, agreement_of(*agreed))
        await correct(session, wanted, dry_run=dry_run, yes=yes)

    run(ctx, work, as_json=as_json)
