"""Decisions on orders as Haravan tells them, with what the rules say of them."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from invoicing.decide import Decision, Issue
from invoicing.decide import decide as judged
from invoicing.portions import Portion
from invoicing.release import NOTHING, Release
from support.haravan_orders import Json, delivered, order, rules

TODAY = dt.date(2026, 3, 20)


def parcel(number: int, units: Mapping[int, object] | None = None, *, arrived: bool = True, **fields: Any) -> Json:
    status: Json = {} if arrived else {"carrier_status_code": "delivering", "delivered_date": None}
    lines = [{"id": line_id, "quantity": count} for line_id, count in (units or {}).items()]
    return delivered(id=number, line_items=lines, **status, **fields)


def decision_on(
    lines: list[Json] | None = None,
    *,
    setting: Mapping[str, Any] | None = None,
    release: Release = NOTHING,
    covered: Mapping[int, int] | None = None,
    **changes: Any,
) -> Decision:
    carried = None if covered is None else {line_id: Decimal(count) for line_id, count in covered.items()}
    made = order(lines, **changes)
    decision = judged(made, rules(**(setting or {})), today=TODAY, release=release, covered=carried)
    told = decision.explain()
    assert "?" not in told.vi + told.en
    return decision


def said(decision: Decision) -> tuple[type, str]:
    return type(decision), decision.reason.value


def portion_of(decision: Decision) -> Portion:
    assert isinstance(decision, Issue), decision
    assert decision.portion is not None
    return decision.portion


def units(**by_line: int) -> dict[int, Decimal]:
    return {int(name.removeprefix("line")): Decimal(count) for name, count in by_line.items()}


def partly(*parcels: Json, **changes: Any) -> Json:
    return {"fulfillments": list(parcels), "fulfillment_status": "partial", **changes}
