"""The log of exchanges: found by whatever is at hand; bodies readable, buyers' data masked unless asked for."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import simplejson
from runtime.clock import VIETNAM
from runtime.exchanges import StoredExchange
from runtime.redaction import redact_fields

from console.backend import Backend, backend
from console.failures import failure_of
from console.output import Column, moment
from console.session import CommandError, Session

_LONG_TEXT = 300
_MOST_NAMESAKES = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """Which exchanges; `since` is without zone and meant in Vietnam."""

    shop: str | None = None
    order: str | None = None
    ref_id: str | None = None
    lane: str | None = None
    trace: str | None = None
    since: datetime | None = None


async def show_exchanges(session: Session, asked: Asked, limit: int) -> None:
    """List exchanges, newest first."""
    async with backend() as stores:
        found = await stores.exchanges.find(
            shop=asked.shop,
            order=await _order_number(stores, asked),
            ref_id=_as_kept(asked.ref_id),
            lane=asked.lane,
            trace_id=_as_kept(asked.trace),
            since=asked.since.replace(tzinfo=VIETNAM) if asked.since else None,
            limit=limit,
            bodies=False,
        )
    if session.out.as_json:
        session.out.json([exchange_json(one) for one in found])
        return
    columns = [
        Column(session.word("id"), whole=True),
        Column(session.word("at"), whole=True),
        Column(session.word("request")),
        Column(session.word("answer")),
        Column(session.word("seconds"), whole=True, right=True),
        Column(session.word("attempt"), whole=True, right=True),
        Column(session.word("about")),
    ]
    session.out.table(columns, [_row(session, one) for one in found])


def _as_kept(name: str | None) -> str | None:
    """RefIDs and traces are kept in small letters; meInvoice's pages show them in capitals."""
    return None if name is None else name.strip().lower()


async def _order_number(stores: Backend, asked: Asked) -> str | None:
    """The log knows Haravan's numbers; an order's name, which may be digits too, is looked up.

    Raises:
        CommandError: when there is no such order, or several shops have one.
    """
    if asked.order is None:
        return None
    from console.orders_view import find_orders  # noqa: PLC0415  (only an order needs it)

    found = [one async for one in find_orders(stores.orders, asked.order, asked.shop, limit=_MOST_NAMESAKES)]
    shops = sorted({one.shop for one in found})
    if len(shops) > 1:
        raise CommandError("order-of-several-shops", order=asked.order, shops=", ".join(shops))
    if found:
        return str(found[0].order_id)
    if asked.order.isdecimal():  # its exchanges may be there before the order itself is
        return asked.order
    raise CommandError("no-order", order=asked.order)


def exchange_json(one: StoredExchange) -> dict[str, Any]:
    """Return an exchange for programs, without its bodies."""
    fields = asdict(one)
    del fields["request_body"], fields["response_body"]
    return fields


def _row(session: Session, one: StoredExchange) -> list[str]:
    return [
        one.id,
        moment(one.started_at),
        _request(session, one),
        failure_of(session, one.error) or str(one.status or ""),
        f"{one.elapsed:.2f}",
        str(one.attempt),
        "\n".join(filter(None, (one.lane or one.shop or "", _several(session, one.ref_ids or one.orders)))),
    ]


def _request(session: Session, one: StoredExchange) -> str:
    sign_type = session.word("sign-type", number=one.sign_type) if one.sign_type is not None else ""
    return f"{one.operation} {sign_type}".strip()


def _several(session: Session, names: tuple[str, ...]) -> str:
    if len(names) < 2:  # noqa: PLR2004 - one or none
        return "".join(names)
    return session.word("and-more", first=names[0], count=len(names) - 1)


async def show_exchange(session: Session, exchange_id: str, *, personal_data: bool) -> None:
    """Show one exchange with its bodies.

    Raises:
        CommandError: when there is none of this id (any more).
    """
    async with backend() as stores:
        one = await stores.exchanges.get(exchange_id)
    if one is None:
        raise CommandError("no-exchange", exchange=exchange_id)
    bodies = {name: _body(session, getattr(one, name), personal_data=personal_data) for name in _BODIES}
    if session.out.as_json:
        session.out.json({**exchange_json(one), **bodies, "personal_data": personal_data})
        return
    session.out.facts(_facts(session, one))
    for name, title in _BODIES.items():
        if bodies[name] is not None:
            session.out.text(f"\n{session.word(title)}")
            session.out.text(_pretty(bodies[name]))
    if not personal_data:
        session.out.text(f"\n{session.word('personal-masked')}")


_BODIES = {"request_body": "body-request", "response_body": "body-response"}


def _facts(session: Session, one: StoredExchange) -> dict[str, str]:
    return {
        session.word("id"): one.id,
        session.word("at"): moment(one.started_at),
        session.word("request"): f"{one.direction}: {one.method} {one.path}",
        session.word("detail"): session.word("sign-type", number=one.sign_type) if one.sign_type is not None else "",
        session.word("answer"): failure_of(session, one.error) or str(one.status or ""),
        session.word("seconds"): f"{one.elapsed:.3f}",
        session.word("attempt"): str(one.attempt),
        session.word("shop"): one.shop or "",
        session.word("lane"): one.lane or "",
        session.word("order"): ", ".join(one.orders),
        "RefID": ", ".join(one.ref_ids),
        session.word("lane-request"): one.request_id or "",
        session.word("trace"): ", ".join(one.trace_ids),
        "!": session.word("truncated") if one.truncated else "",
    }


def _body(session: Session, text: str | None, *, personal_data: bool) -> Any:
    """A body as a value to be printed; what is no JSON (an XML, one that was cut) is shown only if asked for."""
    if text is None:
        return None
    try:
        value = simplejson.loads(text, use_decimal=True)
    except (ValueError, RecursionError):
        return text if personal_data else session.word("body-not-json", count=len(text))
    opened = _opened(value)
    return opened if personal_data else _shortened(session, redact_fields(opened))


def _opened(value: Any) -> Any:
    """JSON inside texts, as meInvoice likes to answer, becomes readable too."""
    match value:
        case dict():
            return {name: _opened(member) for name, member in value.items()}
        case list():
            return [_opened(member) for member in value]
        case str() if value[:1] in {"{", "["}:
            try:
                return _opened(simplejson.loads(value, use_decimal=True))
            except (ValueError, RecursionError):
                return value
        case _:
            return value


def _shortened(session: Session, value: Any) -> Any:
    """Long texts (XML, PDF) may hold anything."""
    match value:
        case dict():
            return {name: _shortened(session, member) for name, member in value.items()}
        case list():
            return [_shortened(session, member) for member in value]
        case str() if len(value) > _LONG_TEXT or value.lstrip().startswith("<"):
            return session.word("text-hidden", count=len(value))
        case _:
            return value


def _pretty(value: Any) -> str:
    return value if isinstance(value, str) else simplejson.dumps(value, ensure_ascii=False, indent=2, use_decimal=True)
