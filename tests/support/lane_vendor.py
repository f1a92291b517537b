"""A scripted vendor for lanes: deduplicates by RefID, numbers without gaps, and can hang, lose, refuse and race."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from lanes.model import Intent, LaneChange
from lanes.outcomes import (
    Accepted,
    Answer,
    Answered,
    Found,
    Issued,
    LookUp,
    Lost,
    NotFound,
    Outcome,
)
from lanes.ports import HoldIntent, Prepared, Request


@dataclass
class SentRequest:
    """One request as it arrived."""

    lane: str
    request_id: str
    ref_ids: list[str]
    bodies: list[str]
    started: float
    ended: float | None = None


Wait = Callable[[Request], Awaitable[None]]
Fault = Callable[["ScriptedVendor", Request], Answer | None]


@dataclass
class ScriptedVendor:
    """The world outside: shared by all engines of a test, and it survives every crash."""

    latency: float = 0.0
    issued: dict[str, dict[str, str]] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    requests: list[SentRequest] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    invisible_look_ups: dict[str, int] = field(default_factory=dict)
    look_ups: list[list[str]] = field(default_factory=list)
    record_takes: float = 0.0
    record_fails: bool = False
    left_behind: list[Request] = field(default_factory=list)
    """Requests of which a worker that ended left no answer, as those who took over named them."""
    refused: dict[str, Outcome] = field(default_factory=dict)
    under_way: dict[str, int] = field(default_factory=dict)
    overlaps: int = 0

    def issue(self, lane: str, ref_id: str, body: str) -> Issued:
        """Issue once; the second time answers with the first."""
        if ref_id not in self.issued:
            self.numbers[lane] = self.numbers.get(lane, 0) + 1
            self.issued[ref_id] = {"number": f"{self.numbers[lane]:08d}", "date": json.loads(body)["date"]}
            self.bodies[ref_id] = body
        return Issued(dict(self.issued[ref_id]))

    def issue_all(self, request: Request) -> dict[str, Outcome]:
        """Issue what is not refused."""
        return {
            parcel.intent.ref_id: self.refused.get(parcel.intent.ref_id)
            or self.issue(request.lane, parcel.intent.ref_id, parcel.body)
            for parcel in request.parcels
        }

    async def receive(self, request: Request) -> Answer:
        """What happens at the vendor, faults included."""
        record = SentRequest(
            request.lane,
            request.request_id,
            [parcel.intent.ref_id for parcel in request.parcels],
            [parcel.body for parcel in request.parcels],
            asyncio.get_running_loop().time(),
        )
        self.requests.append(record)
        self.under_way[request.lane] = self.under_way.get(request.lane, 0) + 1
        self.overlaps += self.under_way[request.lane] > 1
        try:
            await asyncio.sleep(self.latency)
            scripted = self.faults.popleft()(self, request) if self.faults else None
            if scripted is HANG:
                await asyncio.sleep(3600)
            return scripted or Answered(self.issue_all(request))
        finally:
            self.under_way[request.lane] -= 1
            record.ended = asyncio.get_running_loop().time()


HANG = Lost("hangs")


def lost_after_issue(vendor: ScriptedVendor, request: Request) -> Answer:
    """Issued, and the answer is lost."""
    vendor.issue_all(request)
    return Lost("connection reset")


def lost_before_issue(vendor: ScriptedVendor, request: Request) -> Answer:
    """Never processed, and nobody says so."""
    return Lost("connection reset")


def hang_after_issue(vendor: ScriptedVendor, request: Request) -> Answer:
    """Issued, and the answer never comes."""
    vendor.issue_all(request)
    return HANG


def answer(what: Answer) -> Fault:
    """Answer this, whatever was sent."""
    return lambda _, __: what


def each(outcome: Outcome) -> Fault:
    """Answer this for every intent."""
    return lambda _, request: Answered({parcel.intent.ref_id: outcome for parcel in request.parcels})


def accepted_and_issued_later(vendor: ScriptedVendor, request: Request) -> Answer:
    """Accept now; look-ups find it."""
    vendor.issue_all(request)
    return Answered({parcel.intent.ref_id: Accepted() for parcel in request.parcels})


@dataclass
class VendorAdapter:
    """The publisher port of one engine towards the shared vendor."""

    vendor: ScriptedVendor
    before_last_check: Wait | None = None
    after_last_check: Wait | None = None

    def prepare(self, intent: Intent, date: date) -> Prepared | HoldIntent:
        """The content with the date in it."""
        content = json.loads(intent.command.content)
        if "hold" in content:
            return HoldIntent(content["hold"])
        return Prepared(json.dumps(content | {"date": date.isoformat()}), intent.command.weight)

    async def publish(self, request: Request, *, deadline_seconds: float, last_check: Callable[[], None]) -> Answer:
        """Check, then send."""
        assert deadline_seconds > 0
        if self.before_last_check:
            await self.before_last_check(request)
        last_check()
        if self.after_last_check:
            await self.after_last_check(request)
        return await self.vendor.receive(request)

    async def look_up(self, intents: Sequence[Intent]) -> Mapping[str, LookUp]:
        """What was issued, unless it is not visible yet."""
        self.vendor.look_ups.append([intent.ref_id for intent in intents])
        return {intent.ref_id: self._look_up(intent.ref_id) for intent in intents}

    async def on_record(self, request: Request) -> None:
        """All is, unless it takes its time or fails."""
        await asyncio.sleep(self.vendor.record_takes)
        if self.vendor.record_fails:
            raise ConnectionError("no log")

    async def left_behind(self, request: Request) -> None:
        """Note it."""
        self.vendor.left_behind.append(request)

    def _look_up(self, ref_id: str) -> LookUp:
        hidden = self.vendor.invisible_look_ups.get(ref_id, 0)
        if hidden:
            self.vendor.invisible_look_ups[ref_id] = hidden - 1
            return NotFound()
        result = self.vendor.issued.get(ref_id)
        return Found(dict(result)) if result else NotFound()


@dataclass
class RecordingAnnouncer:
    """Keeps the highest version of everything, as consumers do."""

    intents: dict[str, Intent] = field(default_factory=dict)
    lanes: list[LaneChange] = field(default_factory=list)
    failures: int = 0
    events: int = 0

    async def announce(self, intents: Sequence[Intent]) -> None:
        """Take notice, unless told to fail."""
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the broker is away")
        for intent in intents:
            self.events += 1
            known = self.intents.get(intent.ref_id)
            if known is None or known.version < intent.version:
                self.intents[intent.ref_id] = intent

    async def announce_lane(self, change: LaneChange) -> None:
        """Take notice; the same again, which announcing at least once allows, is no news."""
        if (change.key, change.version) not in {(known.key, known.version) for known in self.lanes}:
            self.lanes.append(change)
