"""Which company an order goes to."""

from typing import Any

import pytest
from invoicing.route import Routed, RouteHold, RouteWait, route
from invoicing.rules import Mapping
from pydantic import ValidationError
from support.haravan_orders import delivered, order

_A = {"account": "a", "series": "1C26TAA"}
_B = {"account": "b", "series": "1C26TBB"}
_NOTHING_SENT: dict[str, Any] = {"fulfillment_status": None, "fulfillments": []}


def _by(dimension: str, *values: str, **target: str) -> dict[str, Any]:
    return {"dimension": dimension, "values": list(values), **(target or _B)}


def _mapping(*assignments: dict[str, Any], **fields: Any) -> Mapping:
    return Mapping.model_validate({"default": _A, "assignments": list(assignments), **fields})


def _route(mapping: Mapping, **changes: Any) -> str:
    routing = route(order(**changes), mapping)
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
