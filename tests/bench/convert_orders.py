"""A shop and its orders to convert: bodies as Haravan sends them, no two alike, of the shapes that are common."""

import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any
from uuid import UUID

from invoicing.catalogue import Catalogue, Item
from invoicing.convert import SeriesFacts
from invoicing.mapping import Mapping
from invoicing.rules import Rules

Json = dict[str, Any]

CONVERTED_ON = dt.date(2026, 3, 20)
REF_ID = UUID(int=7)
SERIES = SeriesFacts(series="1C26TAA", sign_type=2, shop_code="CH-01")
FIVE_PER_CENT = "Sách"
"""The product type whose rate is another one, so that every third invoice has two rates."""

RULES = Rules.model_validate(
    {
        "start_date": "2026-01-01",
        "rates": [
            {"level": "product_type", "values": [FIVE_PER_CENT], "rate": "5%"},
            {"level": "sku", "values": [f"MAY-{number}" for number in range(50)], "rate": "10%"},
            {"level": "default", "rate": "8%", "valid_to": "2026-12-31"},
            {"level": "default", "rate": "10%", "valid_from": "2027-01-01"},
        ],
        "shipping": {"rates": [{"rate": "8%", "valid_to": "2026-12-31"}, {"rate": "10%", "valid_from": "2027-01-01"}]},
    }
)
MAPPING = Mapping.model_validate(
    {
        "default": {"account": "chinh", "series": "1C26TAA"},
        "assignments": [
            {"dimension": "branch", "values": ["700102"], "account": "mien-nam", "series": "1C26TBB"},
            {"dimension": "channel", "values": ["shopee", "tiktokshop"], "account": "san", "series": "1C26TCC"},
        ],
    }
)

_FIRST_VARIANT = 2_990_000_000
_VARIANTS = 5_000
CATALOGUE = Catalogue(
    tuple(
        Item(
            variant_id=_FIRST_VARIANT + variant,
            sku=f"MAY-{variant}",
            invoice_name=f"Hàng may mặc {variant}",
            unit="Chiếc",
        )
        for variant in range(0, _VARIANTS, 2)
    )
)
"""The shop's accountant named every second variant."""

_BODY = Path(__file__).parents[1] / "data" / "haravan" / "invoicing" / "company-branch.order.json"
_GOODS = ("Áo thun cổ tròn", "Quần tây nam", "Giày thể thao", "Bình giữ nhiệt", "Ốp lưng điện thoại", "Sổ tay bìa da")
_EVERY_SECOND, _EVERY_THIRD, _EVERY_FIFTH = 2, 3, 5
_TRANSPORT: Json = {"title": "Giao hàng nhanh", "code": "GHN", "price": 30_000}
_PERSON: Json = {"first_name": "An", "last_name": "Nguyễn", "name": "Nguyễn An", "phone": "0900000000"}
_ADDRESS: Json = _PERSON | {
    "address1": "12 Đường Mẫu",
    "address2": None,
    "company": None,
    "ward": "Phường Mẫu",
    "district": "Quận Mẫu",
    "province": "Hà Nội",
    "country": "Vietnam",
    "country_code": "VN",
    "province_code": "HI",
    "zip": None,
}
_STEP = 500


def body(number: int, lines: int) -> bytes:
    """The body of one order; what is in it depends on its number alone.

    Half of the orders name a company, half have a discount, two thirds pay for transport, a third has goods of two
    rates, a fifth has a gift; every second line shows a discount of its own, every second is in the catalogue.
    """
    order = copy.deepcopy(_template())
    goods = [_goods(number, place) for place in range(lines)]
    if number % _EVERY_FIFTH == 0:
        goods[-1] |= {"price": 0, "total_discount": goods[-1]["price_original"]}
    transport = [_TRANSPORT] if number % _EVERY_THIRD else []
    sold = sum(each["price"] * each["quantity"] for each in goods)
    discount = sold // 10 if number % _EVERY_SECOND else 0
    order |= {
        "id": order["id"] + number,
        "line_items": goods,
        "shipping_lines": transport,
        "discount_codes": [{"code": "TET", "amount": discount, "type": "percentage"}] if discount else [],
        "total_discounts": discount,
        "subtotal_price": sold - discount,
        "total_line_items_price": sold,
        "total_price": sold - discount + sum(each["price"] for each in transport),
    }
    order["customer"] = _PERSON | {"id": 1_030_000_000 + number, "email": f"khach{number}@example.com", "tags": None}
    order["billing_address"] = order["shipping_address"] = _ADDRESS
    _name_buyer(order, number)
    return json.dumps(order, ensure_ascii=False).encode()


def _template() -> Json:
    order: Json = json.loads(_BODY.read_bytes())
    return order


def _goods(number: int, place: int) -> Json:
    variant = number * 37 + place * 11
    name = f"{_GOODS[variant % len(_GOODS)]} mẫu {variant}"
    listed = 59_000 + variant * _STEP % 900_000
    off = listed // 8 if place % _EVERY_SECOND else 0
    line: Json = copy.deepcopy(_template()["line_items"][0])
    return line | {
        "id": line["id"] + place,
        "variant_id": _FIRST_VARIANT + variant,
        "sku": f"MAY-{variant}",
        "barcode": f"893{variant:010}",
        "name": name,
        "title": name,
        "type": FIVE_PER_CENT if number % _EVERY_THIRD == 0 and place == 0 else "Thời trang",
        "quantity": 1 + variant % 4,
        "price": listed - off,
        "price_original": listed,
        "total_discount": off,
    }


def _name_buyer(order: Json, number: int) -> None:
    """A company of its own name, or a consumer who left the box of the form unticked."""
    box, company, *others = order["note_attributes"]
    if number % _EVERY_SECOND:
        order["note_attributes"] = [box, company | {"value": f"{company['value']} {number}"}, *others]
    else:
        order["note_attributes"] = [box | {"value": "không"}, *(each | {"value": ""} for each in (company, *others))]
