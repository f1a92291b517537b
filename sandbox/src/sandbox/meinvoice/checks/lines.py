"""What a line must say and that its amounts follow from each other (Open API §13.4)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from functools import lru_cache

from sandbox.meinvoice.checks.numbers import (
    HALF,
    ZERO,
    Digits,
    Fields,
    decimals,
    digits_of,
    near,
    number,
    rounded,
)
from sandbox.meinvoice.checks.refusal import RefusedError, invalid_line

_RATE = re.compile(r"(?:KHAC:)?(\d+(?:\.\d+)?)%")
_PLAIN_RATES = frozenset({"0%", "5%", "8%", "10%"})
_WITHOUT_VAT = frozenset({"KCT", "KKKNT"})
_NO_VAT_COLUMNS = frozenset({"2", "6"})
"""Template numbers of sales invoices and delivery notes (Open API §1.6)."""
_ADJUSTS = 2
AMOUNTS = ("Amount", "DiscountAmount", "AmountWithoutVAT", "VATAmount")

_LENGTHS = {"ItemName": 500, "ItemCode": 50, "UnitName": 50}
"""Characters, by the tax authority's XML schema (Decision 1450)."""
_TRANSPORT_FIELDS = {1: {"SKhung", "SMay"}, 2: {"BKSPTVChuyen"}, 3: {"BKSPTVChuyen"}}
"""SpecialtyItem: which FieldName belongs to which TypicalItem (Open API §13.4)."""

Amounts = Mapping[str, Decimal]
"""A line's numbers by field name; an absent one counts as zero."""


class ItemType(IntEnum):
    """Kinds of lines."""

    GOODS = 1
    PROMOTION = 2
    TRADE_DISCOUNT = 3
    NOTE = 4
    TRANSPORT = 5


@dataclass(frozen=True, slots=True)
class Terms:
    """What an invoice says that all of its lines are judged by."""

    digits: Digits
    unit: Decimal
    """The smallest amount in the invoice's currency."""
    exchange_rate: Decimal
    allowed: Mapping[str, int]
    """Number fields of a line, and how many decimals each may have."""
    with_vat: bool
    adjusts: bool


def has_vat(invoice: Fields) -> bool:
    """Whether invoices of this series have VAT columns."""
    return str(invoice.get("InvSeries") or "")[:1] not in _NO_VAT_COLUMNS


def terms_of(invoice: Fields) -> Terms:
    """Read them off the invoice."""
    digits, with_vat = digits_of(invoice), has_vat(invoice)
    return Terms(
        digits=digits,
        unit=Decimal(1).scaleb(-digits.amount_oc),
        exchange_rate=number(invoice, "ExchangeRate") or Decimal(1),
        allowed=_allowed(digits, with_vat=with_vat),
        with_vat=with_vat,
        adjusts=invoice.get("ReferenceType") == _ADJUSTS,
    )


@lru_cache(maxsize=64)
def _allowed(digits: Digits, *, with_vat: bool) -> Mapping[str, int]:
    names = AMOUNTS if with_vat else AMOUNTS[:-1]
    return (
        {"Quantity": digits.quantity, "UnitPrice": digits.unit_price, "DiscountRate": digits.coefficient}
        | dict.fromkeys(names, digits.amount)
        | {f"{name}OC": digits.amount_oc for name in names}
    )


@lru_cache(maxsize=256)
def _rate_of(name: str) -> Decimal | None:
    if name in _WITHOUT_VAT:
        return ZERO
    found = _RATE.fullmatch(name)
    if found is None or not (name in _PLAIN_RATES or name.startswith("KHAC:")):
        return None
    return Decimal(found.group(1)) / 100


def vat_rate(name: object) -> Decimal | None:
    """The rate as a fraction, zero for KCT and KKKNT; None for a name that MISA does not know."""
    return _rate_of(name) if isinstance(name, str) else None


def check_line(line: Fields, position: int, terms: Terms) -> None:
    """One line by itself. Notes (ItemType 4) carry no amounts."""
    kind = _check_kind(line, position)
    if not str(line.get("ItemName") or "").strip():
        raise RefusedError("RequireError_ItemName", f"Dòng {position}: thiếu tên hàng hóa")
    for name, length in _LENGTHS.items():
        if len(str(line.get(name) or "")) > length:
            raise invalid_line(name, position, f"dài quá {length} ký tự")
    _check_order(line, position, kind)
    _check_specialty(line, position)
    if kind is ItemType.NOTE:
        return
    amounts = _numbers(line, position, terms)
    _check_arithmetic(amounts, position, terms)
    if terms.with_vat:
        _check_vat(line, amounts, position, terms)
    elif (number(line, "VATAmountOC") or 0) != 0:
        raise invalid_line("VATAmountOC", position, "hóa đơn bán hàng không có tiền thuế")
    _check_converted(line, amounts, position, terms)


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


def _check_specialty(line: Fields, position: int) -> None:
    entries = line.get("SpecialtyItem")
    for entry in entries if isinstance(entries, list) else [entries] if entries else []:
        kind = entry.get("TypicalItem") if isinstance(entry, Mapping) else None
        if not isinstance(kind, int) or str(entry.get("FieldName")) not in _TRANSPORT_FIELDS.get(kind, ()):
            raise invalid_line("SpecialtyItem", position, "TypicalItem và FieldName không hợp lệ")
        if not isinstance(entry.get("FieldValue"), str):
            raise invalid_line("SpecialtyItem", position, "FieldValue phải là chuỗi")


def _numbers(line: Fields, position: int, terms: Terms) -> Amounts:
    found: dict[str, Decimal] = {}
    for name, most in terms.allowed.items():
        value = number(line, name)
        if value is None and name == "DiscountAmount" and not number(line, "DiscountAmountOC"):
            continue  # the example in Open API §6 leaves it out
        if value is None:
            raise invalid_line(name, position, "thiếu hoặc không phải là số")
        if decimals(value) > most:
            raise invalid_line(name, position, f"quá {most} chữ số thập phân")
        found[name] = value
    return found


def _check_arithmetic(amounts: Amounts, position: int, terms: Terms) -> None:
    quantity, price, total = amounts["Quantity"], amounts["UnitPrice"], amounts["AmountOC"]
    value_only = terms.adjusts and not quantity and not price
    if not value_only and not near(quantity * price, total, terms.unit * HALF):
        raise invalid_line("AmountOC", position, f"{total} khác Quantity * UnitPrice = {quantity * price}")
    discount, rate = amounts["DiscountAmountOC"], amounts["DiscountRate"]
    if rate:
        slack = abs(total) * HALF.scaleb(-terms.digits.coefficient) / 100 + terms.unit * HALF
        if not near(total * rate / 100, discount, slack):
            raise invalid_line("DiscountAmountOC", position, f"{discount} khác AmountOC * DiscountRate / 100")
    if amounts["AmountWithoutVATOC"] != total - discount:
        raise invalid_line("AmountWithoutVATOC", position, "khác AmountOC - DiscountAmountOC")


def _check_converted(line: Fields, amounts: Amounts, position: int, terms: Terms) -> None:
    for name in AMOUNTS:
        value = amounts.get(name) if name in amounts else number(line, name)
        expected = amounts.get(f"{name}OC", ZERO)
        if value is not None and value != rounded(expected * terms.exchange_rate, terms.digits.amount):
            raise invalid_line(name, position, f"khác {name}OC * tỷ giá")


def _check_vat(line: Fields, amounts: Amounts, position: int, terms: Terms) -> None:
    """VAT may be one unit off net times rate: net and VAT of a gross price seldom divide evenly."""
    rate = vat_rate(line.get("VATRateName"))
    if rate is None:
        raise invalid_line("VATRateName", position, f"không nhận {line.get('VATRateName')!r}")
    vat, net = amounts["VATAmountOC"], amounts["AmountWithoutVATOC"]
    if not near(vat, net * rate, terms.unit if rate else ZERO):
        raise invalid_line("VATAmountOC", position, f"{vat} khác AmountWithoutVATOC * thuế suất = {net * rate}")
