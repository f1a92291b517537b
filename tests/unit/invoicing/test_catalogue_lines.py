"""What the shop's catalogue says of goods: name, unit, code, and the rate by every level."""

import datetime as dt
from typing import Any

import pytest
from invoicing.catalogue import Catalogue, Item
from invoicing.rates import DatedRate
from invoicing.reasons import Reason
from support.haravan_orders import DEFAULT_RATE, accepting, converted, delivered, goods, held, line, order, rules

_TAGGED = rules(
    rates=[
        {"level": "tag", "values": ["Sách"], "rate": "5%"},
        {"level": "tag", "values": ["Rượu"], "rate": "10%"},
        {"level": "vendor", "values": ["Nhà in"], "rate": "KCT"},
        DEFAULT_RATE,
    ]
)


def _rate(item: Item, of_rules: Any = None, **fields: Any) -> tuple[str, str]:
    made = converted(order([line(108_000, **fields)]), of_rules, catalogue=Catalogue((item,)))
    return made.rates[0].rate, made.rates[0].level


def test_name_unit_and_code_are_the_catalogues() -> None:
    """The invoice's own name is printed as any name is; what the catalogue lacks comes from order and rules."""
    known = Catalogue((Item(sku="A", variant_id=7, invoice_name=" Áo\tsơ mi ", unit="Chiếc"), Item(sku="B")))
    made = converted(order([line(1, id=1, sku=None, variant_id=7), line(1, id=2, sku=" b ")]), catalogue=known)
    shown = [(each.ItemCode, each.ItemName, each.UnitName) for each in made.invoice.OriginalInvoiceDetail]
    assert shown == [("A", "Áo sơ mi", "Chiếc"), ("b", "Áo thun", "Cái")]


def test_names_are_one_unicode_form_without_control_characters() -> None:
    """Whatever the letters were typed as, the invoice has one form of them; a long name is cut with a flag."""
    made = converted(order([line(1, name="A\u0301o\u0000 \u0085thun\r\n- Default Title")]))
    assert made.invoice.OriginalInvoiceDetail[0].ItemName == "Áo thun"
    long = converted(order([line(1)]), catalogue=Catalogue((Item(sku="SKU-11", invoice_name="Đ" * 501),)))
    assert long.invoice.OriginalInvoiceDetail[0].ItemName == "Đ" * 500
    assert "item-name-cut:1" in long.flags


def test_a_rate_of_the_catalogue_counts_as_one_by_sku() -> None:
    """It goes before every other level, also for goods without a SKU, and is no default."""
    assert _rate(
        goods("SKU-11", rate="5%"),
        rules(rates=[DEFAULT_RATE, {"level": "barcode", "values": ["1"], "rate": "10%"}]),
        barcode="1",
    ) == ("5%", "sku")
    assert _rate(Item(variant_id=7, rates=(DatedRate(rate="5%"),)), sku=None, variant_id=7) == ("5%", "sku")


def test_catalogue_and_rules_that_disagree_are_held() -> None:
    """Two valid rates for one SKU are a contradiction; the same rate twice, or one that has ended, is none."""
    by_sku = rules(rates=[{"level": "sku", "values": ["SKU-11"], "rate": "10%"}, DEFAULT_RATE])
    known = Catalogue((goods("SKU-11", rate="5%"),))
    assert held(order(), by_sku, catalogue=known) == "rate-ambiguous"
    assert _rate(goods("SKU-11", rate="10%"), by_sku) == ("10%", "sku")
    ended = Item(sku="SKU-11", rates=(DatedRate(rate="5%", valid_to=dt.date(2025, 12, 31)),))
    assert _rate(ended, by_sku) == ("10%", "sku")
    assert held(order(), catalogue=Catalogue((ended,))) == "rate-not-valid"


def test_tags_are_the_products() -> None:
    """A product's tag decides after its vendor; two that differ are held, unknown goods get the default rate."""
    assert _rate(Item(sku="SKU-11", tags=("mới", " SÁCH ")), _TAGGED) == ("5%", "tag")
    assert _rate(Item(sku="SKU-11", tags=("sách",), vendor="nhà in"), _TAGGED) == ("KCT", "vendor")
    both = Catalogue((Item(sku="SKU-11", tags=("sách", "rượu")),))
    assert held(order(), _TAGGED, catalogue=both) == "rate-ambiguous"
    assert converted(order(), _TAGGED).flags == ("default-rate:SKU-11",)


def test_the_products_vendor_goes_before_the_lines() -> None:
    """What a line says of its vendor is old news; it stands in where the product is not known."""
    assert _rate(Item(sku="SKU-11", vendor="Khác"), _TAGGED, vendor="Nhà in") == ("8%", "default")
    assert _rate(Item(sku="SKU-11"), _TAGGED, vendor="Nhà in") == ("KCT", "vendor")
    assert _rate(Item(sku="X"), _TAGGED, vendor="Nhà in") == ("KCT", "vendor")


@pytest.mark.parametrize(
    ("level", "value", "item"),
    (
        ("sku", "a", Item(sku="A", variant_id=7)),
        ("barcode", "893", Item(barcode="893", variant_id=7)),
        ("product_type", "áo", Item(product_type="Áo", variant_id=7)),
    ),
)
def test_what_the_order_does_not_say_the_product_does(level: str, value: str, item: Item) -> None:
    """A line that only names its variant is still found by SKU, barcode and type."""
    by_level = rules(rates=[{"level": level, "values": [value], "rate": "5%"}, DEFAULT_RATE])
    assert _rate(item, by_level, sku=None, variant_id=7) == ("5%", level)


def test_levels_decide_in_their_order() -> None:
    """SKU, barcode, product type, vendor, tag, default: the first that has a rule, even one that is not valid."""
    levels = {"sku": "SKU-11", "barcode": "893", "product_type": "Áo", "vendor": "Nhãn", "tag": "mới"}
    item = Item(sku="SKU-11", barcode="893", product_type="Áo", vendor="Nhãn", tags=("mới",))
    by_level = [{"level": level, "values": [value], "rate": "5%"} for level, value in levels.items()]
    for first, level in enumerate(levels):
        of_rules = rules(rates=[*reversed(by_level[first:]), DEFAULT_RATE])
        assert _rate(item, of_rules, barcode="893", type="Áo") == ("5%", level)
        ended = {**by_level[first], "valid_to": "2025-12-31"}
        made = order([line(108_000, barcode="893", type="Áo")])
        expired = rules(rates=[*by_level[first + 1 :], ended, DEFAULT_RATE])
        assert held(made, expired, catalogue=Catalogue((item,))) == "rate-not-valid"


def test_a_person_may_take_the_default_for_unknown_goods() -> None:
    """Where the shop holds goods without a rate of their own, one order may pass."""
    of_rules = rules(unknown_sku="hold")
    assert held(order(), of_rules) == "unknown-sku"
    assert converted(order(), of_rules, release=accepting(Reason.UNKNOWN_SKU)).rates[0].level == "default"


_WINDOWS = [{"rate": "8%", "valid_to": "2026-12-31"}, {"rate": "10%", "valid_from": "2027-01-01"}]
_DATED = rules(rates=[{"level": "default", **each} for each in _WINDOWS], shipping={"rates": _WINDOWS})
_JANUARY = dt.date(2027, 1, 2)


@pytest.mark.parametrize(
    "fields",
    (
        {"created_at": "2026-12-30T02:00:00Z"},
        {"transactions": [{"id": 1, "kind": "capture", "amount": 108_000, "created_at": "2026-12-30T02:00:00Z"}]},
        {"fulfillments": [{"id": 1, "status": "success", "created_at": "2026-12-30T02:00:00Z"}]},
        {"fulfillments": [delivered("2026-12-30T02:00:00Z", cancel_date="2026-12-31T02:00:00Z")]},
        {"fulfillments": [delivered("2026-12-30T02:00:00Z", line_items=[{"id": 99, "quantity": 1}])]},
    ),
)
def test_only_the_delivery_of_the_goods_counts(fields: dict[str, Any]) -> None:
    """Neither when it was ordered or paid, nor what another line was delivered with, changes the rate."""
    assert converted(order(**fields), _DATED, on=_JANUARY).rates[0].rate == "10%"


def test_transport_of_goods_delivered_under_another_rate_is_held_too() -> None:
    """The goods' rate never changed, that of their transport did."""
    of_rules = rules(rates=[{"level": "default", "rate": "5%"}], shipping={"rates": _WINDOWS})
    made = order(fulfillments=[delivered("2026-12-30T02:00:00Z")], shipping_lines=[{"price": 20_000}])
    assert held(made, of_rules, on=_JANUARY) == "rate-changed-since-delivery"
    accepted = accepting(Reason.RATE_CHANGED_SINCE_DELIVERY)
    assert converted(made, of_rules, on=_JANUARY, release=accepted).rates[1].rate == "10%"
    assert converted(order(fulfillments=[delivered("2026-12-30T02:00:00Z")]), of_rules, on=_JANUARY).line_count == 1
