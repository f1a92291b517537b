"""Whether the figures of an invoice body agree with each other (meInvoice Open API §13.3 to §13.5)."""

from collections.abc import Iterator
from decimal import Decimal

from meinvoice.models import InvoiceData, ItemType

_ZERO = Decimal(0)
_LINE_FIELDS = ("AmountWithoutVATOC", "VATAmountOC")


def not_tying(invoice: InvoiceData, *, with_vat: bool) -> tuple[str, ...]:
    """Names of the totals that are not the sum of their parts, to the đồng; empty when everything ties.

    Trade discount lines (ItemType 3) are subtracted, promotions and notes do not count (§13.5).
    """
    return tuple(name for name, stated, summed in _sums(invoice, with_vat=with_vat) if stated != summed)


def _sums(invoice: InvoiceData, *, with_vat: bool) -> Iterator[tuple[str, Decimal, Decimal]]:
    net, vat = invoice.TotalAmountWithoutVATOC, invoice.TotalVATAmountOC
    yield "TotalAmountOC", invoice.TotalAmountOC, net + vat
    yield "TotalAmountWithoutVATOC", net, _of_lines(invoice, "AmountWithoutVATOC")
    if not with_vat:
        return
    yield "TotalVATAmountOC", vat, _of_lines(invoice, "VATAmountOC")
    for index, info in enumerate(invoice.TaxRateInfo or ()):
        for name in _LINE_FIELDS:
            summed = _of_lines(invoice, name, rate=info.VATRateName)
            yield f"TaxRateInfo[{index}].{name}", getattr(info, name), summed


def _of_lines(invoice: InvoiceData, name: str, *, rate: str | None = None) -> Decimal:
    total = _ZERO
    for line in invoice.OriginalInvoiceDetail:
        if rate is not None and line.VATRateName != rate:
            continue
        if line.ItemType in {ItemType.GOODS, ItemType.TRANSPORT}:
            total += getattr(line, name) or _ZERO
        elif line.ItemType is ItemType.TRADE_DISCOUNT:
            total -= getattr(line, name) or _ZERO
    return total
