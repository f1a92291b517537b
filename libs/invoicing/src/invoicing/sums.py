"""Whether the figures of an invoice body agree with each other (meInvoice Open API §13.3 to §13.5)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from meinvoice.models import InvoiceData, ItemType

_ZERO = Decimal(0)
_AMOUNTS = ("Amount", "DiscountAmount", "AmountWithoutVAT", "VATAmount")
_TOTALS = ("TotalSaleAmount", "TotalDiscountAmount", "TotalAmountWithoutVAT", "TotalVATAmount", "TotalAmount")
_COUNTING = frozenset({ItemType.GOODS, ItemType.TRANSPORT, ItemType.TRADE_DISCOUNT})
_LINE_FIELDS = ("AmountWithoutVATOC", "VATAmountOC")


def not_tying(invoice: InvoiceData, *, with_vat: bool) -> tuple[str, ...]:
    """Names of the fields that are not what their parts make them, to the đồng; empty when everything ties.

    Trade discount lines (ItemType 3) are subtracted, promotions and notes do not count (§13.5). Each amount stands
    there twice, in the invoice's currency (`OC`) and in đồng (§13.3): in đồng both are the same.
    """
    untied = [name for name, stated, summed in _sums(invoice, with_vat=with_vat) if stated != summed]
    if with_vat and not _each_rate_once(invoice):
        untied.append("TaxRateInfo")
    return (*untied, *_told_twice(invoice))


def _each_rate_once(invoice: InvoiceData) -> bool:
    listed = [info.VATRateName for info in invoice.TaxRateInfo or ()]
    counting = (line for line in invoice.OriginalInvoiceDetail if line.ItemType in _COUNTING)
    return len(set(listed)) == len(listed) and {line.VATRateName for line in counting} - {None} <= set(listed)


def _told_twice(invoice: InvoiceData) -> Iterator[str]:
    if invoice.CurrencyCode != "VND" or invoice.ExchangeRate != 1:
        yield "CurrencyCode"
        return
    yield from _unequal(invoice, _TOTALS)
    for index, line in enumerate(invoice.OriginalInvoiceDetail):
        yield from (f"OriginalInvoiceDetail[{index}].{name}" for name in _unequal(line, _AMOUNTS))


def _unequal(part: object, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        in_dong, in_currency = getattr(part, name), getattr(part, f"{name}OC")
        if in_dong is not None and in_currency is not None and in_dong != in_currency:
            yield name


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
