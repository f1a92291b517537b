"""All checks of one invoice's content, in the order in which they are made."""

from collections.abc import Mapping
from typing import Any

from sandbox.meinvoice.checks.buyer import check_buyer
from sandbox.meinvoice.checks.corrections import check_correction, check_reduced_rate
from sandbox.meinvoice.checks.emails import check_receiver
from sandbox.meinvoice.checks.fields import check_fields
from sandbox.meinvoice.checks.kinds import check_kinds
from sandbox.meinvoice.checks.lines import check_line, terms_of
from sandbox.meinvoice.checks.numbers import Fields
from sandbox.meinvoice.checks.refusal import RefusedError, invalid, missing
from sandbox.meinvoice.checks.special_lines import check_special_line
from sandbox.meinvoice.checks.stock import check_stock
from sandbox.meinvoice.checks.texts import check_texts
from sandbox.meinvoice.checks.totals import check_rates, check_special_totals, check_totals


def check_content(invoice: Fields, *, most_lines: int) -> None:
    """Whether the invoice may be issued as far as its own content goes.

    Raises:
        RefusedError: the first thing that is wrong.
    """
    check_texts(invoice)
    check_fields(invoice)
    check_buyer(invoice)
    check_receiver(invoice)
    check_kinds(invoice)
    check_stock(invoice)
    check_correction(invoice)
    lines = _lines(invoice, most_lines)
    terms = terms_of(invoice)
    for position, line in enumerate(lines, start=1):
        check_line(line, position, terms)
        check_special_line(line, position, terms)
    if len({line.get("LineNumber") for line in lines}) != len(lines):
        raise RefusedError("InvoiceDetail_LineNumber", "LineNumber trùng nhau")
    check_totals(invoice, lines)
    check_special_totals(invoice, lines)
    check_rates(invoice, lines)
    check_reduced_rate(invoice, lines)


def _lines(invoice: Fields, most: int) -> list[Mapping[str, Any]]:
    lines = invoice.get("OriginalInvoiceDetail")
    if not lines:
        raise missing("OriginalInvoiceDetail")
    if not isinstance(lines, list) or not all(isinstance(line, Mapping) for line in lines):
        raise invalid("OriginalInvoiceDetail", "phải là danh sách các dòng")
    if len(lines) > most:
        raise RefusedError("XMLTooLong", f"{len(lines)} dòng, tối đa {most}")
    return lines
