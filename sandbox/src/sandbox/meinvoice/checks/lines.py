"""What a line must say and that its amounts follow from each other (Open API §13.4)."""

import re
from decimal import Decimal
from enum import IntEnum

from sandbox.meinvoice.checks.numbers import HALF, ZERO, Digits, Fields, amount, decimals, near, number, rounded
from sandbox.meinvoice.checks.refusal import RefusedError, invalid_line

_RATE = re.compile(r"(?:KHAC:)?(\d+(?:\.\d+)?)%")
_PLAIN_RATES = frozenset({"0%", "5%", "8%", "10%"})
_WITHOUT_VAT = frozenset({"KCT", "KKKNT"})
_ADJUSTS = 2
AMOUNTS = ("Amount", "DiscountAmount", "AmountWithoutVAT", "VATAmount")


class ItemType(IntEnum):
    """Kinds of lines."""

    GOODS = 1
    PROMOTION = 2
    TRADE_DISCOUNT = 3
    NOTE = 4
    TRANSPORT = 5


def vat_rate(name: object) -> Decimal | None:
    """The rate as a fraction, zero for KCT and KKKNT; None for a name that MISA does not know."""
    if name in _WITHOUT_VAT:
        return ZERO
    found = _RATE.fullmatch(name) if isinstance(name, str) else None
    if found is None or not (name in _PLAIN_RATES or str(name).startswith("KHAC:")):
        return None
    return Decimal(found.group(1)) / 100


def check_line(line: Fields, position: int, invoice: Fields) -> None:
    """One line by itself. Notes (ItemType 4) carry no amounts."""
    kind = _check_kind(line, position)
    if not str(line.get("ItemName") or "").strip():
        raise RefusedError("RequireError_ItemName", f"Dòng {position}: thiếu tên hàng hóa")
    _check_order(line, position, kind)
    if kind is ItemType.NOTE:
        return
    with_vat = not str(invoice.get("InvSeries") or "").startswith("2")
    _check_numbers(line, position, Digits(invoice), with_vat=with_vat)
    _check_arithmetic(line, position, invoice)
    if with_vat:
        _check_vat(line, position, Digits(invoice))
    elif amount(line, "VATAmountOC") != 0:
        raise invalid_line("VATAmountOC", position, "hóa đơn bán hàng không có tiền thuế")
    _check_converted(line, position, number(invoice, "ExchangeRate") or Decimal(1), Digits(invoice).amount)


def _check_kind(line: Fields, position: int) -> ItemType:
    try:
        return ItemType(line["ItemType"])
    except (KeyError, ValueError) as error:
        raise invalid_line("ItemType", position, "chỉ nhận 1, 2, 3, 4, 5") from error


def _check_order(line: Fields, position: int, kind: ItemType) -> None:
    for name in ("LineNumber", "SortOrder"):
        value = line.get(name)
        if name == "SortOrder" and kind in {ItemType.TRADE_DISCOUNT, ItemType.NOTE}:
            if value is not None:
                raise invalid_line(name, position, "phải để trống với dòng chiết khấu và ghi chú")
        elif isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise invalid_line(name, position, "phải là số nguyên từ 1")


def _check_numbers(line: Fields, position: int, digits: Digits, *, with_vat: bool) -> None:
    allowed = {"Quantity": digits.quantity, "UnitPrice": digits.unit_price, "DiscountRate": digits.coefficient}
    names = AMOUNTS if with_vat else AMOUNTS[:-1]
    allowed |= dict.fromkeys(names, digits.amount) | {f"{name}OC": digits.amount_oc for name in names}
    for name, most in allowed.items():
        value = number(line, name)
        if value is None and name == "DiscountAmount" and amount(line, "DiscountAmountOC") == 0:
            continue  # the example in Open API §6 leaves it out
        if value is None:
            raise invalid_line(name, position, "thiếu hoặc không phải là số")
        if decimals(value) > most:
            raise invalid_line(name, position, f"quá {most} chữ số thập phân")


def _check_arithmetic(line: Fields, position: int, invoice: Fields) -> None:
    digits = Digits(invoice)
    unit = Decimal(1).scaleb(-digits.amount_oc)
    quantity, price, total = amount(line, "Quantity"), amount(line, "UnitPrice"), amount(line, "AmountOC")
    value_only = invoice.get("ReferenceType") == _ADJUSTS and quantity == 0 and price == 0
    if not value_only and not near(quantity * price, total, unit * HALF):
        raise invalid_line("AmountOC", position, f"{total} khác Quantity * UnitPrice = {quantity * price}")
    discount, rate = amount(line, "DiscountAmountOC"), amount(line, "DiscountRate")
    slack = abs(total) * HALF.scaleb(-digits.coefficient) / 100 + unit * HALF
    if rate != 0 and not near(total * rate / 100, discount, slack):
        raise invalid_line("DiscountAmountOC", position, f"{discount} khác AmountOC * DiscountRate / 100")
    if amount(line, "AmountWithoutVATOC") != total - discount:
        raise invalid_line("AmountWithoutVATOC", position, "khác AmountOC - DiscountAmountOC")


def _check_converted(line: Fields, position: int, rate: Decimal, digits: int) -> None:
    for name in AMOUNTS:
        if line.get(name) is not None and amount(line, name) != rounded(amount(line, f"{name}OC") * rate, digits):
            raise invalid_line(name, position, f"khác {name}OC * tỷ giá")


def _check_vat(line: Fields, position: int, digits: Digits) -> None:
    """VAT may be one unit off net times rate: net and VAT of a gross price seldom divide evenly."""
    rate = vat_rate(line.get("VATRateName"))
    if rate is None:
        raise invalid_line("VATRateName", position, f"không nhận {line.get('VATRateName')!r}")
    vat, net = amount(line, "VATAmountOC"), amount(line, "AmountWithoutVATOC")
    unit = Decimal(1).scaleb(-digits.amount_oc)
    if not near(vat, net * rate, unit if rate else ZERO):
        raise invalid_line("VATAmountOC", position, f"{vat} khác AmountWithoutVATOC * thuế suất = {net * rate}")
