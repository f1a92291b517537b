"""The messages between services keep their shape: golden samples, schemas, deterministic ids."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from contracts.base import Message, read_message
from contracts.envelope import Event, UnreadableEventError
from contracts.haravan import RawResource, Via
from contracts.results import RESULTS, InvoiceIssued
from contracts.schemas import MESSAGES, schema

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "tests/data/contracts"
SCHEMAS = ROOT / "libs/contracts/schemas"
MOMENT = datetime(2026, 3, 14, 3, 7, 2, 500000, tzinfo=UTC)


def sample(message: type[Message]) -> Message:
    return message.model_validate_json((SAMPLES / f"{message.event_type}.json").read_text())


def over_the_wire(event: Event) -> Event:
    headers = [(name, value.encode()) for name, value in event.headers().items()]
    return Event.from_record(event.key.encode(), headers, event.data)


@pytest.mark.parametrize("message", MESSAGES)
def test_golden_samples_are_read_and_written_unchanged(message: type[Message]) -> None:
    """A sample written by an earlier version is still read, and written as it was."""
    text = (SAMPLES / f"{message.event_type}.json").read_text()
    assert json.loads(sample(message).model_dump_json()) == json.loads(text)


@pytest.mark.parametrize("message", MESSAGES)
def test_published_schemas_are_those_of_the_models(message: type[Message]) -> None:
    """Whoever changes a model regenerates its schema: `make schemas`."""
    assert (SCHEMAS / f"{message.event_type}.json").read_text() == schema(message)


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_survives_the_wire(message: type[Message]) -> None:
    """What is sent is what is read, id and key included."""
    sent = sample(message).to_event(source="/services/test", time=MOMENT, traceparent="00-aa-bb-01")
    received = over_the_wire(sent)
    assert received == sent
    assert read_message(received, *MESSAGES) == sample(message)


@pytest.mark.parametrize("message", MESSAGES)
def test_members_added_later_are_ignored(message: type[Message]) -> None:
    """A reader of today reads what a producer of tomorrow sends."""
    body = json.loads((SAMPLES / f"{message.event_type}.json").read_text()) | {"added_later": 1}
    assert message.model_validate(body) == sample(message)


def test_results_are_told_apart_by_version() -> None:
    """A result's id is its RefID and version, so that consumers can drop repeats and keep the highest."""
    issued = sample(InvoiceIssued)
    assert isinstance(issued, InvoiceIssued)
    later = issued.model_copy(update={"version": issued.version + 1})
    assert issued.event_id == f"{issued.ref_id}:{issued.version}" != later.event_id


def test_a_type_that_is_not_expected_is_refused_with_its_name() -> None:
    """A stray event ends in a clear error, not in a half-read message."""
    event = sample(MESSAGES[0]).to_event(source="/services/test", time=MOMENT)
    with pytest.raises(UnreadableEventError, match=r"hoadon\.haravan\.reread-requested"):
        read_message(event, *RESULTS)


def test_a_bad_member_is_named_without_its_value() -> None:
    """The error names the field; the value, which may be personal data, stays out of it."""
    event = sample(InvoiceIssued).to_event(source="/services/test", time=MOMENT)
    broken = json.loads(event.data) | {"invoice_date": "0900000001"}
    with pytest.raises(UnreadableEventError) as caught:
        InvoiceIssued.from_event(
            Event(**{name: getattr(event, name) for name in Event.__slots__} | {"data": json.dumps(broken).encode()})
        )
    assert caught.value.field == "invoice_date"
    assert "0900000001" not in str(caught.value)


def raw_resource(body: bytes = b'{"id": 1, "note": "\xc4\x90\xc6\xa1n"}') -> RawResource:
    return RawResource(
        shop="demo",
        org_id=1000114691,
        topic="orders/create",
        resource_id="1701234567",
        version="2026-03-14T03:07:02.114Z",
        via=Via.WEBHOOK,
        received_at=MOMENT,
        body=body,
    )


def test_a_raw_resource_keeps_its_bytes() -> None:
    """What Haravan signed is what downstream reads."""
    assert RawResource.from_event(over_the_wire(raw_resource().to_event(source="/services/ingest"))) == raw_resource()


def test_the_same_delivery_has_the_same_id_and_another_body_another() -> None:
    """Haravan sends no delivery id: ours follows from the content."""
    assert raw_resource().event_id == raw_resource().event_id
    assert raw_resource().event_id != raw_resource(b"{}").event_id


@pytest.mark.parametrize("missing", ("ce_id", "ce_type", "ce_source", "ce_subject", "ce_time"))
def test_a_missing_attribute_is_named(missing: str) -> None:
    """A record without a CloudEvents attribute is refused with the header's name."""
    headers = [(name, value.encode()) for name, value in raw_resource().to_event(source="/x").headers().items()]
    with pytest.raises(UnreadableEventError) as caught:
        Event.from_record(b"k", [pair for pair in headers if pair[0] != missing], b"{}")
    assert caught.value.field == missing


@pytest.mark.parametrize(
    ("name", "value"),
    (("ce_time", b"yesterday"), ("ce_time", b"2026-03-14T03:07:02"), ("ce_id", b"\xff")),
)
def test_a_bad_attribute_is_named(name: str, value: bytes) -> None:
    """A time without zone or bytes that are no text are refused with the header's name."""
    headers = {k: v.encode() for k, v in raw_resource().to_event(source="/x").headers().items()} | {name: value}
    with pytest.raises(UnreadableEventError) as caught:
        Event.from_record(b"k", list(headers.items()), b"{}")
    assert caught.value.field == name
