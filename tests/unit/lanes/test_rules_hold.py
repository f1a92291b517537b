"""The rules as a state machine: crashes, lost answers, takeovers, late arrivals, operators, in any order.

It drives the engine's own pure functions against a vendor that may process a request long after its answer was lost.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from lanes.claiming import assemble, claim_transition, request_of, resend_transition
from lanes.deciding import AskAbout, Claim, GiveUp, Idle, MarkUnknown, Resend, WaitUntil, decide
from lanes.model import Command, Intent, IntentState, LaneRecord, LaneState, Position
from lanes.outcomes import (
    Answer,
    Answered,
    Found,
    Issued,
    LookUp,
    Lost,
    NotFound,
    NotSent,
    Outcome,
    Rejected,
    TryAgain,
    Unknown,
    WholeRefused,
)
from lanes.ports import Prepared, Request
from lanes.recording import record_transition, watched
from lanes.settings import LaneSettings
from lanes.settling import (
    give_up_transition,
    look_up_transition,
    takeover_transition,
    watch_change,
    without,
)
from lanes.staging import StageKind, place
from lanes.store import Transition
from typing_extensions import override

SETTINGS = LaneSettings(most_intents=3, weight_limit=6, try_again_limit=3, resend_limit=3)
START = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
REFS = st.sampled_from(["a", "b", "c", "d", "e"])


def prepare(intent: Intent, day: date) -> Prepared:
    """The content with its date."""
    return Prepared(json.dumps({"content": intent.command.content, "date": day.isoformat()}), intent.command.weight)


@dataclass
class Vendor:
    """Deduplicates by RefID; requests whose answer was lost may still arrive within the quiet period."""

    issued: dict[str, str] = field(default_factory=dict)
    late: list[tuple[datetime, Request]] = field(default_factory=list)

    def issue(self, ref_id: str, body: str) -> Issued:
        """Issue once."""
        self.issued.setdefault(ref_id, body)
        return Issued({"body": self.issued[ref_id]})

    def arrive(self, now: datetime) -> None:
        """What was under way is processed by now."""
        for due, request in list(self.late):
            if due <= now:
                self.late.remove((due, request))
                for parcel in request.parcels:
                    self.issue(parcel.intent.ref_id, parcel.body)


class LaneRules(RuleBasedStateMachine):
    """One lane, its vendor, and everything that can happen to both."""

    @initialize()
    def begin(self) -> None:
        """An empty lane."""
        self.lane = LaneRecord(lane="lane", revision=0, epoch=1, now=START)
        self.intents: dict[str, Intent] = {}
        self.vendor = Vendor()
        self.now = START
        self.offset = 0
        self.open_bodies: dict[str, str] = {}

    def apply(self, transition: Transition) -> None:
        """What the store does: all or nothing, with revisions and versions."""
        assert transition.before == self.lane
        for change in transition.intents:
            assert self.intents[change.before.ref_id] == change.before
            assert change.after.version >= change.before.version
            self.intents[change.after.ref_id] = change.after
        self.lane = replace(transition.after, revision=self.lane.revision + 1)

    @rule(ref=REFS, content=st.sampled_from(['"x"', '"y"']), weight=st.integers(1, 4))
    def stage(self, ref: str, content: str, weight: int) -> None:
        """A new command at the tail; what may be alive never changes."""
        command = Command(ref_id=ref, lane="lane", account="account", content=content, weight=weight)
        before = self.intents.get(ref)
        outcome = place(before, command, Position(1, self.offset), self.now)
        self.offset += 1
        if before is not None and not before.refused_every_time:
            assert outcome.kind in {StageKind.STANDS, StageKind.CONFLICT}
            assert outcome.intent.command == before.command
        self.intents[ref] = outcome.intent

    @rule(seconds=st.sampled_from([1, 30, 61, 600, 3600 * 7]))
    def time_passes(self, seconds: int) -> None:
        """Late requests arrive, days change."""
        self.now += timedelta(seconds=seconds)
        self.vendor.arrive(self.now)

    @rule(
        fate=st.sampled_from(
            ["issue", "lost before", "lost late", "lost after", "crash before", "crash late", "reject", "race"]
        )
        | st.sampled_from(["partly", "whole refused", "not sent", "first rejected"])
    )
    def work(self, fate: str) -> None:
        """One step of whoever holds the lane."""
        self.vendor.arrive(self.now)
        in_flight = [self.intents[r] for r in self.lane.in_flight.ref_ids] if self.lane.in_flight else []
        staged = (i for i in self.intents.values() if i.state is IntentState.STAGED)
        queue = sorted(staged, key=lambda intent: intent.position)
        step = decide(self.lane, in_flight=in_flight, queue=queue, accounts={}, now=self.now, settings=SETTINGS)
        request_id = f"request-{self.lane.revision}"
        match step:
            case Idle():
                return
            case WaitUntil(at):
                assert at > self.now
                self.now = at
            case Claim():
                assert self.lane.in_flight is None
                assert self.lane.state is LaneState.RUNNING
                batch = assemble(
                    self.lane, step, today=self.today(), request_id=request_id, prepare=prepare, settings=SETTINGS
                )
                transition = claim_transition(self.lane, batch, request_id=request_id, at=self.now, settings=SETTINGS)
                if transition.after.in_flight:
                    self.apply(transition)
                    self.send(request_of(transition, resend=False), fate)
                else:
                    self.apply(transition)
            case Resend(intents):
                assert self.lane.state is not LaneState.BLOCKED
                alive = {parcel.intent.ref_id for _, late in self.vendor.late for parcel in late.parcels}
                assert not alive & {intent.ref_id for intent in intents}
                transition = resend_transition(
                    self.lane, intents, request_id=request_id, at=self.now, settings=SETTINGS
                )
                self.apply(transition)
                self.send(request_of(transition, resend=True), fate)
            case MarkUnknown(intents):
                self.apply(takeover_transition(self.lane, intents, at=self.now, settings=SETTINGS))
            case AskAbout(intents):
                self.apply(
                    look_up_transition(self.lane, intents, self.look_up(*intents), at=self.now, settings=SETTINGS)
                )
            case GiveUp():
                self.apply(give_up_transition(self.lane, step, at=self.now))
                assert self.lane.state is LaneState.BLOCKED

    def today(self) -> date:
        """A date that changes every minute, so that re-dating shows."""
        return START.date() + (self.now - START) // timedelta(minutes=1) * timedelta(days=1)

    def look_up(self, *intents: Intent) -> Mapping[str, LookUp]:
        """What the vendor knows."""
        issued = self.vendor.issued
        return {i.ref_id: Found({"body": issued[i.ref_id]}) if i.ref_id in issued else NotFound() for i in intents}

    def send(self, request: Request, fate: str) -> None:
        """A request leaves; its fate decides what happens and what is known of it."""
        self.check_request(request)
        answers: dict[str, Callable[[], Answer | None]] = {
            "issue": lambda: Answered(self.process(request)),
            "lost before": lambda: Lost("reset"),
            "lost late": lambda: self.process_late(request, Lost("timeout")),
            "lost after": lambda: Lost(str(len(self.process(request)))),
            "crash before": lambda: None,
            "crash late": lambda: self.process_late(request, None),
            "reject": lambda: self.each(request, Rejected("code", "bad")),
            "race": lambda: self.each(request, TryAgain("race", 3.0)),
            "partly": lambda: Answered(dict(list(self.process(request).items())[:1])),
            "whole refused": lambda: WholeRefused("code", "bad"),
            "not sent": lambda: NotSent("refused connection"),
            "first rejected": lambda: self.first_rejected(request),
        }
        answer = answers[fate]()
        if fate != "not sent":
            self.open_bodies |= {parcel.intent.ref_id: parcel.body for parcel in request.parcels}
        if answer is None:
            return
        sent = [self.intents[parcel.intent.ref_id] for parcel in request.parcels]
        self.apply(record_transition(self.lane, sent, answer, at=self.now, settings=SETTINGS))

    def check_request(self, request: Request) -> None:
        """Limits, order within the request, and identical bodies while an attempt may be alive."""
        assert len(request.parcels) <= SETTINGS.most_intents
        assert sum(p.intent.bodies[-1].weight for p in request.parcels) < SETTINGS.weight_limit
        positions = [p.intent.position for p in request.parcels]
        assert positions == sorted(positions)
        for parcel in request.parcels:
            assert parcel.intent.ref_id not in self.vendor.issued or parcel.intent.open_attempts > 0
            if parcel.intent.open_attempts > 0:
                assert self.open_bodies[parcel.intent.ref_id] == parcel.body

    def process(self, request: Request) -> dict[str, Outcome]:
        """The vendor issues it."""
        return {p.intent.ref_id: self.vendor.issue(p.intent.ref_id, p.body) for p in request.parcels}

    def process_late(self, request: Request, answer: Answer | None) -> Answer | None:
        """The vendor will issue it within its longest processing."""
        longest = SETTINGS.deadline_seconds + SETTINGS.quiet_seconds
        self.vendor.late.append((self.now + timedelta(seconds=longest), request))
        return answer

    def each(self, request: Request, outcome: Outcome) -> Answer:
        """The same for all; a vendor that has issued says so instead."""
        known = {r: Issued({"body": body}) for r, body in self.vendor.issued.items()}
        return Answered({p.intent.ref_id: known.get(p.intent.ref_id, outcome) for p in request.parcels})

    def first_rejected(self, request: Request) -> Answer:
        """The first is bad, the others are issued or unclear."""
        head, *rest = request.parcels
        first = self.each(replace(request, parcels=(head,)), Rejected("code", "bad"))
        assert isinstance(first, Answered)
        others = {p.intent.ref_id: Unknown("?") for p in rest}
        return Answered({**others, **first.by_ref_id})

    @rule(ref=REFS)
    def watch(self, ref: str) -> None:
        """The sweep looks up what is due outside the lane's way."""
        intent = self.intents.get(ref)
        if intent and intent.watch_at and intent.watch_at <= self.now:
            self.intents[ref] = watch_change(intent, self.look_up(intent), at=self.now, settings=SETTINGS).after

    @rule(ref=REFS)
    def withdraw(self, ref: str) -> None:
        """An operator withdraws what is surely not issued."""
        intent = self.intents.get(ref)
        if intent and intent.refused_every_time:
            assert ref not in self.vendor.issued
            self.intents[ref] = intent.changed(self.now, state=IntentState.WITHDRAWN, watch_at=None)

    @rule(ref=REFS)
    def set_aside(self, ref: str) -> None:
        """An operator sets an unsettled intent aside."""
        intent = self.intents.get(ref)
        if intent and intent.state is IntentState.UNKNOWN:
            aside = watched(intent.changed(self.now, state=IntentState.SET_ASIDE), self.now, SETTINGS)
            self.intents[ref] = aside
            self.lane = replace(without(self.lane, {ref}, self.now), revision=self.lane.revision + 1)

    @precondition(lambda self: self.lane.state is not LaneState.RUNNING)
    @rule()
    def resume(self) -> None:
        """An operator resumes the lane and grants new chances."""
        self.lane = replace(
            self.lane.with_state(LaneState.RUNNING, code=None, reason=None, at=self.now),
            revision=self.lane.revision + 1,
        )
        for ref in self.lane.in_flight.ref_ids if self.lane.in_flight else ():
            intent = self.intents[ref]
            if intent.state is IntentState.UNKNOWN:
                resends = min(intent.resends, SETTINGS.whole_resends)
                self.intents[ref] = replace(intent, resends=resends, unclear=0)

    @rule()
    def pause(self) -> None:
        """An operator pauses the lane."""
        if self.lane.state is LaneState.RUNNING:
            self.lane = self.lane.with_state(LaneState.PAUSED, code="Paused", reason="", at=self.now)

    @invariant()
    def the_lane_names_exactly_what_is_in_flight(self) -> None:
        """States in flight and the lane document agree."""
        if not hasattr(self, "lane"):
            return
        named = set(self.lane.in_flight.ref_ids) if self.lane.in_flight else set()
        unsettled = {IntentState.SENDING, IntentState.UNKNOWN, IntentState.ACCEPTED}
        assert named == {ref for ref, intent in self.intents.items() if intent.state in unsettled}

    @invariant()
    def nothing_issued_is_forgotten(self) -> None:
        """What the vendor issued is known as issued, or is still being looked for."""
        for ref in getattr(self, "vendor", Vendor()).issued:
            intent = self.intents[ref]
            in_flight = intent.state in {IntentState.SENDING, IntentState.UNKNOWN, IntentState.ACCEPTED}
            assert intent.state is IntentState.ISSUED or in_flight or intent.watch_at is not None

    @invariant()
    def what_is_issued_is_what_was_adopted(self) -> None:
        """An issued intent carries the vendor's own document, and no version is ever lost."""
        for ref, intent in getattr(self, "intents", {}).items():
            assert intent.announced <= intent.version
            if intent.state is IntentState.ISSUED:
                assert intent.result["body"] == self.vendor.issued[ref]

    @override
    def teardown(self) -> None:
        """From wherever it stands, the lane can always be brought to an end: nothing is stuck, nothing is lost."""
        if not hasattr(self, "lane"):
            return
        ended = {IntentState.ISSUED, IntentState.REJECTED, IntentState.WITHDRAWN, IntentState.SET_ASIDE}
        for _ in range(200):
            if self.lane.in_flight is None and all(intent.state in ended for intent in self.intents.values()):
                break
            if self.lane.state is not LaneState.RUNNING:
                self.resume()
            self.work("issue")
            for ref in self.intents:
                self.watch(ref)
            self.time_passes(3600)
        assert all(intent.state in ended for intent in self.intents.values())
        assert self.lane.in_flight is None


LaneRules.TestCase.settings = hypothesis_settings(
    max_examples=200, stateful_step_count=40, deadline=None, phases=[Phase.explicit, Phase.generate, Phase.shrink]
)
TestLaneRules = LaneRules.TestCase
