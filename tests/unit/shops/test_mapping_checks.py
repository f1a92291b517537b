"""What a check finds in a mapping beyond the six kinds that have a file of their own."""

from datetime import date
from typing import Any

import pytest
from shops.document_checks import inspect
from shops.findings import Severity
from shops.mapping_checks import misspelt
from shops.models import Shop
from support.shops import example_shop

TODAY = date(2026, 11, 21)
_A, _B = ({"account": "cong-ty-a", "series": "1C__TAA"}, {"account": "cong-ty-b", "series": "1C__TBB"})


def _by(dimension: str, *values: str, to: dict[str, str] = _B) -> dict[str, Any]:
    return {"dimension": dimension, "values": values, **to}


def _found(*assignments: dict[str, Any], types: tuple[str, ...] | None = None, **mapping: Any) -> list[tuple[str, str]]:
    """Code and place of what is wrong with the mapping; the unused series of the example is none of it."""
    document = example_shop("two-companies").model_dump()
    document["mapping"] = {"default": _A, "assignments": assignments, **mapping}
    findings = inspect(Shop.model_validate(document), TODAY, types)
    codes = [(each.code, each.where) for each in findings if each.severity is not Severity.OK]
    return [each for each in codes if each[0] != "unused-series"]


_STOREFRONT_FIRST = ("storefront", "channel")


@pytest.mark.parametrize(
    ("assignments", "mapping", "expected"),
    (
        ((_by("channel", "shopee"), _by("storefront", "77", to=_A)), {}, [("hidden-assignment", 1)]),
        ((_by("channel", "shopee"), _by("storefront", "77", to=_A)), {"dimensions": _STOREFRONT_FIRST}, []),
        ((_by("channel", "shopee"), _by("storefront", "77")), {}, []),
        ((_by("channel", "web"), _by("storefront", "77", to=_A)), {}, []),
        ((_by("channel", "shopee"), _by("storefront", "none", to=_A)), {}, []),
        ((_by("channel", "web"), _by("source", " WEB ", to=_A)), {}, [("hidden-assignment", 1)]),
        ((_by("channel", "web"), _by("source", "zalo", to=_A)), {}, []),
    ),
)
def test_assignments_that_no_order_reaches(
    assignments: tuple[dict[str, Any], ...], mapping: dict[str, Any], expected: list[tuple[str, int]]
) -> None:
    """An earlier dimension that takes the same orders elsewhere hides a later one; the shop's order decides."""
    assert _found(*assignments, **mapping) == [(code, f"mapping.assignments[{at}]") for code, at in expected]


def test_dimensions_that_no_order_reaches() -> None:
    """When every buyer kind is assigned, nothing is left for what comes after."""
    kinds = (_by("buyer_kind", "company", "Person"), _by("buyer_kind", "consumer", to=_A), _by("channel", "shopee"))
    order = ("buyer_kind", "channel")
    assert _found(*kinds, dimensions=order) == [("hidden-dimension", "mapping.dimensions")]
    assert _found(*kinds, dimensions=order[::-1]) == []
    assert _found(*kinds[1:], dimensions=order) == []


@pytest.mark.parametrize(
    ("assignment", "code"),
    (
        (_by("storefront", "Gian hàng A"), "storefront-not-an-id"),
        (_by("source", "shoppee"), "channel-misspelt"),
        (_by("channel", "lazada", "LAZADA"), "repeated-assignment"),
        (_by("product_type", "Sácch"), "product-type-unknown"),
    ),
)
def test_values_that_no_order_has(assignment: dict[str, Any], code: str) -> None:
    """A value that cannot be met is told where it stands."""
    assert _found(assignment, types=("Sách", "Áo")) == [(code, "mapping.assignments[0].values")]


def test_product_types_are_held_against_the_shops_goods_where_they_are_known() -> None:
    """Compared as orders are; without a list of goods nothing can be said."""
    assert _found(_by("product_type", " sách"), types=("Sách",)) == []
    assert _found(_by("product_type", "Sácch")) == []


@pytest.mark.parametrize(
    ("written", "meant"),
    (
        ("tiktok", "tiktokshop"),
        ("TikTok Shop", "tiktokshop"),
        ("shoppee", "shopee"),
        ("Shopee", ""),
        ("pos", ""),
        ("kenh-moi", ""),
        ("we", "web"),
        ("", ""),
        ("đại lý", ""),
    ),
)
def test_misspelt_channels(written: str, meant: str) -> None:
    """Only what is near one of Haravan's names is doubted: a shop's own channels have any name."""
    assert misspelt(written) == meant


def test_a_misspelt_channel_of_a_trigger() -> None:
    """The same mistake elsewhere in the document."""
    document = example_shop().model_dump()
    document["rules"]["trigger_by_channel"] = {"tiktok": "paid"}
    found = [(each.code, each.where) for each in inspect(Shop.model_validate(document), TODAY)]
    assert found == [("channel-misspelt", "rules.trigger_by_channel.tiktok")]
