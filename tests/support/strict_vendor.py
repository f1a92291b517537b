"""A vendor in virtual time that checks every request: it numbers, knows RefIDs, and can do anything but tell."""

import asyncio
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from lanes.model import Intent, Scope
from lanes.outcomes import (
    Accepted,
    AccountFault,
    Answer,
    Answered,
    Found,
    Issued,
    LeftOut,
    LookUp,
    Lost,
    NotFound,
    Outcome,
    Rejected,
    TryAgain,
    Unclear,
    Unknown,
    WholeAccountFault,
    WholeRefused,
    WholeTryAgain,
)
from lanes.ports import Request
from lanes.settings import LaneSettings
from support.virtual_time import VirtualLoop


class Fate(StrEnum):
    """What becomes of a request."""

    ISSUED = "issued"
    ISSUED_SLOWLY = "issued slowly"
    ISSUED_INVISIBLY = "issued, the answer lost, and look-ups show it late"
    UNREACHABLE = "no connection, before the last check"
    NO_CONNECTION = "no connection, after the last check"
    LOST = "issued, the answer lost"
    LOST_LATE = "the answer lost, issued late"
    DROPPED = "the request lost"
    HANGS = "issued, no answer"
    HANGS_LATE = "no answer, issued late"
    GARBAGE = "issued, and an answer nobody can read"
    PARTLY = "issued, and the answer names only the first"
    EMPTY = "issued, and the answer has no results"
    UNCLEAR = "issued, and the answer says that something is wrong"
    FIRST_REJECTED = "the first is bad"
    REJECTED = "all are bad"
    RACE = "another took the number"
    LAST_RACES = "another took the last number"
    FIRST_UNSENDABLE = "nothing is sent: the first is known to be bad"
    LAST_LEFT_OUT = "all but the last are sent"
    LANE_FAULT = "the template is missing"
    ACCOUNT_FAULT = "the licence is used up"
    WHOLE_REFUSED = "something in the request is bad"
    THROTTLED = "too many requests"
    ACCEPTED = "accepted, issued later"
    ACCEPTED_NEVER = "accepted and forgotten"


@dataclass(slots=True)
class Sent:
    """One body as it arrived. `answered`: its sender got a definite answer; `refused`: it can never be issued.

    `deadline`: until then, from its last check, its sender would have waited, however soon the connection broke.
    """

    ref_id: str
    body: str
    at: float
    deadline: float
    stale: bool
    answered: bool = False
    refused: bool = False


@dataclass(slots=True)
class Arrival:
    """One request as it arrived."""

    request: Request
    stale: bool
    sent: list[Sent]
    ends_at: float
    answered_at: float | None = None
    waiting: bool = True
    working: bool = False

    def under_way(self, now: float) -> bool:
        """Whether another one would overlap: it is neither answered nor over its deadline, or is worked on."""
        return self.working or (self.waiting and now < self.ends_at)


@dataclass(slots=True)
class Invoice:
    """What was issued."""

    lane: str
    number: int
    body: str
    date: date
    visible_at: float

    @property
    def result(self) -> dict[str, str]:
        """As it is answered."""
        return {"number": str(self.number), "body": self.body}


def date_of(body: str) -> date:
    """The date in a body."""
    return date.fromisoformat(body.rsplit("|", 1)[1])


@dataclass
class StrictVendor:
    """The world outside. It notes every request that a careful sender would not have sent."""

    loop: VirtualLoop
    settings: LaneSettings
    fates: dict[str, deque[Fate]] = field(default_factory=dict)
    look_up_fates: deque[str] = field(default_factory=deque)
    issued: dict[str, Invoice] = field(default_factory=dict)
    numbers: Counter[str] = field(default_factory=Counter)
    sent: dict[str, list[Sent]] = field(default_factory=dict)
    arrivals: dict[str, list[Arrival]] = field(default_factory=dict)
    dates: dict[str, date] = field(default_factory=dict)
    released: set[str] = field(default_factory=set)
    """RefIDs that an operator has set aside: their lane goes on while they may still be worked on."""
    violations: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def next_fate(self, lane: str) -> Fate:
        """What was planned for the lane's next request."""
        planned = self.fates.get(lane)
        return planned.popleft() if planned else Fate.ISSUED

    def receive(self, request: Request, *, checked_at: float, stale: bool) -> Arrival:
        """The first byte is here."""
        self._check_limits(request)
        if not stale:
            self._check_dates(request)
            self._check_quiet(request)
            self._check_pause(request)
        self._check_bodies(request)
        self._check_overlap(request, stale=stale)
        at = checked_at if stale else self.loop.time()
        deadline = max(at, checked_at + self.settings.deadline_seconds)
        sent = [Sent(parcel.intent.ref_id, parcel.body, at, deadline, stale) for parcel in request.parcels]
        for one in sent:
            self.sent.setdefault(one.ref_id, []).append(one)
        arrival = Arrival(request, stale, sent, self.loop.time() + self.settings.deadline_seconds)
        self.arrivals.setdefault(request.lane, []).append(arrival)
        return arrival

    def _wrong(self, what: str, request: Request) -> None:
        refs = [parcel.intent.ref_id for parcel in request.parcels]
        self.violations.append(f"{self.loop.time():.2f}: {what} ({request.lane}, {refs}, resend={request.resend})")

    def _check_limits(self, request: Request) -> None:
        weight = sum(parcel.intent.bodies[-1].weight for parcel in request.parcels)
        if len(request.parcels) > self.settings.most_intents or weight >= self.settings.weight_limit:
            self._wrong("a request above the limits", request)
        positions = [parcel.intent.position for parcel in request.parcels]
        if positions != sorted(positions):
            self._wrong("out of order within a request", request)
        if {parcel.intent.command.account for parcel in request.parcels} != {request.account}:
            self._wrong("two accounts in one request", request)

    def _check_dates(self, request: Request) -> None:
        days = {date_of(parcel.body) for parcel in request.parcels}
        if len(days) != 1:
            self._wrong("two dates in one request", request)
        last = self.dates.get(request.lane)
        for parcel in request.parcels:
            known = any(sent.body == parcel.body for sent in self.sent.get(parcel.intent.ref_id, ()))
            if last is not None and not known and date_of(parcel.body) < last:
                self._wrong("a date goes back", request)
        self.dates[request.lane] = max(days | ({last} if last else set()))

    def _check_quiet(self, request: Request) -> None:
        for parcel in request.parcels:
            for sent in self.sent.get(parcel.intent.ref_id, ()):
                quiet = self.loop.time() - sent.deadline
                if not sent.answered and not sent.stale and quiet < 2 * self.settings.quiet_seconds:
                    self._wrong(f"sent again {quiet:.1f} s after the deadline of a request without answer", request)

    def _check_pause(self, request: Request) -> None:
        for other in self.arrivals.get(request.lane, ())[-1:]:
            pause = self.loop.time() - (other.answered_at or 0.0)
            if other.answered_at is not None and not other.stale and pause < self.settings.pause_seconds - 0.1:
                self._wrong(f"{pause:.2f} s after the request before", request)

    def _check_bodies(self, request: Request) -> None:
        for parcel in request.parcels:
            ref_id, body = parcel.intent.ref_id, parcel.body
            if any(sent.body != body for sent in self.alive(ref_id)):
                self._wrong("another body while one may be alive", request)
            if ref_id in self.issued and self.issued[ref_id].body != body:
                self._wrong("another body for what is issued", request)
            if ref_id in self.issued:
                self.seen["deduplicated"] += 1

    def _check_overlap(self, request: Request, *, stale: bool) -> None:
        for other in self.arrivals.get(request.lane, ()):
            if not other.under_way(self.loop.time()):
                continue
            if stale or other.stale:
                self.seen["overlap in the window after the last check"] += 1
            elif not {sent.ref_id for sent in other.sent} & self.released:
                self._wrong("two requests of a lane at once", request)

    def alive(self, ref_id: str) -> list[Sent]:
        """What a careful sender must take for alive: neither refused nor sent too long ago to be still looked for."""
        since = self.loop.time() - self.settings.watch_seconds
        return [sent for sent in self.sent.get(ref_id, ()) if not sent.refused and sent.at > since]

    def _issue(self, arrival: Arrival, *, invisible_for: float = 0.0) -> dict[str, Outcome]:
        visible_at = self.loop.time() + invisible_for
        for sent in arrival.sent:
            if sent.ref_id not in self.issued:
                lane = arrival.request.lane
                self.numbers[lane] += 1
                number = self.numbers[lane]
                self.issued[sent.ref_id] = Invoice(lane, number, sent.body, date_of(sent.body), visible_at)
        return {sent.ref_id: Issued(self.issued[sent.ref_id].result) for sent in arrival.sent}

    def _issue_late(self, arrival: Arrival, seconds: float, *, working: bool = True) -> None:
        arrival.working = working

        def do() -> None:
            arrival.working = False
            self._issue(arrival)

        self.loop.call_later(seconds, do)

    def cut_off(self, arrival: Arrival) -> None:
        """Its sender is gone as soon as it was sent: it is issued, and nobody hears of it."""
        arrival.waiting = False
        self._issue_late(arrival, 0.3)

    async def answer(self, arrival: Arrival, fate: Fate) -> Answer:  # noqa: PLR0911  (a table of fates)
        """Work on it and answer, or not."""
        await asyncio.sleep(0.3)
        latest = self.settings.deadline_seconds + 0.9 * self.settings.quiet_seconds
        match fate:
            case Fate.ISSUED | Fate.UNREACHABLE | Fate.NO_CONNECTION:
                return Answered(self._issue(arrival))
            case Fate.ISSUED_SLOWLY:
                self._issue_late(arrival, self.settings.deadline_seconds / 2)
                await asyncio.sleep(self.settings.deadline_seconds / 2 + 0.01)
                return Answered(self._issue(arrival))
            case Fate.ISSUED_INVISIBLY:
                self._issue(arrival, invisible_for=4 * self.settings.quiet_seconds)
                return Lost("reset")
            case Fate.LOST:
                self._issue(arrival)
                return Lost("reset")
            case Fate.LOST_LATE:
                self._issue_late(arrival, latest)
                return Lost("reset")
            case Fate.DROPPED:
                return Lost("reset")
            case Fate.HANGS:
                self._issue(arrival)
                await asyncio.sleep(3600)
            case Fate.HANGS_LATE:
                self._issue_late(arrival, latest)
                await asyncio.sleep(3600)
            case Fate.GARBAGE:
                self._issue(arrival)
                raise ValueError("not JSON")
            case _:
                return self._odd_answer(arrival, fate)
        return Lost("unreachable")

    def _odd_answer(self, arrival: Arrival, fate: Fate) -> Answer:  # noqa: PLR0911  (as above)
        head, last = arrival.sent[0], arrival.sent[-1]
        match fate:
            case Fate.PARTLY:
                return Answered({head.ref_id: self._issue(arrival)[head.ref_id]})
            case Fate.EMPTY:
                return Answered(dict.fromkeys(self._issue(arrival), Issued({})))
            case Fate.UNCLEAR:
                return Answered(dict.fromkeys(self._issue(arrival), Unknown("Exception")))
            case Fate.FIRST_REJECTED:
                return self._mixed(arrival, head, Rejected("InvalidTaxCode", "bad"))
            case Fate.LAST_RACES:
                return self._mixed(arrival, last, TryAgain("InvoiceNumberNotCotinuous", 3.0))
            case Fate.LAST_LEFT_OUT:
                return self._mixed(arrival, last, LeftOut("Signing", "goes later"))
            case Fate.ACCEPTED:
                self._issue_late(arrival, self.settings.accepted_seconds / 2, working=False)
                return Answered({sent.ref_id: Accepted() for sent in arrival.sent})
            case Fate.ACCEPTED_NEVER:
                return Answered({sent.ref_id: Accepted() for sent in arrival.sent})
            case _:
                return self._refusal(arrival, fate)

    def _mixed(self, arrival: Arrival, odd: Sent, outcome: Outcome) -> Answer:
        odd.refused = True
        others = replace(arrival, sent=[sent for sent in arrival.sent if sent is not odd])
        return Answered({**self._issue(others), odd.ref_id: outcome})

    def _refusal(self, arrival: Arrival, fate: Fate) -> Answer:
        for sent in arrival.sent:
            sent.refused = True
        outcomes: dict[Fate, Outcome] = {
            Fate.REJECTED: Rejected("InvalidTaxCode", "bad"),
            Fate.RACE: TryAgain("InvoiceDuplicated", 3.0),
            Fate.LANE_FAULT: AccountFault("InvoiceTemplateNotExist", "no template"),
        }
        if fate in outcomes:
            return Answered({sent.ref_id: outcomes[fate] for sent in arrival.sent})
        if fate is Fate.ACCOUNT_FAULT:
            return WholeAccountFault("LicenseInfo_OutOfInvoice", "used up", Scope.ACCOUNT)
        return WholeRefused("InvalidData", "bad") if fate is Fate.WHOLE_REFUSED else WholeTryAgain("429", 5.0)

    def heard(self, arrival: Arrival, answer: Answer) -> None:
        """The sender has this answer: what it says of each is known to him."""
        arrival.answered_at = self.loop.time()
        named: Mapping[str, Outcome] = answer.by_ref_id if isinstance(answer, Answered) else {}
        for sent in arrival.sent:
            outcome = named.get(sent.ref_id)
            clear = isinstance(outcome, Rejected | TryAgain | LeftOut | AccountFault) or (
                isinstance(outcome, Issued) and bool(outcome.result)
            )
            sent.answered = clear or isinstance(answer, WholeRefused | WholeAccountFault | WholeTryAgain)

    def unheard(self, arrival: Arrival) -> None:
        """The sender died with the answer."""
        for sent in arrival.sent:
            sent.answered = False

    def look_up(self, intents: Sequence[Intent]) -> Mapping[str, LookUp]:
        """What it shows, unless looking fails."""
        fate = self.look_up_fates.popleft() if self.look_up_fates else "clear"
        self.seen[f"look-up {fate}"] += 1
        if fate == "raises":
            raise ConnectionError("away")
        if fate == "unclear":
            return {intent.ref_id: Unclear("?") for intent in intents}
        return {intent.ref_id: self._shown(intent.ref_id) for intent in intents[: 1 if fate == "partly" else None]}

    def _shown(self, ref_id: str) -> LookUp:
        invoice = self.issued.get(ref_id)
        return Found(invoice.result) if invoice and invoice.visible_at <= self.loop.time() else NotFound()
