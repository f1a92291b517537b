"""Whether the figures of an invoice body agree with each other (meInvoice Open API §13.3 to §13.5, §13.9)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from meinvoice.models import InvoiceData, ItemType, OriginalInvoiceDetail

from invoicing.money import EXACT, times

_ZERO = Decimal(0)
_HALF = Decimal("0.5")
_ADJUSTS = 2  # ReferenceType
_AMOUNTS = ("Amount", "DiscountAmount", "AmountWithoutVAT", "VATAmount")
_TOTALS = ("TotalSaleAmount", "TotalDiscountAmount", "TotalAmountWithoutVAT", "TotalVATAmount", "TotalAmount")
_COUNTING = frozenset({ItemType.GOODS, ItemType.TRANSPORT, ItemType.TRADE_DISCOUNT})
_LINE_FIELDS = ("AmountWithoutVATOC", "VATAmountOC")


def not_tying(invoice: InvoiceData, *, with_vat: bool) -> tuple[str, ...]:
    """Names of the fields that are not what their parts make them, to the đồng; empty when everything ties.

    Trade discount lines (ItemType 3) are subtracted, promotions and notes do not count (§13.5). Each amount stands
    there twice, in the invoice's currency (`OC`) and in đồng (§13.3): in đồng both are the same. A line's amount is its
    quantity times its price, rounded as the invoice says (§13.4); where an adjustment changes the value alone, both are
    zero, as they may be on a trade discount line.
    """
    untied = [name for name, stated, summed in _sums(invoice, with_vat=with_vat) if stated != summed]
    if with_vat and not _each_rate_once(invoice):
        untied.append("TaxRateInfo")
    return (*untied, *_of_each_line(invoice), *_told_twice(invoice))


def _of_each_line(invoice: InvoiceData) -> Iterator[str]:
    for index, line in enumerate(invoice.OriginalInvoiceDetail):
        if line.ItemType is not ItemType.NOTE:
            yield from (f"OriginalInvoiceDetail[{index}].{name}" for name in _wrong_in(line, invoice))


def _wrong_in(line: OriginalInvoiceDetail, invoice: InvoiceData) -> Iterator[str]:
    """What is absent is told by `InvoiceData.check_sendable`."""
    amount, discount, net = line.AmountOC, line.DiscountAmountOC or _ZERO, line.AmountWithoutVATOC
    if amount is None or net is None:
        return
    if not _multiplies(line, amount, invoice):
        yield "AmountOC"
    if net != amount - discount:
        yield "AmountWithoutVATOC"


def _multiplies(line: OriginalInvoiceDetail, amount: Decimal, invoice: InvoiceData) -> bool:
    if line.Quantity is None or line.UnitPrice is None:
        return True
    may_be_value_only = invoice.ReferenceType == _ADJUSTS or line.ItemType is ItemType.TRADE_DISCOUNT
    if may_be_value_only and not line.Quantity and not line.UnitPrice:
        return True
    off = EXACT.subtract(times(line.Quantity, line.UnitPrice), amount)
    return abs(off) <= _HALF.scaleb(-_amount_digits(invoice))


def _amount_digits(invoice: InvoiceData) -> int:
    told = invoice.OptionUserDefined.AmountOCDecimalDigits if invoice.OptionUserDefined else None
    return int(told) if told and told.isdecimal() and len(told) == 1 else 0


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
    yield "TotalSaleAmountOC", invoice.TotalSaleAmountOC, _of_lines(invoice, "AmountOC")
    yield "TotalDiscountAmountOC", invoice.TotalDiscountAmountOC, _of_lines(invoice, "DiscountAmountOC")
    yield "TotalAmountWithoutVATOC", net, _of_lines(invoice, "AmountWithoutVATOC")
    if not with_vat:
        yield "TotalVATAmountOC", vat, _ZERO
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
