"""What a cell of the crash table looks like that has ended well, for tests that spoil it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from contracts.base import Message
from contracts.envelope import Event
from contracts.results import InvoiceIssued, InvoiceRejected
from lanes.model import Body, Command, Intent, IntentState, LaneRecord, Position
from support.crash.evidence import Evidence
from support.crash.orders import Company

AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
"""When it begins; each request comes a second after the one before."""
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


def request(number: int, *places: int, told: str | None = None) -> dict[str, Any]:
    """The vendor's record of a publish request that named these places; `told`: with what all were refused."""
    ref_ids = [COMPANY.ref_ids[place - 1] for place in places]
    elements = [{"RefID": r, "InvNo": None if told else NUMBERS.get(r), "ErrorCode": told} for r in ref_ids]
    return {
        "id": number,
        "ref_ids": ref_ids,
        "started_at": (AT + timedelta(seconds=number)).isoformat(),
        "status": 200,
        "faults": [],
        "outcome": {"step": "publish", "elements": elements},
    }


RACE = "InvoiceNumberNotCotinuous"
"""Another request took the number."""


GOOD = Evidence(
    company=COMPANY,
    invoices=[{"ref_id": ref_id, "number": int(number), "inv_no": number} for ref_id, number in NUMBERS.items()],
    requests=[request(1, 1, 2, told=RACE), request(2, 1, 2), request(3, 3, 4), request(4, 5)],
    look_ups=[],
    audit=dict.fromkeys(
        ("issued_twice", "gaps", "overlaps", "date_inversions", "corrections", "accepted", "login_storms"), ()
    ),
    intents={ref_id: _intent(ref_id) for ref_id in COMPANY.ref_ids},
    lane=LaneRecord(lane=COMPANY.lane, revision=1, epoch=1, now=AT),
    account=None,
    results=[_result(ref_id) for ref_id in COMPANY.ref_ids],
    letters=[],
    commands_left=0,
    exchanges=[{"ref_ids": [COMPANY.ref_ids[place - 1] for place in some]} for some in ((1, 2), (1, 2), (3, 4), (5,))],
)
"""All is well; the first request met a race and was repeated."""
