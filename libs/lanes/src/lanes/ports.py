"""What the engine asks of the world around it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from lanes.model import Intent, LaneChange
from lanes.outcomes import Answer, LookUp


class LeaseTooShort(Exception):  # noqa: N818 - names what is so, as the rest of the vocabulary does
    """Raised by `last_check`: the lease would end during the call, so nothing may be sent."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A body ready to be sent. `weight` is what the vendor's per-request limit counts (lines)."""

    body: str
    weight: int


@dataclass(frozen=True, slots=True)
class HoldIntent:
    """This intent can't be prepared: it is taken out of the queue until a new command comes."""

    reason: str
    code: str = "Held"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One intent within a request, with the exact body to send."""

    intent: Intent
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One POST: at most 30 intents of one lane and one account, in order of position.

    `resend` tells that the same bodies were sent before without an answer.
    """

    request_id: str
    lane: str
    account: str
    date: date
    parcels: tuple[Parcel, ...]
    resend: bool = False

    @classmethod
    def of(cls, request_id: str, intents: Sequence[Intent], *, resend: bool) -> "Request":
        """The request of this name, which carries these with the bodies that were stored last."""
        command = intents[0].command
        return cls(
            request_id=request_id,
            lane=command.lane,
            account=command.account,
            date=max(intent.bodies[-1].date for intent in intents),
            parcels=tuple(Parcel(intent, intent.bodies[-1].text) for intent in intents),
            resend=resend,
        )


class Publisher(Protocol):
    """The vendor, as the engine sees it."""

    def prepare(self, intent: Intent, date: date) -> Prepared | HoldIntent:
        """The body of an intent with this date in it. Pure and quick; the engine keeps it and resends it unchanged."""

    async def publish(self, request: Request, *, deadline_seconds: float, last_check: Callable[[], None]) -> Answer:
        """Send the request once, with no transport-level retry, within `deadline_seconds` from the first byte.

        `last_check()` must be called directly before the first byte of every POST. When it raises `LeaseTooShort`, let
        it through (or answer `NotSent`). Other exceptions count as `NotSent` before `last_check`, as `Lost` after it.
        """

    async def look_up(self, intents: Sequence[Intent]) -> Mapping[str, LookUp]:
        """What the vendor knows of these intents, by RefID; one that is absent from the result counts as unclear.

        `NotFound` only after every way of asking. If an intent has several `bodies`, the result must come from the
        document that was issued, not from the last body.
        """

    async def on_record(self, request: Request) -> None:
        """Return when the publisher's own records hold what was sent with this request and what came back.

        Asked before the answer is recorded: of what a worker did not put on record when it dies, `left_behind` tells.
        """

    async def left_behind(self, request: Request) -> None:
        """A worker named this request and ended before it recorded an answer: nobody knows whether it was sent.

        For the publisher's own records; the engine looks its intents up whatever this does.
        """


class Announcer(Protocol):
    """Tells the world, at least once. An exception leaves the announcement to the sweep."""

    async def announce(self, intents: Sequence[Intent]) -> None:
        """Announce these intents at their versions; return when they are safely on their way."""

    async def announce_lane(self, change: LaneChange) -> None:
        """Announce that a lane or an account was paused, blocked or resumed."""


class Clock(Protocol):
    """Time that goes on while the machine is suspended."""

    def monotonic(self) -> float:
        """Seconds, from any beginning."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class FailPoint(StrEnum):
    """The steps between which a process can die, in the order in which they come; the first figure is the rule's.

    3.3 is no place in this code: the request is on its way and the vendor works. Tests kill from outside then.
    """

    STAGE_BEFORE_INSERT = "1.1 stage: before the insert"
    STAGE_AFTER_INSERT = "1.2 stage: inserted, the lane not yet woken"
    STAGE_AFTER_WAKE = "1.3 stage: done, the offset not committed"
    CLAIM_AFTER_LEASE = "2.1 claim: lease taken"
    CLAIM_AFTER_PREPARE = "2.2 claim: bodies prepared, nothing written"
    CLAIM_AFTER_COMMIT = "2.3 claim: written, nothing sent"
    CALL_AT_LAST_CHECK = "3.1 call: last check, nothing sent"
    CALL_AFTER_LAST_CHECK = "3.2 call: checked, before the first byte"
    CALL_AFTER_ANSWER = "3.4 call: answered, nothing recorded"
    RECORD_AFTER_COMMIT = "4.1 record: written, nothing announced"
    ANNOUNCE_BEFORE_SEND = "5.1 announce: begun, nothing sent"
    ANNOUNCE_AFTER_SEND = "5.2 announce: sent, not marked"
    ANNOUNCE_AFTER_MARK = "5.3 announce: marked"
    SETTLE_AFTER_TAKEOVER = "6.1 settle: outcome marked unknown"
    SETTLE_AFTER_LOOK_UP = "6.2 settle: looked up, nothing recorded"
    SETTLE_AFTER_RECORD = "6.3 settle: look-up recorded"
    SETTLE_AFTER_RESEND_CLAIM = "6.4 settle: resend written, nothing sent"
    WATCH_AFTER_LOOK_UP = "6.5 watch: looked up, nothing recorded"
    WATCH_AFTER_RECORD = "6.6 watch: look-up recorded, nothing announced"


FailPointHook = Callable[[FailPoint], None]


def no_fail_point(point: FailPoint) -> None:
    """Nothing fails here."""


class Count(StrEnum):
    """What is counted."""

    REQUESTS = "requests"
    RESENDS = "resends"
    ISSUED = "issued"
    REJECTED = "rejected"
    TRY_AGAIN = "try_again"
    UNKNOWN = "unknown"
    ADOPTED = "adopted"
    HELD = "held"
    NOT_SENT = "not_sent"
    LEASE_TOO_SHORT = "lease_too_short"
    TAKEOVERS = "takeovers"
    SUPERSEDED = "superseded"
    """A call ended after another worker had taken the lane over: requests may have overlapped."""
    BLOCKED = "blocked"
    CONFLICTS = "conflicts"
    """A command with other content for something that was already sent."""
    STALLED = "stalled"
    """A lane got nowhere for so many requests in a row that somebody should know; it goes on trying."""
    ANNOUNCE_FAILURES = "announce_failures"
    ERRORS = "errors"


class Gauge(StrEnum):
    """What is measured."""

    SERVING = "serving"
    """Lanes this process holds."""
    READY = "ready"
    """Lanes waiting to be served by this process."""
    IN_LINE = "in-line"
    """Of those it serves, how many have work to do and wait for others to do theirs."""


class Metrics(Protocol):
    """Counters and gauges, wired by the service."""

    def count(self, name: Count, amount: int = 1) -> None:
        """Add to a counter."""

    def gauge(self, name: Gauge, value: float) -> None:
        """Set a gauge."""

    def request_seconds(self, seconds: float) -> None:
        """Record how long one request took."""


class NoMetrics:
    """Counts nothing."""

    def count(self, name: Count, amount: int = 1) -> None:
        """Ignore."""

    def gauge(self, name: Gauge, value: float) -> None:
        """Ignore."""

    def request_seconds(self, seconds: float) -> None:
        """Ignore."""
