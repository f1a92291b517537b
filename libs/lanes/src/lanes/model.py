"""What the engine works on: commands, intents, lanes, and the record of a request in flight.

All times are aware datetimes in UTC and come from the database's clock unless a docstring says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a command stands in its topic; intents of a lane are published in this order.

    The generation rises when the lane moves to another partition, or the topic is made anew: offsets of another
    partition say nothing. It depends on the command's own place, never on when it is read.
    """

    generation: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing to publish, as its owner asks for it.

    `content` is opaque JSON text, `weight` is what the vendor's per-request limit counts (lines), `labels` are what
    people search by (shop, order), `traceparent` continues the W3C trace.
    """

    ref_id: str
    lane: str
    account: str
    content: str
    weight: int
    labels: Mapping[str, str] = field(default_factory=dict)
    traceparent: str | None = None


class IntentState(StrEnum):
    """Where an intent stands. Only `ISSUED` is final."""

    STAGED = "staged"
    """Waiting for its turn."""
    SENDING = "sending"
    """Named by the request in flight."""
    ACCEPTED = "accepted"
    """The vendor took it and works on it; in flight."""
    UNKNOWN = "unknown"
    """Sent, and nobody knows what became of it; in flight."""
    ISSUED = "issued"
    REJECTED = "rejected"
    """Refused for its own content; a new command may retry it."""
    SET_ASIDE = "set_aside"
    """Taken out of the lane's way by an operator; look-ups go on while an attempt may be alive."""
    WITHDRAWN = "withdrawn"
    HELD = "held"
    """Could not be prepared; waits for a new command."""


IN_FLIGHT_STATES = frozenset({IntentState.SENDING, IntentState.ACCEPTED, IntentState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Body:
    """One body as it was sent, with the date that stands in it and the request that first carried it."""

    text: str
    date: date
    weight: int
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A command with everything that happened to it.

    - `open_attempts`: requests neither refused nor found issued; while above 0 the body is frozen.
    - `bodies`: what was sent, oldest first, each different body once.
    - `not_found`, `unclear`, `resends`: where settling an unknown outcome stands, since the last send.
    - `watch_at`, `watch_until`: look-ups beside the lane while a refused or set-aside intent may still be issued.
    - `version` rises with every change, `announced` is the highest version that was announced.
    """

    command: Command
    position: Position
    seen: Mapping[str, Position]
    """The highest position taken notice of, by lane: what is not above it is a redelivery."""
    state: IntentState = IntentState.STAGED
    code: str | None = None
    reason: str | None = None
    bodies: tuple[Body, ...] = ()
    attempts: int = 0
    open_attempts: int = 0
    last_open_at: datetime | None = None
    request_id: str | None = None
    tries: int = 0
    not_before: datetime | None = None
    alone: bool = False
    not_found: int = 0
    unclear: int = 0
    resends: int = 0
    look_up_at: datetime | None = None
    watch_at: datetime | None = None
    watch_until: datetime | None = None
    result: Mapping[str, str] = field(default_factory=dict)
    version: int = 0
    announced: int = 0
    unannounced: bool = False
    staged_at: datetime | None = None
    sent_at: datetime | None = None
    issued_at: datetime | None = None
    changed_at: datetime | None = None

    @property
    def ref_id(self) -> str:
        """The intent's identity, which the vendor deduplicates by."""
        return self.command.ref_id

    @property
    def refused_every_time(self) -> bool:
        """Whether no request that carried it can still be alive, so that content and place may change."""
        return self.open_attempts == 0 and self.state not in IN_FLIGHT_STATES and self.state is not IntentState.ISSUED

    def changed(self, at: datetime, **fields: object) -> Self:
        """The next version of this intent, to be announced."""
        return replace(self, version=self.version + 1, unannounced=True, changed_at=at, **fields)  # type: ignore[arg-type]  # checked by replace


class LaneState(StrEnum):
    """Whether a lane may claim."""

    RUNNING = "running"
    PAUSED = "paused"
    """By an operator: no claims; what is in flight is settled, resends included."""
    BLOCKED = "blocked"
    """By a fault: no claims and no resends; look-ups go on."""


PAUSED_CODE = "Paused"
"""The code of a lane or account that a person paused."""


class Phase(StrEnum):
    """What is happening with what a lane has in flight."""

    SENDING = "sending"
    SETTLING = "settling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """A request that was claimed while another is under way; it leaves once that one's answer settled everything."""

    request_id: str
    ref_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InFlight:
    """The one request of a lane that is under way or unsettled, and what may follow it.

    `ref_ids` are all that it is about, `sending` those that may be at the vendor or on their way there: what the
    request under way carries and what follows it, since nobody but its worker knows whether that has left.
    """

    request_id: str
    phase: Phase
    ref_ids: tuple[str, ...]
    sending: tuple[str, ...] = ()
    following: Following | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneRecord:
    """The lane document: the only lock. Every change of it is a compare-and-set on `revision`.

    `staged_count` rises with each staging, so that a lane is never put to sleep over work that has just arrived.
    `now` is the database's time at reading. `paused_for`: why a person had paused it before it was blocked over an
    unknown outcome; when that is settled, it is paused again.
    """

    lane: str
    revision: int
    epoch: int
    now: datetime
    holder: str | None = None
    lease_end: datetime | None = None
    state: LaneState = LaneState.RUNNING
    code: str | None = None
    reason: str | None = None
    state_since: datetime | None = None
    paused_for: str | None = None
    accounts: frozenset[str] = frozenset()
    last_date: date | None = None
    in_flight: InFlight | None = None
    next_at: datetime | None = None
    failures: int = 0
    staged_count: int = 0
    wake_at: datetime | None = None
    version: int = 0
    announced: int = 0
    unannounced: bool = False

    def with_state(self, state: LaneState, *, code: str | None, reason: str | None, at: datetime) -> "LaneRecord":
        """This lane in another state, to be announced; unchanged if it says the same already."""
        if (self.state, self.code, self.reason) == (state, code, reason):
            return self
        return replace(
            self,
            state=state,
            code=code,
            reason=reason,
            state_since=at,
            paused_for=None,
            version=self.version + 1,
            unannounced=True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRecord:
    """Whether the lanes of an account may claim."""

    account: str
    state: LaneState = LaneState.RUNNING
    code: str | None = None
    reason: str | None = None
    state_since: datetime | None = None
    version: int = 0
    announced: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneChange:
    """A change of a lane or of a whole account, as it is announced. `version` rises per lane (or account)."""

    scope: "Scope"
    key: str
    state: LaneState
    code: str | None
    reason: str | None
    version: int
    at: datetime


class Scope(StrEnum):
    """How far a fault or an operator's word reaches."""

    LANE = "lane"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneView:
    """A lane as operators see it: its record, what it has in flight, and how many intents are in which state."""

    record: LaneRecord
    account_states: Mapping[str, AccountRecord]
    counts: Mapping[IntentState, int]
    oldest_waiting_at: datetime | None = None
