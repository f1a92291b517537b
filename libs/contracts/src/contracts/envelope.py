"""CloudEvents 1.0 in Kafka's binary content mode: attributes as `ce_…` headers, the data as the record's value.

Source: CloudEvents specification 1.0.2 and its Kafka protocol binding, §3.2.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

SPEC_VERSION = "1.0"
CONTENT_TYPE = "application/json; charset=utf-8"
_REQUIRED = ("id", "type", "source", "subject", "time")
_PREFIX = "ce_"


class UnreadableEventError(ValueError):
    """A record's headers or value are not the event they should be.

    `field` names the header or the member of the body, `reason` says what is wrong with it.
    """

    def __init__(self, field: str, reason: str) -> None:
        """Name the field and what is wrong with it."""
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it travels: CloudEvents attributes, the Kafka key and the data's bytes.

    `id` is deterministic, so that a consumer can drop what it has seen. `extensions` are CloudEvents extension
    attributes (lower-case letters and digits only). `time` is aware. `traceparent` is the W3C trace context.
    """

    id: str
    type: str
    source: str
    subject: str
    time: datetime
    key: str
    data: bytes
    extensions: Mapping[str, str] = field(default_factory=dict)
    traceparent: str | None = None

    def headers(self) -> dict[str, str]:
        """Kafka headers of the event."""
        named = {
            "ce_specversion": SPEC_VERSION,
            "ce_id": self.id,
            "ce_type": self.type,
            "ce_source": self.source,
            "ce_subject": self.subject,
            "ce_time": self.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "content-type": CONTENT_TYPE,
        }
        named |= {f"{_PREFIX}{name}": value for name, value in self.extensions.items()}
        if self.traceparent is not None:
            named["traceparent"] = self.traceparent
        return named

    @classmethod
    def from_record(cls, key: bytes | None, headers: Iterable[tuple[str, bytes]], value: bytes | None) -> "Event":
        """Read an event from a Kafka record.

        Raises:
            UnreadableEventError: when an attribute is missing or is not what it should be.
        """
        named = _text_headers(headers)
        attributes = {name: _required(named, name) for name in _REQUIRED}
        known = {f"{_PREFIX}{name}" for name in (*_REQUIRED, "specversion")}
        return cls(
            id=attributes["id"],
            type=attributes["type"],
            source=attributes["source"],
            subject=attributes["subject"],
            time=_time(attributes["time"]),
            key=_text("key", key or b""),
            data=value or b"",
            extensions={
                name.removeprefix(_PREFIX): text
                for name, text in named.items()
                if name.startswith(_PREFIX) and name not in known
            },
            traceparent=named.get("traceparent"),
        )


def _text_headers(headers: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    return {name.lower(): _text(name, value) for name, value in headers}


def _text(field: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise UnreadableEventError(field, "is not UTF-8") from error


def _required(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(f"{_PREFIX}{name}", "")
    if not value:
        raise UnreadableEventError(f"{_PREFIX}{name}", "is missing")
    return value


def _time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UnreadableEventError("ce_time", "is not an RFC 3339 time") from error
    if moment.tzinfo is None:
        raise UnreadableEventError("ce_time", "names no time zone")
    return moment
