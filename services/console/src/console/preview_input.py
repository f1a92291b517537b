"""Reading what `hoadon preview` is given: orders, events of their lives, or JSON lines of either."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import simplejson

from console.session import CommandError

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One event: Haravan's topic and the body that came with it; `at` is when, where that is told (aware)."""

    topic: str
    body: Json
    at: datetime | None = None
    test: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What one result is wanted for: one order, or the events of a list. `where` names file and line."""

    where: str
    events: tuple[Told, ...]


def read_given(files: list[Path]) -> Iterator[Given]:
    """Go through what the files hold, line by line where they are JSON lines.

    Raises:
        CommandError: when a file cannot be read or is no JSON.
    """
    for file in files:
        yield from _of_file(file)


def _of_file(file: Path) -> Iterator[Given]:
    if str(file) == "-":
        yield from _of_stream("-", sys.stdin)
        return
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError("file-unreadable", code=2, file=file, reason=error.strerror or error) from error
    except UnicodeDecodeError as error:
        raise CommandError("content-not-utf8", code=2, file=file) from error
    yield from _of_text(str(file), text)


def _of_stream(name: str, lines: Iterator[str] | Any) -> Iterator[Given]:
    """Lines as they come, where each is JSON of its own; else the whole is one JSON text."""
    first = next((line for line in lines if line.strip()), "")
    try:
        value = _parsed(first)
    except ValueError:
        yield from _of_text(name, first + "".join(lines))
        return
    yield Given(f"{name}:1", _events(value, f"{name}:1"))
    for number, line in enumerate(lines, start=2):
        if line.strip():
            yield _of_line(name, number, line)


def _of_text(name: str, text: str) -> Iterator[Given]:
    try:
        value = _parsed(text)
    except ValueError as error:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
        if len(lines) < 2:  # noqa: PLR2004  (one line that is no JSON is no JSON lines)
            raise CommandError("content-not-json", code=2, file=name, reason=error) from error
        for number, line in lines:
            yield _of_line(name, number, line)
        return
    yield Given(name, _events(value, name))


def _of_line(name: str, number: int, line: str) -> Given:
    where = f"{name}:{number}"
    try:
        value = _parsed(line)
    except ValueError as error:
        raise CommandError("content-not-json", code=2, file=where, reason=error) from error
    return Given(where, _events(value, where))


def _parsed(text: str) -> Any:
    return simplejson.loads(text, use_decimal=True)


def _events(value: Any, where: str) -> tuple[Told, ...]:
    if isinstance(value, list):
        return tuple(_event(each, f"{where}[{at}]") for at, each in enumerate(value))
    return (_event(value, where),)


def _event(value: Any, where: str) -> Told:
    """An event with its topic, or a body alone: what it is then shows by its fields."""
    if not isinstance(value, Mapping):
        raise CommandError("preview-no-object", code=2, file=where)
    body = value.get("body") if isinstance(value.get("body"), Mapping) else None
    if body is None:
        return Told(_topic(value), value)
    topic = value.get("topic") or value.get("event")
    headers = {str(name).lower(): each for name, each in (value.get("headers") or {}).items()}
    topic = topic or headers.get("x-haravan-topic")
    test = bool(value.get("test")) or "x-haravan-test" in headers
    return Told(str(topic) if topic else _topic(body), body, _moment(value.get("at"), where), test)


def _topic(body: Json) -> str:
    if "refund_line_items" in body:
        return "refunds/create"
    if "kind" in body and "amount" in body and "order_id" in body:
        return "order_transactions/create"
    return "orders/updated"


def _moment(value: Any, where: str) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise CommandError("preview-at", code=2, file=where) from error
    if moment.tzinfo is None:
        raise CommandError("preview-at", code=2, file=where)
    return moment
