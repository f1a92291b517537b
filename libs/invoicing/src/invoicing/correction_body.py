"""The body of an adjustment: the original's head, lines that say the difference (meInvoice Open API §9, §13)."""

from collections.abc import Sequence
from decimal import Decimal

from meinvoice.models import InvoiceData, ItemType, OptionUserDefined, OriginalInvoiceDetail, TaxRateInfo

from invoicing.ledger import Row
from invoicing.lines import most_digits, rate_of_discount
from invoicing.money import EXACT, divide_half_up, plain, times, whole

_UNIT_PRICE_DIGITS = (0, 4, 6, 8, 10)
_QUANTITY_SCALE = 10_000


def adjustment_of(original: InvoiceData, rows: Sequence[Row]) -> InvoiceData:
    """The difference as an invoice of its own; decreases are negative (Circular 91/2026 Art. 10.6.c).

    A row whose quantity is 0 changes the value alone: its unit price is 0, too.
    """
    digits = _digits(rows)
    sums = _sums(rows)
    lines = tuple(_detail(row, number, digits) for number, row in enumerate(rows, start=1))
    with_vat = original.TaxRateInfo is not None
    return original.model_copy(
        update={
            **sums,
            "OriginalInvoiceDetail": lines,
            "TaxRateInfo": _tax_rates(rows) if with_vat else None,
            "OptionUserDefined": _options(original.OptionUserDefined, rows, digits),
        }
    )


def _sums(rows: Sequence[Row]) -> dict[str, Decimal]:
    counted = [row for row in rows if not row.is_gift]
    totals = {
        "TotalSaleAmount": sum(row.amount for row in counted),
        "TotalDiscountAmount": sum(row.discount for row in counted),
        "TotalAmountWithoutVAT": sum(row.net for row in counted),
        "TotalVATAmount": sum(row.vat or 0 for row in counted),
        "TotalAmount": sum(row.total for row in counted),
    }
    return {f"{name}{currency}": Decimal(total) for name, total in totals.items() for currency in ("", "OC")}


def _digits(rows: Sequence[Row]) -> int:
    """Decimals with which quantity times unit price, rounded, is the amount on every line; the most where none are."""
    for digits in _UNIT_PRICE_DIGITS:
        if all(_multiplies_back(row, digits) for row in rows):
            return digits
    return _UNIT_PRICE_DIGITS[-1]


def _multiplies_back(row: Row, digits: int) -> bool:
    if not row.quantity:
        return True
    product = times(_unit_price(row, digits), row.quantity)
    return product == row.amount if digits == 0 else whole(product) == row.amount


def _unit_price(row: Row, digits: int) -> Decimal:
    """What one unit comes to before discount: never negative, since amount and quantity have one sign."""
    if not row.quantity:
        return Decimal(0)
    quantity = abs(int(row.quantity * _QUANTITY_SCALE))
    scaled = divide_half_up(abs(row.amount) * _QUANTITY_SCALE * 10**digits, quantity)
    return Decimal(scaled).scaleb(-digits, EXACT)


def _detail(row: Row, number: int, digits: int) -> OriginalInvoiceDetail:
    amount, discount, net = Decimal(row.amount), Decimal(row.discount), Decimal(row.net)
    vat = None if row.vat is None else Decimal(row.vat)
    return OriginalInvoiceDetail(
        ItemType=ItemType.GOODS if row.type is not ItemType.PROMOTION else ItemType.PROMOTION,
        SortOrder=number,
        LineNumber=number,
        ItemCode=row.code,
        ItemName=row.name,
        UnitName=row.unit,
        Quantity=plain(row.quantity),
        UnitPrice=plain(_unit_price(row, digits)),
        AmountOC=amount,
        Amount=amount,
        DiscountRate=plain(_discount_rate(row)),
        DiscountAmountOC=discount,
        DiscountAmount=discount,
        AmountWithoutVATOC=net,
        AmountWithoutVAT=net,
        VATRateName=row.rate,
        VATAmountOC=vat,
        VATAmount=vat,
    )


def _discount_rate(row: Row) -> Decimal:
    """As on a sale, where the discount is a part of the amount; 0 where both tell something else of an edited line."""
    if row.discount * row.amount <= 0 or abs(row.discount) > abs(row.amount):
        return Decimal(0)
    return rate_of_discount(abs(row.discount), abs(row.amount))


def _tax_rates(rows: Sequence[Row]) -> tuple[TaxRateInfo, ...]:
    counted = [row for row in rows if not row.is_gift]
    return tuple(
        TaxRateInfo(
            VATRateName=rate,
            AmountWithoutVATOC=Decimal(sum(row.net for row in counted if row.rate == rate)),
            VATAmountOC=Decimal(sum(row.vat or 0 for row in counted if row.rate == rate)),
        )
        for rate in dict.fromkeys(row.rate for row in counted if row.rate is not None)
    )


def _options(original: OptionUserDefined | None, rows: Sequence[Row], digits: int) -> OptionUserDefined:
    own = {
        "QuantityDecimalDigits": str(most_digits([row.quantity for row in rows])),
        "UnitPriceOCDecimalDigits": str(digits),
        "CoefficientDecimalDigits": str(most_digits([_discount_rate(row) for row in rows])),
    }
    return (original or OptionUserDefined()).model_copy(update=own)
