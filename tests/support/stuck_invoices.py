"""An invoice for everything that can happen to one, for the tests of what an operator does."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from contracts.commands import IssueInvoice
from contracts.decisions import Outcome
from contracts.haravan import Via
from lanes.model import InFlight, Intent, IntentState, LaneState, Phase, Position
from lanes.mongo.store import MongoLaneStore
from lanes.store import Transition
from motor.motor_asyncio import AsyncIOMotorDatabase
from orders.model import InvoiceFacts, InvoiceState, OrderRecord, PlannedInvoice, Snapshot
from orders.store import OrderStore

MOMENT = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
LANE, ACCOUNT = "sandbox:0101243150:1C__TAA", "sandbox:0101243150"
BLOCKED = "sandbox:0101243150:1C__TBB"
WAITING = "1b0a3c1d-6f0c-5b0e-9c57-0f5d2f8e4a12"
UNTIL = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def ref(number: int) -> str:
    """A RefID."""
    return f"{number:08d}-6f0c-5b0e-9c57-0f5d2f8e4a11"


def command(number: int, lane: str = LANE) -> IssueInvoice:
    """The stored command of an order."""
    return IssueInvoice(
        ref_id=ref(number),
        sequence=1,
        lane=lane,
        account=ACCOUNT,
        shop="demo",
        org_id=7,
        order_id=number,
        order_name=f"#{number}",
        content='{"series": "1C__TAA", "sign_type": 2, "invoice": {"BuyerLegalName": "Công ty Kín"}}',
        line_count=1,
        shop_version=1,
        decided_at=MOMENT,
    )


def stored(known: OrderRecord, number: int, lane: str = LANE) -> OrderRecord:
    """The order with its invoice on it, refused as far as it knows."""
    made = command(number, lane)
    facts = InvoiceFacts(version=3, state=InvoiceState.REJECTED, at=MOMENT, code="InvalidTaxCode")
    planned = PlannedInvoice(
        ref_id=ref(number),
        kind="sale",
        lane=lane,
        account=ACCOUNT,
        command=made.model_dump_json(),
        sequence=1,
        snapshot=Snapshot(body="{}", updated_at=MOMENT, received_at=MOMENT, via=Via.WEBHOOK, event_id="e"),
        invoice=facts,
    )
    return known.model_copy(update={"invoices": (planned,)})


def made_intent(base: Intent, number: int, state: IntentState, lane: str = LANE, **fields: Any) -> Intent:
    """An intent of that order in this state."""
    changed = replace(
        base.command,
        ref_id=ref(number),
        lane=lane,
        content=command(number, lane).content,
        traceparent=TRACE,
        labels={"shop": "demo", "org": "7", "order": str(number), "order_name": f"#{number}", "kind": "sale"},
    )
    position = Position(1, number)
    values: dict[str, Any] = {"attempts": 1, "version": 3, "changed_at": MOMENT, "bodies": (), "result": {}} | fields
    return replace(base, command=changed, position=position, seen={lane: position}, state=state, **values)


SHOWN: Mapping[int, tuple[IntentState, dict[str, Any], str]] = {
    11: (IntentState.REJECTED, {"code": "InvalidTaxCode", "reason": "Mã số thuế sai."}, "sent"),
    12: (IntentState.SET_ASIDE, {"code": "SetAside", "reason": "khách chờ", "attempts": 0}, "sent"),
    13: (IntentState.REJECTED, {"code": "InvalidTaxCode", "open_attempts": 1, "watch_until": UNTIL}, "looked-up"),
    14: (IntentState.HELD, {"code": "rate-expired", "reason": "Thuế suất hết hạn.", "attempts": 0}, "held"),
    15: (IntentState.REJECTED, {"code": "InvalidTaxCode"}, "not-planned"),
    16: (IntentState.REJECTED, {"code": "InvalidTaxCode"}, "judged-again"),
    17: (IntentState.REJECTED, {"code": "InvalidTaxCode"}, "order-changed"),
    18: (IntentState.WITHDRAWN, {"code": "Withdrawn"}, "withdrawn"),
    19: (IntentState.ISSUED, {"result": {"InvNo": "00000042", "InvSeries": "1C26TAA"}}, "issued"),
    20: (IntentState.STAGED, {"attempts": 0}, "on-its-way"),
    21: (IntentState.UNKNOWN, {"open_attempts": 1, "last_open_at": MOMENT, "resends": 4}, "new-chances"),
    22: (IntentState.REJECTED, {"code": "InvalidTaxCode"}, "sent"),
}
BEHIND_BLOCKED = (21, 22)
EVERY_STATE = tuple(f"--state={state.value}" for state in IntentState)


async def fill_with_stuck_invoices(database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
    """Fill a database that has order 1001 and an invoice waiting with one for everything that can happen."""
    orders, lanes = OrderStore(database), MongoLaneStore(database)
    base = (await lanes.known([WAITING]))[WAITING]
    like = await orders.get("demo", 1001)
    assert like is not None
    for number, (state, fields, effect) in SHOWN.items():
        lane = BLOCKED if number in BEHIND_BLOCKED else LANE
        await lanes.stage([made_intent(base, number, state, lane, **fields)])
        order = like.model_copy(update={"order_id": number, "order_name": f"#{number}", "revision": 0})
        if effect != "not-planned":
            await orders.save(_as(stored(order, number, lane), effect))
    await lanes.wake({LANE: frozenset({ACCOUNT}), BLOCKED: frozenset({ACCOUNT})})
    record = await lanes.load(BLOCKED)
    assert record is not None
    unsettled = InFlight(request_id="r", phase=Phase.SETTLING, ref_ids=(ref(21),))
    blocked = replace(record, in_flight=unsettled).with_state(
        LaneState.BLOCKED, code="UnknownOutcome", reason=f"{ref(21)}: không rõ", at=MOMENT
    )
    assert await lanes.apply(Transition(before=record, after=blocked)) is not None


def _as(order: OrderRecord, effect: str) -> OrderRecord:
    assert order.decision is not None
    if effect == "judged-again":
        newer = order.decision.model_copy(update={"sequence": 2, "outcome": Outcome.SKIPPED})
        return order.model_copy(update={"decision": newer})
    return order.model_copy(update={"deleted": True}) if effect == "order-changed" else order
