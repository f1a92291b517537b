"""The result of a preview, for people and for programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import simplejson
from invoicing.reasons import Reason, ways_out
from orders.model import OrderRecord
from orders.story import Document, Story

from console.body_view import buyer_facts, print_lines, total_facts
from console.session import Session
from console.texts import Language, word

_LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What became of one order, as far as it was told; `problem` says why an event could not be read."""

    where: str
    story: Story
    problem: str | None = None


def show_result(session: Session, result: Result, *, one_line: bool) -> None:
    """Print a result; as JSON, on one line or over several."""
    if session.out.as_json:
        (session.out.json_line if one_line else session.out.json)(_json(result))
        return
    record = result.story.record
    if result.problem is not None:
        session.out.text(f"{result.where}: {session.word('preview-unreadable', problem=result.problem)}")
    elif record is None:
        session.out.text(f"{result.where}: {session.word('preview-nothing')}")
    if record is not None:
        _print(session, record, result.story)
    session.out.text("")


def _json(result: Result) -> dict[str, Any]:
    record = result.story.record
    told = {"source": result.where, "error": result.problem}
    if record is None:
        words = {f"message_{language}": word("preview-nothing", language) for language in _LANGUAGES}
        return told | {"outcome": None, "reason": "order-unknown", **words, "documents": []}
    decision, documents = record.decision, result.story.documents
    attention = record.attention
    return told | {
        "order_id": record.order_id,
        "order_name": record.order_name,
        "outcome": decision.outcome.value if decision else None,
        "reason": decision.reason if decision else None,
        "message_vi": decision.message_vi if decision else None,
        "message_en": decision.message_en if decision else None,
        "facts": dict(decision.facts) if decision else {},
        "ways_out": _ways_out(record),
        "attention": attention.model_dump(exclude={"at"}) if attention else None,
        "documents": [_document(each) for each in documents],
    }


def _ways_out(record: OrderRecord) -> list[str]:
    decision = record.decision
    if decision is None or decision.reason not in set(Reason):
        return []
    return [way.value for way in ways_out(Reason(decision.reason))]


def _document(document: Document) -> dict[str, Any]:
    return {
        "kind": document.kind,
        "event": document.event,
        "draft": document.draft,
        "corrects": document.corrects,
        "ref_id": document.ref_id,
        "account": document.account,
        "lane": document.lane,
        "series": document.series,
        "total": int(document.total),
        "problem": _problem(document),
        "invoice": _body(document),
    }


def _body(document: Document) -> Mapping[str, Any] | None:
    if document.body is None:
        return None
    body: Mapping[str, Any] = simplejson.loads(document.body, use_decimal=True)
    return body


def _problem(document: Document) -> dict[str, str] | None:
    if document.problem is None:
        return None
    text = document.problem.explain()
    return {"reason": document.problem.reason.value, "message_vi": text.vi, "message_en": text.en}


def _print(session: Session, record: OrderRecord, story: Story) -> None:
    decision = record.decision
    vietnamese = session.language == "vi"
    said = (decision.message_vi if vietnamese else decision.message_en) if decision else ""
    attention = record.attention
    session.out.facts(
        {
            session.word("order"): f"{record.order_name} ({record.order_id})",
            session.word("state"): session.word(f"state-{decision.outcome.value}") if decision else "",
            session.word("reason"): f"{said} [{decision.reason}]" if decision else "",
            session.word("detail"): "; ".join(f"{name}: {value}" for name, value in decision.facts.items())
            if decision
            else "",
            session.word("attention"): (attention.message_vi if vietnamese else attention.message_en)
            if attention
            else "",
        }
    )
    for document in story.documents:
        _print_document(session, document)


def _print_document(session: Session, document: Document) -> None:
    session.out.text("")
    body = _body(document) or {}
    problem = document.problem.explain() if document.problem else None
    session.out.facts(
        {
            session.word("what"): session.word(f"preview-{document.kind.partition('-')[0]}"),
            session.word("event"): session.word(f"event-{document.event}") if document.event else "",
            session.word("state"): session.word("preview-draft") if document.draft else "",
            session.word("account"): document.account,
            session.word("series"): document.series,
            "RefID": document.ref_id,
            session.word("reason"): str(body.get("InvoiceNote") or ""),
            session.word("attention"): (problem.vi if session.language == "vi" else problem.en) if problem else "",
            **buyer_facts(session, body),
        }
    )
    print_lines(session, body)
    session.out.facts(total_facts(session, body))
