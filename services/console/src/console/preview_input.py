"""Reading what `hoadon preview` is given: orders, events of their lives, or JSON lines of either."""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import simplejson

from console.session import CommandError

Json = Mapping[str, Any]
_LINE_END = re.compile("\r\n|[\n\r]")


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
        yield from _of_stream("-", _decoded("-", sys.stdin.buffer))
        return
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CommandError("file-unreadable", code=2, file=file, reason=error.strerror or error) from error
    yield from _of_text(str(file), "".join(_decoded(file, [content])))


def _decoded(name: str | Path, pieces: Iterable[bytes]) -> Iterator[str]:
    """UTF-8, whatever the terminal's own encoding is; a byte order mark is left out."""
    for at, piece in enumerate(pieces):
        try:
            yield piece.decode("utf-8" if at else "utf-8-sig")
        except UnicodeDecodeError as error:
            raise CommandError("content-not-utf8", code=2, file=name) from error


def _of_stream(name: str, lines: Iterator[str]) -> Iterator[Given]:
    """Lines as they come, where each is JSON of its own; else the whole is one JSON text."""
    numbered = enumerate(lines, start=1)
    at, first = next(((number, line) for number, line in numbered if line.strip()), (1, ""))
    try:
        value = _parsed(first)
    except ValueError:
        yield from _of_text(name, first + "".join(line for _, line in numbered))
        return
    yield Given(f"{name}:{at}", _events(value, f"{name}:{at}"))
    for number, line in numbered:
        if line.strip():
            yield _of_line(name, number, line)


def _of_text(name: str, text: str) -> Iterator[Given]:
    """One JSON text; where its first line is JSON of its own, JSON lines."""
    try:
        value = _parsed(text)
    except ValueError as error:
        # Only these end a line: JSON texts may hold other separators of Unicode as they are (RFC 8259 §7).
        lines = [(number, line) for number, line in enumerate(_LINE_END.split(text), start=1) if line.strip()]
        if not lines or not _is_json(lines[0][1]):
            raise CommandError("preview-not-json", code=2, file=name, reason=error) from error
        for number, line in lines:
            yield _of_line(name, number, line)
        return
    yield Given(name, _events(value, name))


def _of_line(name: str, number: int, line: str) -> Given:
    where = f"{name}:{number}"
    try:
        value = _parsed(line)
    except ValueError as error:
        raise CommandError("preview-not-json", code=2, file=where, reason=error) from error
    return Given(where, _events(value, where))


def _is_json(text: str) -> bool:
    try:
        _parsed(text)
    except ValueError:
        return False
    return True


def _parsed(text: str) -> Any:
    try:
        return simplejson.loads(text, use_decimal=True)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


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
    given = value.get("headers")
    headers = {str(name).lower(): each for name, each in given.items()} if isinstance(given, Mapping) else {}
    topic = topic or headers.get("x-haravan-topic")
    test = value.get("test") is True or "x-haravan-test" in headers
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
