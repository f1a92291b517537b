"""`hoadon invoices retry`: shows what will happen to each invoice, then sends the stored commands again."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from contracts.commands import WithdrawInvoice
from contracts.envelope import Event
from contracts.topics import Topic
from lanes.model import Intent, IntentState, LaneRecord
from orders.corrections import read_command
from orders.model import OrderRecord
from orders.retrying import NoRetry, retried, retry_hindrance
from runtime.clock import VIETNAM

from console.backend import Backend, backend
from console.invoice_view import find_the_invoice
from console.invoices_view import intent_json
from console.kafka import publishing
from console.lanes_view import known_lane
from console.orders_view import two_lines
from console.output import Column
from console.recheck import SOURCE
from console.retry_plan import Planned, counts, key_of, planned, sentence, state_and_why, stopped_by, with_resume
from console.session import CommandError, Session

_PAGE = 200
_ATTEMPTS = 5
_USUAL = frozenset({IntentState.REJECTED, IntentState.HELD, IntentState.SET_ASIDE, IntentState.UNKNOWN})
"""States that a filter means unless others are named: what needs somebody."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which invoices: these by name (in `shop`, if given), or all that match the rest; times are Vietnam's."""

    names: Sequence[str] = ()
    shop: str | None = None
    lane: str | None = None
    account: str | None = None
    states: Sequence[str] = ()
    code: str | None = None
    since: datetime | None = None
    before: datetime | None = None

    @property
    def filters(self) -> bool:
        """Whether anything but the shop narrows."""
        return any((self.lane, self.account, self.states, self.code, self.since, self.before))


@dataclass(frozen=True, slots=True)
class How:
    """What is done with the plan."""

    dry_run: bool = False
    yes: bool = False
    resume: bool = False


@dataclass(slots=True)
class Done:
    """What was done."""

    sent: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    resumed: list[str] = field(default_factory=list)


async def retry(session: Session, wanted: Wanted, how: How) -> int:
    """Show and, unless it is a dry run, do it; 1 when nothing of what was found could be sent or resumed.

    Raises:
        CommandError: when nothing is wanted, an invoice or lane is unknown, or nobody says yes.
    """
    _check(wanted, how)
    async with backend() as stores:
        plan = await _plan(stores, await _intents(stores, wanted))
        plan = with_resume(plan) if how.resume else plan
        work = any(one.is_sent or one.resumed for one in plan)
        if not session.out.as_json:
            _print(session, plan)
        if how.dry_run or not work:
            _end(session, plan, how)
            return 0 if how.dry_run or not plan else 1
        if not how.yes:
            if not session.confirmed(_question(session, plan)):
                session.out.text(session.word("retry-declined"))
                return 0
            plan, changed = await _still_so(stores, plan)
        else:
            changed = []
        done = await _do(stores, plan)
        done.changed += changed
    _report(session, plan, done)
    return 0 if done.sent or done.resumed else 1


def _check(wanted: Wanted, how: How) -> None:
    if not wanted.names and not wanted.filters and not wanted.shop:
        raise CommandError("retry-what", code=2)
    if wanted.names and wanted.filters:
        raise CommandError("retry-names-or-filter", code=2)
    if how.dry_run and how.yes:
        raise CommandError("not-both", code=2)


async def _intents(stores: Backend, wanted: Wanted) -> list[Intent]:
    if wanted.names:
        found = [await find_the_invoice(stores, name, wanted.shop) for name in wanted.names]
        return list({intent.ref_id: intent for intent in found}.values())
    if wanted.lane:
        await known_lane(stores.lanes, wanted.lane)
    intents: list[Intent] = []
    after = None
    while True:
        page = await stores.intents.list_intents(
            lane=wanted.lane,
            account=wanted.account,
            states=frozenset(map(IntentState, wanted.states)) if wanted.states else _USUAL,
            code=wanted.code,
            labels={"shop": wanted.shop} if wanted.shop else None,
            changed_since=wanted.since.replace(tzinfo=VIETNAM) if wanted.since else None,
            changed_before=wanted.before.replace(tzinfo=VIETNAM) if wanted.before else None,
            after=after,
            limit=_PAGE,
        )
        intents += page.intents
        after = page.next_after
        if after is None:
            return intents


async def _plan(stores: Backend, intents: Sequence[Intent]) -> list[Planned]:
    orders = {
        intent.ref_id: order
        for intent in intents
        if (order := await stores.orders.get_by_ref_id(intent.ref_id)) is not None
    }
    names = dict.fromkeys(intent.command.lane for intent in intents)
    lanes = {lane: await known_lane(stores.lanes, lane) for lane in names}
    return planned(intents, orders, lanes)


async def _still_so(stores: Backend, plan: Sequence[Planned]) -> tuple[list[Planned], list[str]]:
    """The plan as of now, since the question was perhaps open for long, and the RefIDs of what changed and is left out.

    So is what would be resumed from another stop than the one that was shown: nobody has agreed to that.
    """
    found = [await stores.intents.show(one.intent.ref_id) for one in plan]
    now = {one.intent.ref_id: one for one in await _plan(stores, [intent for intent in found if intent])}
    same = [replace(now[one.intent.ref_id], resumed=one.resumed) for one in plan if _same(one, now)]
    return same, [one.intent.ref_id for one in plan if not _same(one, now)]


def _same(one: Planned, now: dict[str, Planned]) -> bool:
    again = now.get(one.intent.ref_id)
    if again is None or again.key != one.key:
        return False
    return not one.resumed or _stops(one) == _stops(again)


def _stops(one: Planned) -> list[tuple[str, int]]:
    return [(key_of(stopped), stopped.version) for stopped in one.stopped]


async def _do(stores: Backend, plan: Sequence[Planned]) -> Done:
    done = Done()
    if any(one.is_sent for one in plan):
        async with publishing(Topic.INVOICING_COMMANDS) as publish:
            await _send(stores, [one for one in plan if one.is_sent], publish, done)
    for key, stopped in stopped_by([one for one in plan if one.resumed]).items():
        if isinstance(stopped, LaneRecord):
            await stores.lanes.resume(key)
        else:
            await stores.lanes.resume_account(key)
        done.resumed.append(key)
    return done


async def _send(
    stores: Backend, plan: Sequence[Planned], publish: Callable[[Sequence[Event]], Awaitable[None]], done: Done
) -> None:
    for one in plan:
        ready = await _ready(stores, one)
        if ready is None:
            done.changed.append(one.intent.ref_id)
            continue
        order, event = ready
        await publish([event])
        if order.decision is not None:
            await stores.orders.mark_published(order.shop, order.order_id, order.decision.sequence)
        taken_back = await _taken_back(stores, one.intent.ref_id)
        await publish(taken_back)
        (done.changed if taken_back else done.sent).append(one.intent.ref_id)


async def _taken_back(stores: Backend, ref_id: str) -> list[Event]:
    """The command that takes a retry back, if the order was cancelled or changed between its note and the command.

    The withdrawal that this brought about may stand before the retry in the topic, where it took nothing back.
    """
    order = await stores.orders.get_by_ref_id(ref_id)
    stored = order.invoice_of(ref_id) if order else None
    if order is None or stored is None or retry_hindrance(order, ref_id) in {None, NoRetry.ISSUED}:
        return []
    now = datetime.now(UTC)
    withdrawal = WithdrawInvoice(
        ref_id=ref_id,
        sequence=stored.sequence,
        lane=stored.lane,
        shop=order.shop,
        order_id=order.order_id,
        reason=order.attention.message_vi if order.attention else "Đơn đã thay đổi trong lúc gửi lại.",
        decided_at=now,
    )
    event = withdrawal.to_event(source=SOURCE, time=now)
    return [replace(event, id=f"{event.id}:retry:{now.isoformat()}")]


async def _ready(stores: Backend, one: Planned) -> tuple[OrderRecord, Event] | None:
    """Note on the order that its invoice is on its way again, before the command is; None when that is no longer so."""
    ref_id, now = one.intent.ref_id, datetime.now(UTC)
    for _ in range(_ATTEMPTS):
        order = await stores.orders.get_by_ref_id(ref_id)
        stored = order.invoice_of(ref_id) if order else None
        if order is None or stored is None or retry_hindrance(order, ref_id) is not None:
            return None
        if await stores.orders.save(retried(order, ref_id, now)):
            command = read_command(stored)
            event = command.to_event(source=SOURCE, time=now, traceparent=one.intent.command.traceparent)
            # A retry is another command than the one before it: whoever drops repeats must not drop it.
            return order, replace(event, id=f"{event.id}:retry:{now.isoformat()}")
    return None


def _question(session: Session, plan: Sequence[Planned]) -> str:
    stopped = ", ".join(stopped_by([one for one in plan if one.resumed]))
    count = sum(one.is_sent for one in plan)
    return session.word("retry-ask-resume" if stopped else "retry-ask", count=count, stopped=stopped)


def _print(session: Session, plan: Sequence[Planned]) -> None:
    columns = [
        Column(session.word("invoice"), whole=True),
        Column(session.word("order"), whole=True),
        Column(session.word("lane"), whole=True),
        Column(session.word("why")),
        Column(session.word("will-happen")),
    ]
    session.out.table(columns, [_row(session, one) for one in plan])
    groups = [[str(count), session.word(f"group-{key}")] for key, count in counts(plan).most_common()]
    if groups:
        count = Column(session.word("invoices-count"), whole=True, right=True)
        session.out.table([count, Column(session.word("will-happen"))], groups)


def _row(session: Session, one: Planned) -> list[str]:
    labels = one.intent.command.labels
    return [
        one.intent.ref_id,
        f"{labels.get('order_name', '')}\n{labels.get('shop', '')}",
        two_lines(one.intent.command.lane),
        state_and_why(session, one.intent),
        sentence(session, one),
    ]


def _json(session: Session, plan: Sequence[Planned], done: Done, *, dry_run: bool) -> dict[str, Any]:
    return {
        "invoices": [
            {
                **intent_json(one.intent),
                "effect": one.key,
                "message": sentence(session, one),
                "look_ups_until": getattr(one.effect, "until", None),
                "stopped_by": [key_of(stopped) for stopped in one.stopped],
                "sent": one.intent.ref_id in done.sent,
            }
            for one in plan
        ],
        "counts": dict(counts(plan)),
        "sent": len(done.sent),
        "changed_meanwhile": done.changed,
        "resumed": done.resumed,
        "dry_run": dry_run,
    }


def _end(session: Session, plan: Sequence[Planned], how: How) -> None:
    if session.out.as_json:
        session.out.json(_json(session, plan, Done(), dry_run=how.dry_run))
    elif how.dry_run:
        session.out.text(session.word("retry-would", count=sum(one.is_sent for one in plan)))
    elif plan:
        session.out.text(session.word("retry-nothing"))


def _report(session: Session, plan: Sequence[Planned], done: Done) -> None:
    if session.out.as_json:
        session.out.json(_json(session, plan, done, dry_run=False))
        return
    session.out.text(session.word("retry-done", count=len(done.sent)))
    for key in done.resumed:
        session.out.text(session.word("lane-is", lane=key, state=session.word("state-running")))
    if done.changed:
        session.out.text(session.word("retry-changed", count=len(done.changed)))
