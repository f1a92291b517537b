"""Dead letters as a table and JSON."""

from typing import Any

from console.kafka import Letter, dead_letter_box
from console.output import Column, moment
from console.session import Session

_PARTS_OF_TRACEPARENT = 4  # version, trace id, parent id, flags (W3C Trace Context §3.2)


async def show_letters(session: Session, reason: str | None, limit: int) -> None:
    """List dead letters."""
    letters = [one for one in await dead_letter_box().letters() if reason in (None, one.content.reason)][:limit]
    if session.out.as_json:
        session.out.json([_json(letter) for letter in letters])
        return
    columns = [
        Column(session.word("id"), whole=True),
        Column(session.word("at"), whole=True),
        Column(session.word("origin"), whole=True),
        Column(session.word("reason"), whole=True),
        Column(session.word("detail")),
        Column(session.word("key"), whole=True),
        Column(session.word("size"), whole=True, right=True),
    ]
    session.out.table(columns, [_row(letter) for letter in letters])


def _row(letter: Letter) -> list[str]:
    content = letter.content
    return [
        letter.id,
        moment(content.at),
        content.origin,
        content.reason,
        content.detail,
        content.key,
        str(len(content.body)),
    ]


def _json(letter: Letter) -> dict[str, Any]:
    content = letter.content
    return {
        "id": letter.id,
        "at": content.at,
        "origin": content.origin,
        "reason": content.reason,
        "detail": content.detail,
        "shop": content.shop,
        "key": content.key,
        "size": len(content.body),
    }


async def show_letter(session: Session, letter_id: str) -> None:
    """Show one letter with headers and body."""
    letter = await dead_letter_box().letter(letter_id)
    content, body = letter.content, letter.content.body.decode(errors="replace")
    if session.out.as_json:
        session.out.json({**_json(letter), "headers": dict(content.headers), "body": body})
        return
    session.out.facts(
        {
            session.word("id"): letter.id,
            session.word("at"): moment(content.at),
            session.word("origin"): content.origin,
            session.word("shop"): content.shop,
            session.word("reason"): content.reason,
            session.word("detail"): content.detail,
            session.word("key"): content.key,
            **content.headers,
        }
    )
    session.out.text(f"\n{body}")
    if found := _exchanges_of(letter):
        session.out.text(f"\n{session.word('see-exchanges', command=found)}")


def _exchanges_of(letter: Letter) -> str | None:
    """How to find what was asked of the vendors in the same trace, or else for the same shop."""
    trace = letter.content.headers.get("traceparent", "").split("-")
    if len(trace) == _PARTS_OF_TRACEPARENT:
        return f"hoadon exchanges list --trace {trace[1]}"
    return f"hoadon exchanges list --shop {letter.content.shop}" if letter.content.shop.strip("-") else None


async def retry_letter(session: Session, letter_id: str) -> None:
    """Publish a letter's bytes again."""
    box = dead_letter_box()
    topic = await box.retry(await box.letter(letter_id))
    session.out.text(session.word("retried", topic=topic))
