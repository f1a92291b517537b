"""`hoadon status`: what is reachable and where everything stands."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

import httpx
from lanes.model import LaneView
from runtime.settings import InvalidSettingsError, read_settings

from console import kafka
from console.backend import backend
from console.lanes_view import all_lanes, lane_json, print_lanes
from console.output import Column
from console.session import CommandError, Session
from console.settings import ConsoleSettings

_TIMEOUT = 3.0
_UNREACHABLE = 2


@dataclass(frozen=True, slots=True)
class Numbers:
    """What MongoDB knows: orders by outcome and reason, lanes with their invoices."""

    orders: list[tuple[str, str, int]]
    lanes: list[LaneView]

    def invoices(self) -> dict[str, int]:
        """Return the number of invoices by state."""
        counts: Counter[str] = Counter()
        for view in self.lanes:
            counts.update({state.value: count for state, count in view.counts.items()})
        return dict(counts)


async def show_status(session: Session) -> int:
    """Show everything that can be told; 2 when MongoDB or Kafka is away."""
    (numbers, mongo_reason), kafka_reason, services = await asyncio.gather(
        _numbers(session), _reason(session, kafka.ping()), _services()
    )
    parts = {"mongodb": mongo_reason, "kafka": kafka_reason, **services}
    if session.out.as_json:
        session.out.json(_json(parts, numbers))
    else:
        _print(session, parts, numbers)
    return _UNREACHABLE if mongo_reason or kafka_reason else 0


async def _numbers(session: Session) -> tuple[Numbers | None, str | None]:
    try:
        async with backend() as stores:
            orders = await stores.orders.count_by_decision()
            lanes = [view async for view in all_lanes(stores.lanes)]
    except (CommandError, InvalidSettingsError) as error:
        return None, _said(session, error)
    return Numbers(orders, lanes), None


async def _reason(session: Session, asking: Awaitable[None]) -> str | None:
    try:
        await asking
    except (CommandError, InvalidSettingsError) as error:
        return _said(session, error)
    return None


def _said(session: Session, error: CommandError | InvalidSettingsError) -> str:
    if isinstance(error, CommandError):
        return session.word(error.key, **error.values)
    return session.word("settings", reason=error)


async def _services() -> dict[str, str | None]:
    services = read_settings(ConsoleSettings).services()
    async with httpx.AsyncClient(timeout=_TIMEOUT) as http:
        answers = await asyncio.gather(*(_ready(http, url) for url in services.values()))
    return dict(zip(services, answers, strict=True))


async def _ready(http: httpx.AsyncClient, url: str) -> str | None:
    try:
        answer = await http.get(f"{url}/readyz")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{url}: {type(error).__name__}"
    return None if answer.is_success else f"{url}: {answer.text[:300]}"


def _json(parts: dict[str, str | None], numbers: Numbers | None) -> dict[str, Any]:
    orders = numbers.orders if numbers else []
    return {
        "parts": {name: {"ok": reason is None, "reason": reason} for name, reason in parts.items()},
        "orders": [{"outcome": outcome, "reason": reason, "count": count} for outcome, reason, count in orders],
        "invoices": numbers.invoices() if numbers else {},
        "lanes": [lane_json(view) for view in numbers.lanes] if numbers else [],
    }


def _print(session: Session, parts: dict[str, str | None], numbers: Numbers | None) -> None:
    columns = [Column(session.word("part"), whole=True), Column(session.word("state"))]
    session.out.table(columns, [[name, reason or session.word("works")] for name, reason in parts.items()])
    if numbers is None:
        return
    orders = [[_state(session, outcome), reason, str(count)] for outcome, reason, count in numbers.orders]
    headers = [Column(session.word("order"), whole=True), Column(session.word("reason"), whole=True)]
    count = Column(session.word("count"), whole=True, right=True)
    session.out.table([*headers, count], orders)
    invoices = [[_state(session, state), str(number)] for state, number in numbers.invoices().items()]
    session.out.table([Column(session.word("invoice"), whole=True), count], invoices)
    print_lanes(session, numbers.lanes)


def _state(session: Session, state: str) -> str:
    return session.word(f"state-{state or 'received'}")
