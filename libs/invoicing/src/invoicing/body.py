"""Our lines and buyer in the vendor's words: the only place that knows the shape of ``InvoiceData``."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from uuid import UUID

from meinvoice.models import InvoiceData, ItemType, OptionUserDefined, OriginalInvoiceDetail, TaxRateInfo

from invoicing.buyer import Buyer
from invoicing.buyer_fields import buyer_fields
from invoicing.lines import InvoiceLine, discount_rate, most_digits, unit_prices
from invoicing.rules import Rules
from invoicing.series import is_cash_register, is_sales
from invoicing.words import amount_in_words

_CASH_REGISTER_SIGN_TYPE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFacts:
    """What is known of the routed series and its template (meInvoice Open API §3, §13.1).

    Attributes:
        series: with or without its year.
        sign_type: how the account signs (§1.6).
        several_rates: ``IsMoreVATRate`` of the template; false where it takes one VAT rate.
        summary: ``IsSendSummary`` of the template.
        shop_code: ``SellerShopCode``, the seller's own code of the store (§13.3).
    """

    series: str
    sign_type: int
    several_rates: bool = True
    summary: bool = False
    shop_code: str | None = None


def invoice_of(
    lines: Sequence[InvoiceLine], buyer: Buyer, series: SeriesFacts, rules: Rules, ref_id: UUID
) -> InvoiceData:
    """The body, complete but for ``InvDate`` and ``InvSeries``.

    Raises:
        Stopped: when a unit price cannot be written so that it multiplies back.
    """
    digits, prices = unit_prices(lines)
    discount_rates = [discount_rate(line) for line in lines]
    amount, discount = Decimal(sum([line.amount for line in lines])), Decimal(sum([line.discount for line in lines]))
    net, vat = sum([line.net for line in lines]), sum([line.vat or 0 for line in lines])
    total = net + vat
    from_cash_register = is_cash_register(series.series) or series.sign_type == _CASH_REGISTER_SIGN_TYPE
    return InvoiceData.unchecked(
        RefID=ref_id,
        PaymentMethodName=rules.payment_method,
        IsInvoiceSummary=series.summary,
        SellerShopCode=series.shop_code,
        IsInvoiceCalculatingMachine=True if from_cash_register else None,
        **buyer_fields(buyer),
        TotalSaleAmountOC=amount,
        TotalSaleAmount=amount,
        TotalDiscountAmountOC=discount,
        TotalDiscountAmount=discount,
        TotalAmountWithoutVATOC=Decimal(net),
        TotalAmountWithoutVAT=Decimal(net),
        TotalVATAmountOC=Decimal(vat),
        TotalVATAmount=Decimal(vat),
        TotalAmountOC=Decimal(total),
        TotalAmount=Decimal(total),
        TotalAmountInWords=amount_in_words(total, rules.words),
        OriginalInvoiceDetail=tuple(_details(lines, prices, discount_rates)),
        TaxRateInfo=None if is_sales(series.series) else _tax_rates(lines),
        OptionUserDefined=_options(lines, digits, discount_rates),
    )


def _details(
    lines: Sequence[InvoiceLine], prices: Sequence[Decimal], discount_rates: Sequence[Decimal]
) -> Iterator[OriginalInvoiceDetail]:
    """Every line has its place; notes have no number among the goods (§13.4)."""
    sort_order = count(1)
    for number, (line, price, rate) in enumerate(zip(lines, prices, discount_rates, strict=True), start=1):
        if line.note:
            yield OriginalInvoiceDetail.unchecked(ItemType=ItemType.NOTE, LineNumber=number, ItemName=line.name)
        else:
            yield _detail(line, number, next(sort_order), price, rate)


def _detail(
    line: InvoiceLine, number: int, sort_order: int, price: Decimal, rate_off: Decimal
) -> OriginalInvoiceDetail:
    amount, discount, net = Decimal(line.amount), Decimal(line.discount), Decimal(line.net)
    vat = None if line.vat is None else Decimal(line.vat)
    return OriginalInvoiceDetail.unchecked(
        ItemType=ItemType.PROMOTION if line.gift else ItemType.GOODS,
        SortOrder=sort_order,
        LineNumber=number,
        ItemCode=line.code,
        ItemName=line.name,
        UnitName=line.unit,
        Quantity=line.quantity,
        UnitPrice=price,
        AmountOC=amount,
        Amount=amount,
        DiscountRate=rate_off,
        DiscountAmountOC=discount,
        DiscountAmount=discount,
        AmountWithoutVATOC=net,
        AmountWithoutVAT=net,
        VATRateName=line.rate,
        VATAmountOC=vat,
        VATAmount=vat,
    )


def _tax_rates(lines: Sequence[InvoiceLine]) -> tuple[TaxRateInfo, ...]:
    """Sums per rate over lines of type 1 (§13.5); an invoice of nothing but gifts shows their rates with zeros."""
    with_rate = [line for line in lines if line.rate is not None]
    counted = [line for line in with_rate if not line.gift] or with_rate
    sums: dict[str, tuple[int, int]] = {}
    for line in counted:
        net, vat = sums.get(line.rate or "", (0, 0))
        sums[line.rate or ""] = (net + line.net, vat + (line.vat or 0))
    return tuple(
        TaxRateInfo.unchecked(VATRateName=rate, AmountWithoutVATOC=Decimal(net), VATAmountOC=Decimal(vat))
        for rate, (net, vat) in sums.items()
    )


def _options(lines: Sequence[InvoiceLine], digits: int, discount_rates: Sequence[Decimal]) -> OptionUserDefined:
    return OptionUserDefined.unchecked(
        MainCurrency="VND",
        QuantityDecimalDigits=str(most_digits([line.quantity for line in lines])),
        UnitPriceOCDecimalDigits=str(digits),
        AmountOCDecimalDigits="0",
        AmountDecimalDigits="0",
        CoefficientDecimalDigits=str(most_digits(discount_rates)),
        ExchangRateDecimalDigits="0",
    )
