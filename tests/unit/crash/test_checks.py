"""The crash table notices what it is there to notice."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from lanes.model import InFlight, IntentState, LaneRecord, Phase
from support.crash.checks import problems
from support.crash.evidence import Evidence
from support.crash.originals import Issued
from support.crash_scene import AT, COMPANY, GOOD, request


def _first(**fields: Any) -> Evidence:
    """The first intent is otherwise."""
    first = COMPANY.ref_ids[0]
    return replace(GOOD, intents={**GOOD.intents, first: replace(GOOD.intents[first], **fields)})


def _correcting(original: str) -> Evidence:
    """The first invoice corrects this one; what it should is the first of its series."""
    named = [Issued({"series": "1C26TAB", "inv_no": f"{place:08}"}) for place in range(1, 6)]
    rest = [{**row, "original": named[COMPANY.place_of(row["ref_id"]) - 1].name} for row in GOOD.invoices[1:]]
    return replace(GOOD, originals=named, invoices=[{**GOOD.invoices[0], "original": original}, *rest])


def _swapped() -> list[dict[str, Any]]:
    first, second, *rest = (dict(invoice) for invoice in GOOD.invoices)
    first["number"], second["number"] = second["number"], first["number"]
    return [first, second, *rest]


def test_what_is_well_has_no_problem() -> None:
    """A request that was repeated for a reason is none: it is listed, not complained of."""
    assert problems(GOOD) == []
    assert GOOD.repeated() == [1, 2]


@pytest.mark.parametrize(
    ("seen", "told"),
    (
        (lambda: replace(GOOD, invoices=[*GOOD.invoices, GOOD.invoices[0]]), "issued are [1, 1, 2, 4, 5]"),
        (lambda: replace(GOOD, invoices=GOOD.invoices[:3]), "issued are [1, 2, 4]"),
        (lambda: replace(GOOD, invoices=GOOD.invoices[1:]), "numbers are [2, 3, 4]"),
        (lambda: replace(GOOD, invoices=_swapped()), "numbers go to places [2, 1, 4, 5]"),
        (lambda: replace(GOOD, requests=[request(1, 3, 4), request(2, 1, 2)]), "in the order [3, 4, 1, 2]"),
        (
            lambda: replace(GOOD, requests=[request(1, 1, 2), request(2, 1, 2)]),
            "order 1 was asked for again in request 2",
        ),
        (lambda: replace(GOOD, audit={**GOOD.audit, "accepted": ["one"]}), "accepted: ['one']"),
        (lambda: replace(GOOD, exchanges=GOOD.exchanges[1:]), "order 1 was asked for 1 times more than there is on"),
        (lambda: _correcting("1C26TAB 00000009"), "invoice 1 corrects 1C26TAB 00000009, not 1C26TAB 00000001"),
        (lambda: replace(GOOD, audit={**GOOD.audit, "overlaps": ["one"]}), "overlaps: ['one']"),
        (lambda: replace(GOOD, intents=dict(list(GOOD.intents.items())[1:])), "intent 1 is lost"),
        (lambda: _first(state=IntentState.UNKNOWN), "intent 1 is unknown"),
        (lambda: _first(result={"InvNo": "00000009"}), "intent 1 has number 00000009, meInvoice 00000001"),
        (lambda: _first(bodies=GOOD.intents[COMPANY.ref_ids[0]].bodies * 2), "intent 1 was sent with 2 bodies"),
        (lambda: _first(version=3), "intent 1 has version 3, announced is 2"),
        (lambda: _first(unannounced=True), "intent 1 has version 2"),
        (lambda: replace(GOOD, results=GOOD.results[1:]), "intent 1 has version 2, announced is None"),
        (lambda: replace(GOOD, letters=GOOD.results[:1]), "1 dead letters"),
        (lambda: replace(GOOD, commands_left=2), "2 commands are not committed"),
        (lambda: replace(GOOD, lane=None), "the lane is None"),
        (lambda: replace(GOOD, lane=_busy()), "the lane is LaneRecord"),
    ),
)
def test_what_is_wrong_is_told(seen: Callable[[], Evidence], told: str) -> None:
    """Each promise has a check that complains when it is broken."""
    assert any(told in problem for problem in problems(seen()))


def _busy() -> LaneRecord:
    under_way = InFlight(request_id="r", phase=Phase.SENDING, ref_ids=("a",), sending=("a",))
    return LaneRecord(lane=COMPANY.lane, revision=1, epoch=1, now=AT, in_flight=under_way)
