"""Logs are JSON lines with what is bound to the work, and without what must not be in them."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider
from pydantic import BaseModel
from runtime.logs import bound, configure_logging, get_logger


class Buyer(BaseModel):
    """Something whose validation error quotes its input."""

    age: int


@pytest.fixture
def lines() -> "Iterator[_Lines]":
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging("test", "INFO", stream)
    yield _Lines(stream)
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)


class _Lines:
    """The lines so far, read when asked."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    def read(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._stream.getvalue().splitlines()]


def test_a_line_carries_trace_and_bound_fields(lines: _Lines) -> None:
    """Trace id, shop, order, RefID and lane are on the line without being passed."""
    with TracerProvider().get_tracer("t").start_as_current_span("s"), bound(shop="a", order="1", ref_id="r", lane="l"):
        get_logger("x").info("issued", number="00000001")
    (line,) = lines.read()
    assert {"shop": "a", "order": "1", "ref_id": "r", "lane": "l", "number": "00000001"}.items() <= line.items()
    assert line["service"] == "test"
    assert len(line["trace_id"]) == 32


def test_standard_loggers_go_the_same_way(lines: _Lines) -> None:
    """A library's log line is a JSON object too, with its secrets masked."""
    logging.getLogger("some.library").warning("connecting to %s", "mongodb://user:hidden@host")
    (line,) = lines.read()
    assert (line["logger"], line["level"]) == ("some.library", "warning")
    assert "hidden" not in line["event"]


def test_personal_data_and_secrets_are_masked(lines: _Lines) -> None:
    """By the names of the fields."""
    get_logger("x").info("order", buyer={"phone": "0901234567"}, password="hidden", email="a@b.vn")
    assert not {"0901234567", "hidden", "a@b.vn"} & set(json.dumps(lines.read()).replace('"', " ").split())


def test_a_traceback_quotes_no_payload(lines: _Lines) -> None:
    """A validation error repeats what it refuses; the log keeps the frames and the first line only."""
    try:
        Buyer.model_validate({"age": "Nguyễn Văn A"})
    except ValueError:
        get_logger("x").exception("handler failed")
    (line,) = lines.read()
    assert line["exception"][0]["exc_type"] == "ValidationError"
    assert line["exception"][0]["frames"]
    assert "Nguyễn" not in json.dumps(line, ensure_ascii=False)


def test_the_members_of_a_group_quote_no_payload(lines: _Lines) -> None:
    """What several tasks raised together is cut like a single error, however deep it lies."""
    with pytest.raises(ValueError, match="Kín") as caught:
        Buyer.model_validate({"age": "Nguyễn Văn Kín"})
    group = ExceptionGroup("outer", [ExceptionGroup("inner", [caught.value])])
    get_logger("x").error("failed", exc_info=group)
    (line,) = lines.read()
    assert "Buyer" in json.dumps(line)
    assert "Kín" not in json.dumps(line, ensure_ascii=False)


def test_a_line_that_cannot_be_written_is_said_as_json(lines: _Lines) -> None:
    """Python's own report of it is no JSON, and quotes the arguments."""
    ours = next(
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
    )
    ours.handle(logging.makeLogRecord({"name": "some.library", "msg": "%s %s", "args": ("Nguyễn Văn Kín",)}))
    (line,) = lines.read()
    assert (line["event"], line["logger"], line["reason"]) == ("log line lost", "some.library", "TypeError")
