"""The crash table notices what it is there to notice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from contracts.base import Message
from contracts.envelope import Event
from contracts.results import InvoiceIssued, InvoiceRejected
from lanes.model import Body, Command, InFlight, Intent, IntentState, LaneRecord, Phase, Position
from support.crash.checks import problems
from support.crash.evidence import Evidence
from support.crash.orders import Company

AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
COMPANY = Company.number(1)
NUMBERS = dict(zip(COMPANY.good, ("00000001", "00000002", "00000003", "00000004"), strict=True))


def _intent(ref_id: str) -> Intent:
    command = Command(ref_id=ref_id, lane=COMPANY.lane, account=COMPANY.account, content="{}", weight=1)
    number = NUMBERS.get(ref_id)
    return Intent(
        command=command,
        position=Position(1, COMPANY.place_of(ref_id)),
        seen={},
        state=IntentState.ISSUED if number else IntentState.REJECTED,
        result={"InvNo": number} if number else {},
        bodies=(Body("{}", date(2026, 11, 21), 1, "r"),),
        version=2,
        announced=2,
    )


def _result(ref_id: str, version: int = 2) -> Event:
    facts: dict[str, Any] = {
        "ref_id": ref_id,
        "version": version,
        "lane": COMPANY.lane,
        "environment": "sandbox",
        "kind": "sale",
        "tax_code": COMPANY.tax_code,
        "shop": "s",
        "org_id": 1,
        "order_id": 1,
        "order_name": "#1",
        "at": AT,
    }
    refused = {"code": "InvalidTaxCode", "message_vi": "", "message_en": ""}
    issued = {
        "series": "1C26TAA",
        "number": NUMBERS.get(ref_id),
        "invoice_date": "2026-11-21",
        "lookup_code": "X",
        "invoice_with_code": True,
        "calculating_machine": False,
        "total_amount": "1",
    }
    message: Message = (
        InvoiceIssued.model_validate(facts | issued)
        if ref_id in NUMBERS
        else InvoiceRejected.model_validate(facts | refused)
    )
    return message.to_event(source="/test", time=AT)


def _request(*places: int) -> dict[str, Any]:
    return {"ref_ids": [COMPANY.ref_ids[place - 1] for place in places]}


GOOD = Evidence(
    company=COMPANY,
    invoices=[{"ref_id": ref_id, "number": int(number), "inv_no": number} for ref_id, number in NUMBERS.items()],
    requests=[_request(1, 2), _request(1, 2), _request(3, 4), _request(5)],
    look_ups=[],
    audit={"issued_twice": [], "gaps": [], "overlaps": [], "date_inversions": []},
    intents={ref_id: _intent(ref_id) for ref_id in COMPANY.ref_ids},
    lane=LaneRecord(lane=COMPANY.lane, revision=1, epoch=1, now=AT),
    account=None,
    results=[_result(ref_id) for ref_id in COMPANY.ref_ids],
    letters=[],
    commands_left=0,
)


def _first(**fields: Any) -> Evidence:
    """The first intent is otherwise."""
    first = COMPANY.ref_ids[0]
    return replace(GOOD, intents={**GOOD.intents, first: replace(GOOD.intents[first], **fields)})


def _swapped() -> list[dict[str, Any]]:
    first, second, *rest = (dict(invoice) for invoice in GOOD.invoices)
    first["number"], second["number"] = second["number"], first["number"]
    return [first, second, *rest]


def test_what_is_well_has_no_problem() -> None:
    """A repeated request is none: it is counted, not complained of."""
    assert problems(GOOD) == []
    assert GOOD.repeated() == [1, 2]


@pytest.mark.parametrize(
    ("seen", "told"),
    (
        (lambda: replace(GOOD, invoices=[*GOOD.invoices, GOOD.invoices[0]]), "issued are [1, 1, 2, 4, 5]"),
        (lambda: replace(GOOD, invoices=GOOD.invoices[:3]), "issued are [1, 2, 4]"),
        (lambda: replace(GOOD, invoices=GOOD.invoices[1:]), "numbers are [2, 3, 4]"),
        (lambda: replace(GOOD, invoices=_swapped()), "numbers go to places [2, 1, 4, 5]"),
        (lambda: replace(GOOD, requests=[_request(3, 4), _request(1, 2), _request(5)]), "in the order [3, 4, 1, 2, 5]"),
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
