"""Invoices as a table and JSON."""

from dataclasses import dataclass
from typing import Any

from lanes.model import Intent, IntentState

from console.backend import backend
from console.causes import cause
from console.orders_view import two_lines
from console.output import Column, moment
from console.session import CommandError, Session


@dataclass(frozen=True, slots=True)
class Asked:
    """Which invoices were asked for."""

    shop: str | None = None
    lane: str | None = None
    account: str | None = None
    states: tuple[str, ...] = ()
    after: str | None = None


async def show_invoices(session: Session, asked: Asked, limit: int) -> None:
    """List invoices.

    Raises:
        CommandError: when there is no invoice to go on after.
    """
    async with backend() as stores:
        if asked.after and await stores.intents.show(asked.after) is None:
            raise CommandError("no-invoice", invoice=asked.after)
        page = await stores.intents.list_intents(
            lane=asked.lane,
            account=asked.account,
            states=frozenset(map(IntentState, asked.states)) if asked.states else None,
            labels={"shop": asked.shop} if asked.shop else None,
            after=asked.after,
            limit=limit,
        )
    if session.out.as_json:
        session.out.json({"invoices": [intent_json(one) for one in page.intents], "next_after": page.next_after})
        return
    columns = [
        Column(session.word("order"), whole=True),
        Column(session.word("state"), whole=True),
        Column(session.word("reason")),
        Column(session.word("lane"), whole=True),
        Column(session.word("invoice"), whole=True),
        Column(session.word("created"), whole=True),
    ]
    session.out.table(columns, [_row(session, intent) for intent in page.intents])
    if page.next_after:
        session.out.text(session.word("more", after=page.next_after))


def _row(session: Session, intent: Intent) -> list[str]:
    labels, result = intent.command.labels, intent.result
    number = " ".join(filter(None, (result.get("InvSeries"), result.get("InvNo"))))
    return [
        f"{labels.get('order_name', '')}\n{labels.get('shop', '')}",
        session.word(f"state-{intent.state.value}"),
        cause(session, intent),
        two_lines(intent.command.lane),
        f"{number}\n{result.get('TransactionID') or ''}" if number else intent.ref_id,
        moment(intent.staged_at).replace(" ", "\n"),
    ]


def intent_json(intent: Intent) -> dict[str, Any]:
    """Return an invoice for programs, without what it says of its buyer."""
    labels, result = intent.command.labels, intent.result
    return {
        "ref_id": intent.ref_id,
        "shop": labels.get("shop"),
        "order_id": labels.get("order"),
        "order_name": labels.get("order_name"),
        "kind": labels.get("kind"),
        "lane": intent.command.lane,
        "account": intent.command.account,
        "state": intent.state.value,
        "code": intent.code,
        "reason": intent.reason,
        "series": result.get("InvSeries"),
        "number": result.get("InvNo"),
        "invoice_date": result.get("InvDate"),
        "lookup_code": result.get("TransactionID"),
        "authority_code": result.get("InvCode"),
        "version": intent.version,
        "attempts": intent.attempts,
        "staged_at": intent.staged_at,
        "sent_at": intent.sent_at,
        "issued_at": intent.issued_at,
        "changed_at": intent.changed_at,
    }
