"""Between follow-ups and their MongoDB documents."""

from dataclasses import asdict, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from contracts.status import STATUSES, InvoiceStatusChanged, OrderWrittenBack, Verdict
from runtime.mongo import Document

from status_poller.application.ports import StatusEvent
from status_poller.domain.follow_up import FollowUp, Invoice, State


def invoice_document(invoice: Invoice) -> Document:
    """The invoice; dates and amounts as text."""
    return asdict(invoice) | {
        "invoice_date": invoice.invoice_date.isoformat(),
        "total_amount": f"{invoice.total_amount:f}",
    }


def state_document(state: State) -> Document:
    """The state."""
    return asdict(state) | {"verdict": state.verdict.value}


def new_document(invoice: Invoice, now: datetime) -> Document:
    """What a new follow-up starts with, beside its invoice and due times."""
    return {
        "state": state_document(State(authority_code=invoice.authority_code)),
        "followed_since": now,
        "sequence": 0,
        "outbox": [],
        "unannounced": False,
        "poll.asked": 0,
        "poll.failures": 0,
        "poll.leased_until": None,
        "write_back.failures": 0,
        "write_back.error": "",
        "write_back.written_at": None,
        "write_back.leased_until": None,
    }


def follow_up_of(document: Document) -> FollowUp:
    """Read a follow-up."""
    poll, write_back = document["poll"], document["write_back"]
    return FollowUp(
        invoice=_invoice(document["invoice"]),
        state=_state(document["state"]),
        followed_since=document["followed_since"],
        revision=document["revision"],
        sequence=document["sequence"],
        asked=poll["asked"],
        failed_polls=poll["failures"],
        failed_writes=write_back["failures"],
        written_at=write_back["written_at"],
        write_error=write_back["error"],
        traceparent=document["traceparent"],
    )


def event_document(event: StatusEvent) -> Document:
    """An event as stored until Kafka has it."""
    return {"type": event.event_type, "sequence": event.sequence, "data": event.model_dump_json()}


def event_of(document: Document) -> StatusEvent:
    """Read a stored event."""
    kind = next(kind for kind in STATUSES if kind.event_type == document["type"])
    event = kind.model_validate_json(document["data"])
    if not isinstance(event, InvoiceStatusChanged | OrderWrittenBack):
        raise TypeError(document["type"])
    return event


def _invoice(document: Document) -> Invoice:
    known: dict[str, Any] = {field.name: document[field.name] for field in fields(Invoice)}
    known["invoice_date"] = date.fromisoformat(document["invoice_date"])
    known["total_amount"] = Decimal(document["total_amount"])
    return Invoice(**known)


def _state(document: Document) -> State:
    return State(
        verdict=Verdict(document["verdict"]),
        send_tax_status=document["send_tax_status"],
        einvoice_status=document["einvoice_status"],
        authority_code=document["authority_code"],
    )
