"""Which units the next invoice covers, whatever the order of deliveries and returns."""

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from invoicing.decide import Issue, decide
from invoicing.portions import Portion
from support.haravan_orders import Json, line, order, rules

_TODAY = dt.date(2026, 3, 20)
_ORDERED = {11: 3, 12: 2, 13: 1}
_UNITS = [line_id for line_id, count in _ORDERED.items() for _ in range(count)]


def _raw(parcels: list[list[int]], returned: list[int]) -> Json:
    def parcel(number: int, units: list[int]) -> Json:
        counts = Counter(units)
        lines = [{"id": line_id, "quantity": count} for line_id, count in counts.items()]
        return {"id": number, "status": "success", "created_at": "2026-03-15T00:00:00Z", "line_items": lines}

    sent = sum(len(units) for units in parcels)
    counts = Counter(returned)
    goods = [{"line_item_id": line_id, "quantity": count} for line_id, count in counts.items()]
    status = "fulfilled" if sent == len(_UNITS) else "partial" if sent else "notfulfilled"
    return {
        "fulfillments": [parcel(number, units) for number, units in enumerate(parcels, start=1)],
        "fulfillment_status": status,
        "refunds": [{"id": 1, "refund_line_items": goods, "transactions": []}] if goods else [],
    }


@st.composite
def _lives(draw: st.DrawFn) -> list[Json]:
    """States of an order as it is sent parcel by parcel, with units coming back in between."""
    units = draw(st.permutations(_UNITS))
    cuts = sorted(draw(st.sets(st.integers(1, len(_UNITS) - 1), max_size=3)))
    parcels = [list(units[start:end]) for start, end in zip([0, *cuts], [*cuts, len(units)], strict=True)]
    returned: list[int] = []
    states: list[Json] = []
    for sent in range(1, len(parcels) + 1):
        here = list(units[: sum(map(len, parcels[:sent]))])
        back = draw(st.booleans()) and len(returned) < len(_UNITS) - 1
        if back:
            kept = list((Counter(here) - Counter(returned)).elements())
            returned = [*returned, *([draw(st.sampled_from(kept))] if kept else [])]
        states.append(_raw(parcels[:sent], returned))
    return states


def _portion(state: Json, covered: dict[int, Decimal] | None) -> Portion | None:
    lines = [line(10_000, count, id=line_id) for line_id, count in _ORDERED.items()]
    fields: dict[str, Any] = dict(state)
    decision = decide(order(lines, **fields), rules(), today=_TODAY, covered=covered)
    if not isinstance(decision, Issue):
        return None
    whole = Portion(before={}, now=_kept(state), shipping=True, last=True)
    return decision.portion or whole


def _kept(state: Json) -> dict[int, Decimal]:
    returned: Counter[int] = Counter()
    for refund in state["refunds"]:
        for each in refund["refund_line_items"]:
            returned[each["line_item_id"]] += each["quantity"]
    return {
        line_id: Decimal(count - returned[line_id]) for line_id, count in _ORDERED.items() if count > returned[line_id]
    }


@given(_lives())
def test_every_unit_is_invoiced_once(states: list[Json]) -> None:
    """Parts never overlap or exceed what was sent; at the end they carry all that is kept."""
    covered: dict[int, Decimal] | None = None
    first = True
    for state in states:
        portion = _portion(state, covered)
        if portion is None:
            continue
        assert portion.before == (covered or {})
        assert portion.shipping == first
        assert all(count > 0 for count in portion.now.values())
        first = False
        covered = dict(covered or {})
        for line_id, count in portion.now.items():
            covered[line_id] = covered.get(line_id, Decimal(0)) + count
        assert all(count <= _ORDERED[line_id] for line_id, count in covered.items())
        kept = _kept(state)
        assert portion.last == all(covered.get(line_id, Decimal(0)) >= count for line_id, count in kept.items())
    final = _kept(states[-1])
    assert all((covered or {}).get(line_id, Decimal(0)) >= count for line_id, count in final.items())
    assert _portion(states[-1], covered) is None


@given(_lives())
def test_a_return_before_or_after_the_invoice_of_a_part_ends_the_same(states: list[Json]) -> None:
    """Judged at each parcel or only at the end: net of what corrections take back, the same units are invoiced."""
    covered: dict[int, Decimal] = {}
    for state in states:
        portion = _portion(state, covered or None)
        for line_id, count in (portion.now if portion else {}).items():
            covered[line_id] = covered.get(line_id, Decimal(0)) + count
    kept = _kept(states[-1])
    beyond = {line_id: count - kept.get(line_id, Decimal(0)) for line_id, count in covered.items()}
    assert all(count >= 0 for count in beyond.values())
    at_once = _portion(states[-1], None)
    assert at_once is not None
    assert at_once.now == {
        line_id: count - beyond[line_id] for line_id, count in covered.items() if count > beyond[line_id]
    }
