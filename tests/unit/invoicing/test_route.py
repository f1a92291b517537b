"""Which company an order goes to."""

from typing import Any

import pytest
from invoicing.catalogue import EMPTY, Catalogue, Item
from invoicing.mapping import Target
from invoicing.release import Release
from invoicing.route import Routed, RouteHold, RouteWait, Routing, route
from invoicing.rules import Mapping
from pydantic import ValidationError
from support.haravan_orders import delivered, line, order

_A = {"account": "a", "series": "1C26TAA"}
_B = {"account": "b", "series": "1C26TBB"}
_NOTHING_SENT: dict[str, Any] = {"fulfillment_status": None, "fulfillments": []}


def _by(dimension: str, *values: str, **target: str) -> dict[str, Any]:
    return {"dimension": dimension, "values": list(values), **(target or _B)}


def _mapping(*assignments: dict[str, Any], **fields: Any) -> Mapping:
    return Mapping.model_validate({"default": _A, "assignments": list(assignments), **fields})


def _route(mapping: Mapping, **changes: Any) -> str:
    return _told(route(order(**changes), mapping))


def _told(routing: Routing) -> str:
    match routing:
        case Routed(account, series, why):
            assert series in {"1C__TAA", "1C__TBB"}
            return f"{account} {why}"
        case RouteHold(reason) | RouteWait(reason):
            assert "?" not in routing.explain().en
            return f"{type(routing).__name__} {reason.value}"


@pytest.mark.parametrize(
    ("assignment", "changes", "expected"),
    (
        (_by("channel", "shopee", "tiktokshop"), {"source_name": " Shopee "}, "b channel=Shopee"),
        (_by("channel", "shopee"), {}, "a default"),
        (_by("branch", "700101"), {}, "b branch=700101"),
        (_by("source", "ĐIỆN THOẠI"), {"source": "điện thoại"}, "b source=điện thoại"),
        (
            _by("storefront", "88"),
            {"note_attributes": [{"name": "x-haravan-saleschannel-branchid", "value": 88}]},
            "b storefront=88",
        ),
        (_by("storefront", "88"), {}, "a default"),
        (_by("carrier", "ghn"), {"fulfillments": [delivered()]}, "b carrier=GHN"),
        (_by("carrier", "GHN"), {"fulfillments": [delivered(status="cancelled"), delivered()]}, "b carrier=GHN"),
        (_by("carrier", "none"), {}, "b carrier=none"),
        (_by("carrier", "GHN"), {}, "a default"),
    ),
)
def test_dimensions(assignment: dict[str, Any], changes: dict[str, Any], expected: str) -> None:
    """Values are compared trimmed and without case; one that no rule names goes on to the default."""
    assert _route(_mapping(assignment), **changes) == expected


def test_the_shops_order_decides() -> None:
    """The first dimension that has an answer wins."""
    rules = [_by("channel", "web"), _by("branch", "700101", **_A)]
    assert _route(_mapping(*rules)) == "a branch=700101"
    assert _route(_mapping(*rules, dimensions=["channel", "branch"])) == "b channel=web"


def test_two_answers_are_held() -> None:
    """Rules of one dimension that lead to different accounts or series never pick one."""
    rules = [_by("channel", "web"), _by("channel", "WEB", account="b", series="1C26TAA")]
    assert _route(_mapping(*rules)) == "RouteHold route-ambiguous"
    assert _route(_mapping(rules[0], rules[0])) == "b channel=web"


@pytest.mark.parametrize("changes", ({"location_id": None}, {"location_id": 0}))
def test_unknown_branch_waits_where_it_matters(changes: dict[str, Any]) -> None:
    """A location that is not there yet could still change the company."""
    assert _route(_mapping(_by("branch", "1")), **changes) == "RouteWait route-value-unknown"
    assert _route(_mapping(_by("branch", "1", **_A)), **changes) == "a default"
    assert _route(_mapping(_by("branch", "1"), when_unknown="default"), **changes) == "a default"


def test_unknown_branch_that_leads_where_the_order_goes_anyway() -> None:
    """When every rule of the dimension agrees with the later answer, there is nothing to wait for."""
    assert _route(_mapping(_by("branch", "1"), _by("channel", "web")), location_id=None) == "b channel=web"


def test_carrier_is_unknown_before_goods_left() -> None:
    """Before the first parcel the carrier may still change the company."""
    assert _route(_mapping(_by("carrier", "GHN")), **_NOTHING_SENT) == "RouteWait route-value-unknown"


def test_a_channel_that_never_comes_is_held() -> None:
    """An order without channel does not wait for ever."""
    assert _route(_mapping(_by("channel", "shopee")), source_name=None) == "RouteHold route-value-missing"


def test_assigned_location_by_setting() -> None:
    """The handling warehouse may be the branch."""
    mapping = _mapping(_by("branch", "5"), branch_from="assigned_location_id")
    assert _route(mapping, assigned_location_id=5) == "b branch=5"


def test_without_default_the_order_is_held() -> None:
    """No assignment and no default: no company is guessed."""
    assert _route(Mapping()) == "RouteHold no-default-account"


def test_a_dimension_that_is_never_tried_is_refused() -> None:
    """An assignment that could not take effect is a mistake of the mapping."""
    with pytest.raises(ValidationError, match="name each dimension"):
        _mapping(_by("carrier", "GHN"), dimensions=["branch"])


_SHIRT, _BOOK, _UNTYPED = line(100_000, type=" Áo ", id=1), line(50_000, type="Sách", id=2), line(20_000, id=3)
_BOOKS = _by("product_type", "sách")


def _goods(mapping: Mapping, *lines: dict[str, Any], catalogue: Catalogue = EMPTY) -> str:
    return _told(route(order(lines), mapping, catalogue=catalogue))


@pytest.mark.parametrize(
    ("lines", "expected"),
    (
        ((_BOOK,), "b product_type=Sách"),
        ((_SHIRT,), "a default"),
        ((_BOOK, {**_BOOK, "id": 4}), "b product_type=Sách"),
        ((_BOOK, _SHIRT), "RouteHold route-goods-differ"),
        ((_BOOK, _UNTYPED), "RouteHold route-value-missing"),
        ((_UNTYPED,), "RouteHold route-value-missing"),
        ((_BOOK, line(0, type="Áo", id=5)), "b product_type=Sách"),
        ((line(0, type="Sách", id=5),), "b product_type=Sách"),
        ((_BOOK, line(9_000, 0, type="Áo", id=5)), "b product_type=Sách"),
    ),
)
def test_all_goods_have_to_agree(lines: tuple[dict[str, Any], ...], expected: str) -> None:
    """One invoice has one seller: goods of two are held, and gifts do not count beside what is sold."""
    assert _goods(_mapping(_BOOKS), *lines) == expected


def test_goods_that_lead_to_one_place_by_different_rules() -> None:
    """What no rule names goes on to the next dimension, and may come to the same place there."""
    by_both = _mapping(_BOOKS, _by("channel", "web"), dimensions=["product_type", "channel"])
    assert _goods(by_both, _BOOK, _SHIRT).startswith("b ")
    assert _goods(by_both, _BOOK, _UNTYPED).startswith("b ")
    two = _mapping(_BOOKS, _by("product_type", "áo", account="b", series="1C26TAA"))
    assert _goods(two, _BOOK, _SHIRT) == "RouteHold route-goods-differ"


def test_two_rules_for_one_type_are_ambiguous() -> None:
    """The same type twice with different companies is held like any other value."""
    assert _goods(_mapping(_BOOKS, _by("product_type", "Sách", **_A)), _BOOK) == "RouteHold route-ambiguous"


def test_type_from_the_catalogue() -> None:
    """A line that Haravan sends without its type has the one of the shop's goods."""
    known = Catalogue((Item(sku="SKU-3", product_type="Sách"),))
    assert _goods(_mapping(_BOOKS), _UNTYPED, catalogue=known) == "b product_type=Sách"
    assert _goods(_mapping(_BOOKS, when_unknown="default"), _UNTYPED) == "a default"


def test_a_missing_type_matters_only_to_rules_on_types() -> None:
    """Without such a rule nobody asks for the type; a rule that leads where the order goes anyway holds nothing."""
    assert _goods(_mapping(), _UNTYPED) == "a default"
    assert _goods(_mapping(_by("product_type", "Sách", **_A)), _UNTYPED) == "a default"


def test_goods_of_two_companies_name_both() -> None:
    """Whoever has to choose sees between which places."""
    held = route(order([_BOOK, _SHIRT]), _mapping(_BOOKS))
    assert isinstance(held, RouteHold)
    assert "a 1C__TAA, b 1C__TBB" in held.explain().vi
    assert "Split the order" in held.explain().en


@pytest.mark.parametrize(
    ("kind", "expected"),
    (
        ("company", "b buyer_kind=company"),
        ("person", "a default"),
        ("consumer", "a default"),
        (None, "RouteWait route-value-unknown"),
    ),
)
def test_buyer_kind(kind: str | None, expected: str) -> None:
    """A rule may send companies elsewhere; who the buyer is has to be known for that."""
    mapping = _mapping(_by("buyer_kind", " Company "))
    assert _told(route(order(), mapping, buyer_kind=kind)) == expected


def test_a_buyer_kind_that_nobody_is_is_refused() -> None:
    """A misspelled kind would never be met."""
    with pytest.raises(ValidationError, match="there is no buyer kind 'business', use company, person, consumer"):
        _mapping(_by("buyer_kind", "business"))


def test_ids_may_stand_without_quotes() -> None:
    """Haravan's location ids are numbers, in YAML as well; an empty value is a mistake."""
    assert _route(_mapping({"dimension": "branch", "values": [700101], **_B})) == "b branch=700101"
    with pytest.raises(ValidationError, match="an empty value"):
        _mapping(_by("branch", " "))


def test_a_persons_choice_goes_before_the_mapping() -> None:
    """What somebody decided for this order is not argued with."""
    chosen = Release(target=Target(account="b", series="1C26TBB"))
    two = _mapping(_by("channel", "web"), _by("channel", "WEB", account="b", series="1C26TAA"))
    assert _told(route(order(), two, release=chosen)) == "b release"
