"""That sums over lines give the totals and the summary by rate (Open API §13.3 and §13.5)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sandbox.meinvoice.checks.fields import TOTALS
from sandbox.meinvoice.checks.lines import ItemType, has_vat, vat_rate
from sandbox.meinvoice.checks.numbers import ZERO, Fields, amount, digits_of, number, rounded
from sandbox.meinvoice.checks.refusal import RefusedError, invalid

_LINE_FIELDS = {
    "TotalSaleAmountOC": "AmountOC",
    "TotalDiscountAmountOC": "DiscountAmountOC",
    "TotalAmountWithoutVATOC": "AmountWithoutVATOC",
    "TotalVATAmountOC": "VATAmountOC",
}
_SPECIAL_RATES = ("ServiceFeeRate", "ExciseTaxRate")
_SPECIAL_SUMS = ("ServiceAmount", "ExciseTaxAmount")
_SPECIAL = frozenset((*_SPECIAL_RATES, *_SPECIAL_SUMS, *(f"{name}OC" for name in _SPECIAL_SUMS)))
_NOTHING = (ZERO, ZERO)


def _sign(line: Fields) -> int:
    """Goods count, discount lines are taken off, promotions and notes do not count."""
    match line.get("ItemType"):
        case ItemType.GOODS | ItemType.TRANSPORT:
            return 1
        case ItemType.TRADE_DISCOUNT:
            return -1
        case _:
            return 0


def check_totals(invoice: Fields, lines: Sequence[Fields]) -> None:
    """Every total is the sum of its lines, the whole is net plus VAT (fees of FeeInfo on top).

    Whether service fee and excise tax are in the whole is said nowhere: both are taken.
    """
    counted = _counted(lines)
    for total, field in _LINE_FIELDS.items():
        expected = _sum(counted, field)
        if amount(invoice, total) != expected:
            raise invalid(total, f"{amount(invoice, total)} khác tổng các dòng {expected}")
    expected = amount(invoice, "TotalAmountWithoutVATOC") + amount(invoice, "TotalVATAmountOC") + _fees(invoice)
    told = amount(invoice, "TotalAmountOC")
    if told != expected and told != expected + sum((_sum(counted, f"{name}OC") for name in _SPECIAL_SUMS), ZERO):
        raise invalid("TotalAmountOC", f"{told} khác tiền hàng cộng thuế {expected}")
    _check_converted(invoice)


def _counted(lines: Sequence[Fields]) -> list[tuple[Fields, int]]:
    return [(line, sign) for line in lines if (sign := _sign(line))]


def _sum(counted: Sequence[tuple[Fields, int]], field: str) -> Decimal:
    return sum((sign * amount(line, field) for line, sign in counted), ZERO)


def _fees(invoice: Fields) -> Decimal:
    fees: Any = invoice.get("FeeInfo")
    if not isinstance(fees, Sequence) or isinstance(fees, str):
        return ZERO
    return sum((amount(fee, "FeeAmountOC") for fee in fees if isinstance(fee, Mapping)), ZERO)


def _check_converted(invoice: Fields) -> None:
    rate = number(invoice, "ExchangeRate") or Decimal(1)
    digits = digits_of(invoice).amount
    for name in TOTALS:
        if amount(invoice, name) != rounded(amount(invoice, f"{name}OC") * rate, digits):
            raise invalid(name, f"khác {name}OC * tỷ giá")


def check_special_totals(invoice: Fields, lines: Sequence[Fields]) -> None:
    """Where the invoice tells them: the highest rates of service fee and excise tax, and their sums (§13.3)."""
    if _SPECIAL.isdisjoint(invoice):  # nearly always
        return
    for name in _SPECIAL_RATES:
        highest, told = max((amount(line, name) for line in lines), default=ZERO), number(invoice, name)
        if told is not None and told != highest:
            raise invalid(name, f"{told} khác mức cao nhất của các dòng {highest}")
    exchange_rate, digits = number(invoice, "ExchangeRate") or Decimal(1), digits_of(invoice).amount
    counted = _counted(lines)
    for name in _SPECIAL_SUMS:
        summed = _sum(counted, f"{name}OC")
        for field, expected in ((f"{name}OC", summed), (name, rounded(summed * exchange_rate, digits))):
            told = number(invoice, field)
            if told is not None and told != expected:
                raise invalid(field, f"{told} khác tổng các dòng {expected}")


def check_rates(invoice: Fields, lines: Sequence[Fields]) -> None:
    """TaxRateInfo has each rate of the lines once, with its sums; a rate whose sums are zero may be left out."""
    if not has_vat(invoice):
        return
    expected = _sums_by_rate(lines)
    given = _given_sums(invoice.get("TaxRateInfo"))
    for rate in sorted(given.keys() | expected.keys()):
        told, summed = given.get(rate, _NOTHING), expected.get(rate, _NOTHING)
        if told != summed:
            raise RefusedError(
                "TaxRateInfo_VATRateName",
                f"Thuế suất {rate}: {told[0]} và {told[1]} khác tổng các dòng {summed[0]} và {summed[1]}",
            )


def _sums_by_rate(lines: Sequence[Fields]) -> dict[str, tuple[Decimal, Decimal]]:
    sums: dict[str, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    for line in lines:
        if _sign(line):
            net, vat = sums[str(line.get("VATRateName"))]
            sums[str(line.get("VATRateName"))] = (
                net + _sign(line) * amount(line, "AmountWithoutVATOC"),
                vat + _sign(line) * amount(line, "VATAmountOC"),
            )
    return dict(sums)


def _given_sums(entries: Any) -> dict[str, tuple[Decimal, Decimal]]:
    if entries is None:
        return {}
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise RefusedError("TaxRateInfo_VATRateName", "TaxRateInfo phải là danh sách")
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for entry in entries:
        name = str(entry.get("VATRateName"))
        if vat_rate(name) is None:
            raise RefusedError("TaxRateInfo_VATRateName", f"không nhận thuế suất {name}")
        if name in sums:
            raise RefusedError("TaxRateInfo_VATRateName", f"Thuế suất {name} có hai lần")
        sums[name] = (amount(entry, "AmountWithoutVATOC"), amount(entry, "VATAmountOC"))
    return sums
