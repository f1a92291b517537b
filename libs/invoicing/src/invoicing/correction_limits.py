"""What a correction may not say beside what was sold, and whether it may go out yet (Circular 91/2026 Art. 10)."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from meinvoice.models import InvoiceData, ItemType, OriginalInvoiceDetail

from invoicing.agreements import is_company
from invoicing.corrections import CorrectionCause, CorrectionHold, CorrectionKind
from invoicing.reasons import Reason
from invoicing.spelling import as_said

_ZERO = Decimal(0)
_TOTALS = ("TotalAmountOC", "TotalAmountWithoutVATOC", "TotalVATAmountOC")
_NOT_ON_IT = frozenset({"IsSendEmail", "ReceiverName", "ReceiverEmail"})
_WORTH_AN_INVOICE = frozenset(
    {
        *("BuyerTaxCode", "BuyerIDNumber", "BuyerPassport", "BuyerBudgetCode"),
        *("OriginalInvoiceDetail", "TaxRateInfo", "FeeInfo", "CurrencyCode", "ExchangeRate"),
        *(name for name in InvoiceData.model_fields if name.startswith("Total") and "Words" not in name),
    }
)
"""An error in these is corrected by an invoice, one in anything else by form 04/SS-HĐĐT (Art. 10.1)."""


def beyond_what_was_sold(
    sold: InvoiceData, earlier: Sequence[InvoiceData], made: InvoiceData, kind: CorrectionKind, cause: CorrectionCause
) -> CorrectionHold | None:
    """Why `made` may not correct `sold`, of which `earlier` are the adjustments that stand; None if it may."""
    return _no_error(sold, made) if kind is CorrectionKind.REPLACE else _more_than_sold(sold, earlier, made, cause)


def without_agreement(sold: InvoiceData, made: InvoiceData, cause: CorrectionCause) -> CorrectionHold | None:
    """Ask for the written agreement where the invoice's or the new buyer is a company and something was wrong."""
    if cause is CorrectionCause.ERROR and (is_company(sold) or is_company(made)):
        return CorrectionHold(Reason.CORRECTION_WITHOUT_AGREEMENT)
    return None


def _no_error(sold: InvoiceData, made: InvoiceData) -> CorrectionHold | None:
    before, after = as_said(sold), as_said(made)
    changed = [
        name
        for name in InvoiceData.model_fields
        if name not in _NOT_ON_IT and (getattr(before, name) or None) != (getattr(after, name) or None)
    ]
    if not changed:
        return CorrectionHold(Reason.REPLACEMENT_SAYS_THE_SAME)
    if _WORTH_AN_INVOICE.isdisjoint(changed):
        return CorrectionHold(Reason.ONLY_FORM_04, {"fields": ", ".join(changed)})
    return None


def _more_than_sold(
    sold: InvoiceData, earlier: Sequence[InvoiceData], made: InvoiceData, cause: CorrectionCause
) -> CorrectionHold | None:
    for name, of in _measures(sold, cause):
        left, off = sum(map(of, (sold, *earlier)), _ZERO), of(made)
        if off < _ZERO and left + off < _ZERO:
            facts = {"what": name, "left": f"{left.normalize():f}", "off": f"{-off.normalize():f}"}
            return CorrectionHold(Reason.CORRECTION_MORE_THAN_SOLD, facts)
    return None


_Measure = Callable[[InvoiceData], Decimal]


def _measures(sold: InvoiceData, cause: CorrectionCause) -> Iterator[tuple[str, _Measure]]:
    if cause is CorrectionCause.RETURN:
        yield from _quantities(sold)
    for info in sold.TaxRateInfo or ():
        for field in ("AmountWithoutVATOC", "VATAmountOC"):
            yield f"TaxRateInfo {info.VATRateName} {field}", _of_rate(info.VATRateName, field)
    for name in _TOTALS:
        yield name, _total(name)


def _total(name: str) -> _Measure:
    def of(invoice: InvoiceData) -> Decimal:
        return Decimal(getattr(invoice, name))

    return of


def _of_rate(rate: str, field: str) -> _Measure:
    def of(invoice: InvoiceData) -> Decimal:
        infos = (info for info in invoice.TaxRateInfo or () if info.VATRateName == rate)
        return sum((Decimal(getattr(info, field)) for info in infos), _ZERO)

    return of


def _quantities(sold: InvoiceData) -> Iterator[tuple[str, _Measure]]:
    """One for each kind of goods; what a return calls otherwise than the sale is bounded by its amounts alone."""
    goods: dict[str, set[str]] = {}
    for line in filter(_is_goods, sold.OriginalInvoiceDetail):
        goods.setdefault(line.ItemCode or line.ItemName, set()).add(line.ItemName)
    for key, names in goods.items():
        yield key, _quantity(key, frozenset(names), frozenset(goods))


def _quantity(key: str, names: frozenset[str], keys: frozenset[str]) -> _Measure:
    def is_it(line: OriginalInvoiceDetail) -> bool:
        return line.ItemCode == key if line.ItemCode in keys else key == line.ItemName or line.ItemName in names

    def of(invoice: InvoiceData) -> Decimal:
        lines = (line for line in invoice.OriginalInvoiceDetail if _is_goods(line) and is_it(line))
        return sum((line.Quantity or _ZERO for line in lines), _ZERO)

    return of


def _is_goods(line: OriginalInvoiceDetail) -> bool:
    return line.ItemType not in {ItemType.TRADE_DISCOUNT, ItemType.NOTE}
