"""Goods that no rate was chosen for are told before a sale is held for them."""

import datetime as dt
from dataclasses import replace

import pytest
from invoicing.catalogue import Catalogue, Item
from invoicing.rates import DatedRate
from invoicing.uncovered import MissingRate, without_rate
from support.haravan_orders import rules

TODAY = dt.date(2026, 11, 21)
DEFAULT = {"level": "default", "rate": "8%"}
ITEM = Item(sku="SKU-1", barcode="893", product_type="Sách", vendor="Kim", tags=("giáo khoa",), rates=(), variant_id=1)


@pytest.mark.parametrize(
    "rule",
    (
        {"level": "sku", "values": [" sku-1"], "rate": "10%"},
        {"level": "barcode", "values": ["893"], "rate": "10%"},
        {"level": "product_type", "values": ["SÁCH"], "rate": "KCT"},
        {"level": "vendor", "values": ["kim"], "rate": "10%"},
        {"level": "tag", "values": ["Giáo khoa"], "rate": "5%"},
    ),
)
def test_a_rule_of_any_level_covers_an_item(rule: dict[str, object]) -> None:
    """Compared as for an order's line."""
    assert without_rate(ITEM, rules(rates=[rule, DEFAULT]), TODAY) is None
    assert without_rate(Item(sku="SKU-2"), rules(rates=[rule, DEFAULT]), TODAY) is MissingRate.DEFAULT_ONLY


def test_the_items_own_rate_covers_it() -> None:
    """While it is valid; one that has ended holds its orders, whatever the default says."""
    item = replace(ITEM, rates=(DatedRate(rate="5%", valid_to=TODAY),))
    assert without_rate(item, rules(rates=[DEFAULT]), TODAY) is None
    assert without_rate(item, rules(rates=[DEFAULT]), TODAY + dt.timedelta(days=1)) is MissingRate.NOT_VALID


def test_rates_that_contradict_each_other() -> None:
    """The item's own and a rule by its SKU; the same twice does not."""
    by_sku = {"level": "sku", "values": ["SKU-1"], "rate": "10%"}
    item = replace(ITEM, rates=(DatedRate(rate="5%"),))
    assert without_rate(item, rules(rates=[by_sku, DEFAULT]), TODAY) is MissingRate.AMBIGUOUS
    assert without_rate(item, rules(rates=[by_sku | {"rate": "5%"}, DEFAULT]), TODAY) is None


def test_without_any_default_nothing_covers_it() -> None:
    """Its orders would be held."""
    other = {"level": "sku", "values": ["SKU-2"], "rate": "10%"}
    assert without_rate(ITEM, rules(rates=[other]), TODAY) is MissingRate.NOTHING
    ended = DEFAULT | {"valid_to": "2026-06-30"}
    assert without_rate(ITEM, rules(rates=[ended]), TODAY) is MissingRate.NOT_VALID


def test_a_sku_of_several_variants_is_what_they_have_in_common() -> None:
    """What the accountant says of a SKU holds whichever of them it is; deleted ones count only among themselves."""
    one = replace(ITEM, unit="cuốn", vendor="Kim")
    two = replace(one, variant_id=2, vendor="Đồng", barcode="894")
    gone = replace(one, variant_id=3, unit="", deleted=True)
    found = Catalogue((one, two, gone)).by_sku("sku-1")
    assert found == replace(one, variant_id=None, vendor="", barcode="")
    assert Catalogue((gone,)).by_sku("sku-1") == gone
    assert Catalogue((one, two)).by_sku("sku-9") is None
