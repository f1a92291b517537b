"""Adjust or replace an issued invoice: shows what would be issued, stores it on the order, sends its command."""

import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import simplejson
from contracts.topics import Topic
from invoicing.agreements import Agreement
from invoicing.corrections import CorrectionCause, CorrectionHold, CorrectionKind
from meinvoice.limits import check_invoice
from meinvoice.models import InvoiceData
from orders.corrections import CorrectionPlan, Request, plan_correction
from orders.model import OrderRecord

from console.backend import Backend, backend
from console.invoice_view import find_the_original
from console.kafka import publishing
from console.output import money
from console.recheck import SOURCE
from console.session import CommandError, Session

_ATTEMPTS = 5
_SET_HERE = frozenset({"InvSeries", "InvDate"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be corrected, how, with which content (a file's name, - for stdin) and why."""

    invoice: str
    kind: str
    content: str
    note: str
    cause: str
    shop: str | None = None
    agreement: Agreement | None = None


def agreement_of(number: str | None, signed: datetime | None) -> Agreement | None:
    """The written agreement about an error, or none.

    Raises:
        CommandError: when only one of number and date is given.
    """
    if number is None and signed is None:
        return None
    if signed is None or not (number and number.strip()):
        raise CommandError("agreement-half", code=2)
    return Agreement(number.strip(), signed.date())


async def correct(session: Session, wanted: Wanted, *, dry_run: bool, yes: bool) -> None:
    """Show the correction and, unless it is a dry run, ask and send it.

    Raises:
        CommandError: when the content is not usable, the original is unknown, or the law or meInvoice do not allow it.
    """
    if dry_run and yes:
        raise CommandError("not-both", code=2)
    invoice = _read(session, wanted.content)
    async with backend() as stores:
        plan = await _plan(session, stores, wanted, invoice)
        if dry_run or not yes:
            _show(session, plan, sent=False)
        if dry_run or not (yes or session.confirmed(session.word("correction-question"))):
            return
        shown = replace(wanted, invoice=plan.command.original.ref_id)  # its name may be another invoice's by now
        async with publishing(Topic.INVOICING_COMMANDS) as publish:
            plan = await _stored(session, stores, shown, invoice)
            await publish([plan.command.to_event(source=SOURCE, time=datetime.now(UTC))])
            if (decision := plan.record.decision) is not None:
                await stores.orders.mark_published(plan.record.shop, plan.record.order_id, decision.sequence)
        _show(session, plan, sent=True)


def _read(session: Session, name: str) -> InvoiceData:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        read: Any = simplejson.loads(text, use_decimal=True)
    except OSError as error:
        raise CommandError("file-unreadable", code=2, file=name, reason=error.strerror or error) from error
    except UnicodeDecodeError as error:
        raise CommandError("content-not-utf8", code=2, file=name) from error
    except ValueError as error:
        raise CommandError("content-not-json", code=2, file=name, reason=error) from error
    if not isinstance(read, dict):
        raise CommandError("content-no-object", code=2, file=name)
    if unknown := sorted(set(read) - set(InvoiceData.model_fields)):
        raise CommandError("content-unknown-fields", file=name, fields=", ".join(unknown))
    # These are set when the correction is made; a file need not carry them.
    filled = simplejson.dumps({"TotalAmountInWords": "-", **read, "RefID": str(UUID(int=0))}, use_decimal=True)
    if problems := [one for one in check_invoice(filled) if one.field not in _SET_HERE]:
        told = "; ".join(f"{one.field}: {one.vi if session.language == 'vi' else one.en}" for one in problems)
        raise CommandError("correction-content", file=name, problems=told)
    return InvoiceData.from_json(filled)


async def _plan(session: Session, stores: Backend, wanted: Wanted, invoice: InvoiceData) -> CorrectionPlan:
    intent = await find_the_original(stores, wanted.invoice, wanted.shop)
    order = await stores.orders.get_by_ref_id(intent.ref_id)
    if order is None:
        raise CommandError("no-order-of-invoice", invoice=wanted.invoice)
    request = await _request(stores, wanted, invoice, order, intent.ref_id)
    plan = plan_correction(order, request)
    if isinstance(plan, CorrectionHold):
        told = plan.explain()
        raise CommandError("correction-refused", reason=told.vi if session.language == "vi" else told.en)
    return plan


async def _request(stores: Backend, wanted: Wanted, invoice: InvoiceData, order: OrderRecord, ref_id: str) -> Request:
    shop = await stores.shops.get(order.shop)
    if shop is None:
        raise CommandError("no-shop", shop=order.shop)
    return Request(
        ref_id=ref_id,
        kind=CorrectionKind(wanted.kind),
        invoice=invoice,
        note=wanted.note,
        cause=CorrectionCause(wanted.cause),
        shop_version=shop.version,
        at=datetime.now(UTC),
        words=shop.shop.rules.words,
        agreement=wanted.agreement,
        agreement_needed=shop.shop.rules.corrections.agreement == "required",
    )


async def _stored(session: Session, stores: Backend, wanted: Wanted, invoice: InvoiceData) -> CorrectionPlan:
    """The plan once it stands on the order's document; planned anew whenever somebody else changed that meanwhile."""
    for _ in range(_ATTEMPTS):
        plan = await _plan(session, stores, wanted, invoice)
        if plan.known or await stores.orders.save(plan.record):
            return plan
    raise CommandError("order-keeps-changing")


def _show(session: Session, plan: CorrectionPlan, *, sent: bool) -> None:
    command, invoice = plan.command, plan.content.invoice
    if session.out.as_json:
        body = simplejson.loads(invoice.to_json(), use_decimal=True)
        session.out.json(
            {"sent": sent, "ref_id": command.ref_id, "kind": command.kind, "lane": command.lane, "content": body}
        )
        return
    if sent:
        session.out.text(session.word("correction-sent", ref_id=command.ref_id))
        return
    session.out.facts(
        {
            session.word("what"): session.word(f"correction-{command.kind}"),
            session.word("original"): f"{command.original.series} {command.original.number}",
            session.word("order"): command.order_name,
            session.word("lane"): command.lane,
            session.word("net"): money(Decimal(invoice.TotalAmountWithoutVATOC)),
            session.word("vat"): money(Decimal(invoice.TotalVATAmountOC)),
            session.word("total"): f"{money(Decimal(invoice.TotalAmountOC))} ({invoice.TotalAmountInWords})",
            session.word("reason"): invoice.InvoiceNote or "",
            "RefID": command.ref_id,
        }
    )
    if plan.known:
        session.out.text(session.word("correction-known"))
