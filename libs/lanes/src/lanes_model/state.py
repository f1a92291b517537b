"""What a state of the model consists of: hashable tuples all the way down."""

from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """Where an intent stands."""

    STAGED = "staged"
    SENDING = "sending"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    ISSUED = "issued"
    REJECTED = "rejected"
    SET_ASIDE = "set aside"
    WITHDRAWN = "withdrawn"


UNSETTLED = frozenset({Status.SENDING, Status.ACCEPTED, Status.UNKNOWN})


class Body(NamedTuple):
    """What is sent: the content by its number, and the date in it."""

    content: int
    date: int


NO_BODY = Body(0, 0)


class Intent(NamedTuple):
    """One thing to publish. `open`: an attempt that was neither refused nor found issued may be alive.

    Seen from outside only, no rule reads them: `source` (the order), `place` (the command that put it into the queue),
    `heard` (the highest command that was taken notice of) and `tries` (the requests that have left with it since the
    vendor last said something of it, or a person did something about it; a fault of the account is not about it).
    """

    source: int
    content: int
    position: int
    seen: int
    status: Status = Status.STAGED
    version: int = 1
    announced: int = 0
    body: Body = NO_BODY
    sent: int = 0
    open: bool = False
    not_found: int = 0
    resends: int = 0
    alone: bool = False
    number: int = 0
    place: int = 0
    heard: int = 0
    tries: int = 0


class LaneStatus(StrEnum):
    """Whether the lane may claim."""

    RUNNING = "running"
    PAUSED = "paused"
    BLOCKED = "blocked"
    BLOCKED_UNSETTLED = "blocked by an unknown outcome"
    BLOCKED_PAUSED = "blocked by an unknown outcome, and paused before"


BLOCKED = frozenset({LaneStatus.BLOCKED, LaneStatus.BLOCKED_UNSETTLED, LaneStatus.BLOCKED_PAUSED})


class Lease(StrEnum):
    """The lease on the database's clock. `LOW`: it would end during a call."""

    FREE = "free"
    FRESH = "fresh"
    LOW = "low"


class Lane(NamedTuple):
    """The lane document. `in_flight` are RefIDs; `sending` is the part that a request carries now.

    `following`: the part that is named ahead, for the request after it.
    `stopped` is no field of it, and no rule reads it: a person or the account's fault has stopped it, and nobody has
    resumed it since.
    """

    status: LaneStatus = LaneStatus.RUNNING
    lease: Lease = Lease.FREE
    in_flight: tuple[int, ...] = ()
    sending: tuple[int, ...] = ()
    following: tuple[int, ...] = ()
    last_date: int = 0
    stopped: bool = False


class Parcel(NamedTuple):
    """One intent within a request."""

    ref: int
    body: Body


class Verdict(StrEnum):
    """What an answer, or its absence, says of one intent; or what a look-up says."""

    ISSUED = "issued"
    NO_NUMBER = "issued, without a number"
    MISSING = "not named"
    REJECTED = "rejected"
    RACE = "try again"
    FAULT = "the account's fault"
    ACCEPTED = "accepted"
    WHOLE_REFUSED = "refused as a whole"
    NOT_SENT = "not sent"
    LOST = "no answer"
    NOT_FOUND = "not found"


class Told(NamedTuple):
    """A verdict with its number."""

    verdict: Verdict
    number: int = 0


class Step(StrEnum):
    """Between which two of its steps a worker is."""

    IDLE = "idle"
    HOLDS = "holds the lane"
    HALF = "half claimed"
    WRITTEN = "claim written, receipt under way"
    CLAIMED = "before the last check"
    CHECKED = "after the last check"
    CALLING = "calling"
    ANSWERED = "answered"
    LOOKED = "looked up"
    HALF_RECORDED = "half recorded"


class Worker(NamedTuple):
    """One process. `owner`: the lane's epoch is still its own. `believes`: so far as it knows, its lease lasts a call.

    `late`: its lease ended after its last check, the one window that is left. `saw_nothing`: the lane as it read it
    had nothing in flight. `following`: what it has named ahead, and `doubtful` until it learns that this is written.
    `earlier`: the request before the one in its hands, answered and not recorded. `early`: see `Request`.
    `blind`: it stands behind a check that was none, or let it pass without a good lease. `turn`: the day on which the
    turn of its new request came; no rule reads it.
    """

    step: Step = Step.IDLE
    owner: bool = False
    believes: bool = False
    late: bool = False
    saw_nothing: bool = False
    resend: bool = False
    today: int = 1
    parcels: tuple[Parcel, ...] = ()
    answer: tuple[Told, ...] = ()
    following: tuple[Parcel, ...] = ()
    doubtful: bool = False
    earlier: tuple[tuple[Parcel, Told], ...] = ()
    early: bool = False
    blind: bool = False
    turn: int = 0


class Request(NamedTuple):
    """A request in the network to which nobody listens any more. `young`: the vendor may still be at work on it.

    `early`: its quiet period is counted from when it was named, long before it left.
    """

    parcels: tuple[Parcel, ...]
    young: bool = True
    late: bool = False
    early: bool = False


class Document(NamedTuple):
    """An invoice at the vendor; its number is its place. `late`: by a straggler, whose time was over."""

    ref: int
    body: Body
    shown: bool = True
    late: bool = False


class Handler(NamedTuple):
    """A consumer with a command in its hands. `snapshot`: what it has read (and the counter's value), if it has."""

    offset: int
    has_read: bool = False
    snapshot: Intent | None = None
    position: int = 0


class News(NamedTuple):
    """An announcement under way."""

    ref: int
    version: int
    status: Status
    sent: bool = False


class Watch(NamedTuple):
    """A look-up beside the lane, asked and not recorded."""

    ref: int
    version: int


class Budget(NamedTuple):
    """How much may still go wrong."""

    crashes: int = 0
    leases: int = 0
    losses: int = 0
    faults: int = 0
    stragglers: int = 0
    hidden: int = 0
    redeliveries: int = 0
    operations: int = 0


class World(NamedTuple):
    """Everything. `intents` by RefID, None where no command was staged; `told` is what the world keeps of each."""

    intents: tuple[Intent | None, ...]
    workers: tuple[Worker, ...]
    budget: Budget
    lane: Lane = Lane()
    net: tuple[Request, ...] = ()
    documents: tuple[Document, ...] = ()
    consumer: Handler = Handler(1)
    committed: int = 1
    straggler: Handler | None = None
    counter: int = 0
    watch: Watch | None = None
    news: tuple[News, ...] = ()
    told: tuple[News | None, ...] = ()
    last_sent: int = 0
