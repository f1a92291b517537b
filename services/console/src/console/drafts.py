"""Drafts: list them, let them go out in their order, or dismiss them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from invoicing.agreements import Agreement
from invoicing.reasons import Finding
from orders.approving import Approved, approve_correction, approve_sale, dismissed, drafts_of
from orders.corrections import content_of
from orders.messages import pending
from orders.model import OrderRecord, PlannedInvoice
from orders.store import OrderFilter, OrderStore

from console.backend import Backend, backend
from console.kafka import publishing_messages
from console.orders_view import find_orders
from console.output import Column, moment, money
from console.recheck import SOURCE
from console.session import CommandError, Session
from console.who import who

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which drafts: these by name, or with `every` all that the rest leaves, at most `limit`."""

    names: tuple[str, ...]
    shop: str | None
    kind: str | None
    up_to: int | None
    every: bool
    limit: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft on its order."""

    order: OrderRecord
    planned: PlannedInvoice

    @property
    def total(self) -> Decimal:
        """What it comes to, in đồng; of a correction the difference."""
        return content_of(self.planned).invoice.TotalAmountOC

    @property
    def made_at(self) -> datetime:
        """When the state came in that it was made from; approving goes in this order."""
        return self.planned.snapshot.received_at


async def show_drafts(session: Session, wanted: Wanted, *, dismissed: bool) -> None:
    """List drafts, oldest first."""
    async with backend() as stores:
        found = await _wanted(stores.orders, wanted, dismissed=dismissed)
    if session.out.as_json:
        session.out.json([_json(draft) for draft in found])
        return
    _table(session, found)


def _table(session: Session, found: Sequence[Draft]) -> None:
    columns = [
        Column(session.word("order"), whole=True),
        Column(session.word("what"), whole=True),
        Column(session.word("event")),
        Column(session.word("lane"), whole=True),
        Column(session.word("total"), whole=True, right=True),
        Column(session.word("at"), whole=True),
        Column("RefID", whole=True),
    ]
    session.out.table(columns, [_row(session, draft) for draft in found])


def _row(session: Session, draft: Draft) -> list[str]:
    planned = draft.planned
    return [
        f"{draft.order.order_name}\n{draft.order.shop}",
        session.word(f"correction-{planned.kind.partition('-')[0]}"),
        session.word(f"event-{planned.event}") if planned.event else "",
        planned.lane,
        money(draft.total),
        moment(draft.made_at),
        planned.ref_id,
    ]


def _json(draft: Draft) -> dict[str, Any]:
    planned = draft.planned
    return {
        "shop": draft.order.shop,
        "order_id": draft.order.order_id,
        "order_name": draft.order.order_name,
        "ref_id": planned.ref_id,
        "kind": planned.kind,
        "event": planned.event,
        "corrects": planned.corrects,
        "lane": planned.lane,
        "total": int(draft.total),
        "made_at": draft.made_at,
        "dismissed": planned.dismissed.model_dump() if planned.dismissed else None,
    }


async def _wanted(store: OrderStore, wanted: Wanted, *, dismissed: bool | None = False) -> list[Draft]:
    """The drafts that are meant, oldest first.

    Raises:
        CommandError: when none is named, or a name is that of no draft.
    """
    if not wanted.names and not wanted.every:
        raise CommandError("drafts-which", code=2)
    found: dict[str, Draft] = {}
    if wanted.every:
        async for order in store.find(OrderFilter(shop=wanted.shop, draft=True), limit=wanted.limit, oldest_first=True):
            found |= {draft.planned.ref_id: draft for draft in _drafts(order)}
    for name in wanted.names:
        named = [draft async for draft in _named(store, name, wanted.shop)]
        if not named:
            raise CommandError("no-draft", draft=name)
        found |= {draft.planned.ref_id: draft for draft in named}
    kept = [draft for draft in found.values() if _is_meant(draft, wanted, dismissed)]
    return sorted(kept, key=lambda draft: (draft.made_at, draft.order.order_id, draft.planned.ref_id))


def _is_meant(draft: Draft, wanted: Wanted, dismissed: bool | None) -> bool:
    planned = draft.planned
    if dismissed is not None and (planned.dismissed is not None) != dismissed and not wanted.names:
        return False
    if wanted.kind is not None and planned.kind.partition("-")[0] != wanted.kind:
        return False
    return wanted.up_to is None or abs(draft.total) <= wanted.up_to


def _drafts(order: OrderRecord) -> list[Draft]:
    return [Draft(order, planned) for planned in drafts_of(order)]


async def _named(store: OrderStore, name: str, shop: str | None) -> AsyncIterator[Draft]:
    by_ref_id = await store.get_by_ref_id(name)
    if by_ref_id is not None:
        for draft in _drafts(by_ref_id):
            if draft.planned.ref_id == name:
                yield draft
        return
    async for order in find_orders(store, name, shop, limit=10):
        for draft in _drafts(order):
            yield draft


async def approve(session: Session, wanted: Wanted, agreement: Agreement | None, *, dry_run: bool, yes: bool) -> int:
    """Let drafts go out in their order; 1 when some may not.

    Raises:
        CommandError: as `_wanted`, or when nobody is there to be asked.
    """
    async with backend() as stores:
        found = await _wanted(stores.orders, wanted)
        if not session.out.as_json:
            _table(session, found)
        if dry_run or not found:
            return _told(session, found, [], {})
        if not (yes or session.confirmed(session.word("drafts-question", count=len(found)))):
            return 0
        sent, refused = await _let_go(session, stores, found, agreement)
    return _told(session, found, sent, refused)


async def _let_go(
    session: Session, stores: Backend, found: Sequence[Draft], agreement: Agreement | None
) -> tuple[list[str], dict[str, str]]:
    sent: list[str] = []
    refused: dict[str, str] = {}
    async with publishing_messages(SOURCE) as publish:
        for draft in found:
            name = draft.planned.ref_id
            if name in sent:  # another page of the same sale
                continue
            done = await _approved(stores, draft, agreement)
            if isinstance(done, Finding):
                text = done.explain()
                refused[name] = text.vi if session.language == "vi" else text.en
                continue
            await publish(pending(done.record))
            if (decision := done.record.decision) is not None:
                await stores.orders.mark_published(done.record.shop, done.record.order_id, decision.sequence)
            sent += [command.ref_id for command in done.commands]
    return sent, refused


async def _approved(stores: Backend, draft: Draft, agreement: Agreement | None) -> Approved | Finding:
    """Store the approval; what somebody else changed meanwhile is looked at again."""
    now = datetime.now(UTC)
    for _ in range(_ATTEMPTS):
        record = await stores.orders.get(draft.order.shop, draft.order.order_id)
        if record is None:
            raise CommandError("no-draft", draft=draft.planned.ref_id)
        done = await _word_on(stores, record, draft, agreement, now)
        if isinstance(done, Finding) or await stores.orders.save(done.record):
            return done
    raise CommandError("order-keeps-changing")


async def _word_on(
    stores: Backend, record: OrderRecord, draft: Draft, agreement: Agreement | None, now: datetime
) -> Approved | Finding:
    if draft.planned.corrects is None:
        return approve_sale(record, who(), now)
    if record.invoice_of(draft.planned.ref_id) is None:  # made anew since it was listed
        raise CommandError("no-draft", draft=draft.planned.ref_id)
    shop = await stores.shops.get(record.shop)
    needed = shop is None or shop.shop.rules.corrections.agreement == "required"
    return approve_correction(record, draft.planned.ref_id, who(), now, agreement=agreement, agreement_needed=needed)


def _told(session: Session, found: Sequence[Draft], sent: Sequence[str], refused: dict[str, str]) -> int:
    if session.out.as_json:
        session.out.json({"drafts": [_json(draft) for draft in found], "approved": sent, "refused": refused})
    else:
        for name, why in refused.items():
            session.out.text(f"{name}: {why}")
        session.out.text(session.word("drafts-sent", count=len(sent)))
    return 1 if refused else 0


async def dismiss(session: Session, wanted: Wanted) -> int:
    """Keep drafts from going out.

    Raises:
        CommandError: as `_wanted`.
    """
    async with backend() as stores:
        found = await _wanted(stores.orders, wanted)
        for draft in found:
            await _dismissed(stores, draft)
    if session.out.as_json:
        session.out.json([_json(draft) for draft in found])
    else:
        session.out.text(session.word("drafts-dismissed", count=len(found)))
    return 0


async def _dismissed(stores: Backend, draft: Draft) -> None:
    now = datetime.now(UTC)
    for _ in range(_ATTEMPTS):
        record = await stores.orders.get(draft.order.shop, draft.order.order_id)
        if record is None or await stores.orders.save(dismissed(record, [draft.planned.ref_id], who(), now)):
            return
    raise CommandError("order-keeps-changing")
