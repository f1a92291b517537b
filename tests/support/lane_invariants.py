"""What must hold in a world of lanes after every step, and when everything has been healed and drained."""

from datetime import date

from lanes.model import IN_FLIGHT_STATES, AccountRecord, Intent, IntentState, LaneRecord, LaneState, Scope
from support.frail_worker import FrailWorker
from support.virtual_world import Withdrawal, World

SETTLED = frozenset(
    {IntentState.ISSUED, IntentState.REJECTED, IntentState.WITHDRAWN, IntentState.SET_ASIDE, IntentState.HELD}
)


class Invariants:
    """Looks at a world again and again, and remembers what must never change."""

    def __init__(self, world: World) -> None:
        """Look at this world."""
        self._world = world
        self._issued: dict[str, dict[str, str]] = {}
        self._last_dates: dict[str, date] = {}
        self._epochs: dict[str, int] = {}

    def check(self) -> None:
        """Everything that holds at every moment."""
        assert not self._world.violations, self._world.violations
        for record in self._world.store.lanes.values():
            self._check_lane(record)
        for intent in self._world.store.intents.values():
            self._check_intent(intent)
        self._check_vendor()

    def _check_lane(self, record: LaneRecord) -> None:
        """The lane names exactly what is in flight; its date and epoch never go back."""
        named = set(record.in_flight.ref_ids) if record.in_flight else set()
        mine = [i for i in self._world.store.intents.values() if i.command.lane == record.lane]
        assert named == {intent.ref_id for intent in mine if intent.state in IN_FLIGHT_STATES}, record
        assert self._epochs.get(record.lane, 0) <= record.epoch
        self._epochs[record.lane] = record.epoch
        if record.last_date is not None:
            assert self._last_dates.get(record.lane, record.last_date) <= record.last_date, "the last date went back"
            self._last_dates[record.lane] = record.last_date

    def _check_intent(self, intent: Intent) -> None:
        """What is issued never changes and is the vendor's own; nothing is marked as told that was not told."""
        ref_id = intent.ref_id
        told = self._world.consumers.intents.get(ref_id)
        assert intent.announced <= (told.version if told else 0), f"{ref_id} is marked as announced and was not"
        assert (told.version if told else 0) <= intent.version
        if ref_id in self._issued:
            assert intent.state is IntentState.ISSUED, f"{ref_id} was issued and is {intent.state}"
            assert dict(intent.result) == self._issued[ref_id]
        elif intent.state is IntentState.ISSUED:
            self._issued[ref_id] = dict(intent.result)
            assert dict(intent.result) == self._world.vendor.issued[ref_id].result, f"{ref_id} is not the vendor's"

    def _check_vendor(self) -> None:
        """What the vendor issued is known, or is still looked for; numbers have no gap."""
        for ref_id in self._world.vendor.issued:
            intent = self._world.store.intents[ref_id]
            looked_for = intent.state in IN_FLIGHT_STATES or intent.watch_at is not None
            assert intent.state is IntentState.ISSUED or looked_for, f"{ref_id} is issued, and nobody looks for it"
        by_lane: dict[str, list[int]] = {}
        for invoice in self._world.vendor.issued.values():
            by_lane.setdefault(invoice.lane, []).append(invoice.number)
        assert all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in by_lane.values())

    def at_rest(self) -> bool:
        """Whether everything is settled, told and read, and every lane runs."""
        store = self._world.store
        intents = store.intents.values()
        records: list[LaneRecord | AccountRecord] = [*store.lanes.values(), *store.account_records.values()]
        told = all(not i.unannounced for i in intents) and all(r.announced >= r.version for r in records)
        settled = all(i.state in SETTLED and i.watch_at is None for i in intents)
        running = all(r.state is LaneState.RUNNING for r in records)
        read = self._world.committed == len(self._world.log)
        return told and settled and running and read

    def check_end(self, workers: list[FrailWorker]) -> None:
        """Nothing lost, nothing unknown, everything announced, every overlap reported."""
        self.check()
        store, vendor = self._world.store, self._world.vendor
        asked = {entry.ref_id for entry, _ in self._world.log if not isinstance(entry, Withdrawal)}
        assert asked == set(store.intents), "a command was lost"
        unsettled = [intent for intent in store.intents.values() if intent.state not in SETTLED]
        assert not unsettled, unsettled
        assert set(vendor.issued) == {i.ref_id for i in store.intents.values() if i.state is IntentState.ISSUED}
        self._check_announced()
        for worker in workers:
            if not worker.dead:
                assert worker.superseded >= worker.stale_calls, "an overlap was not reported"

    def _check_announced(self) -> None:
        consumers = self._world.consumers
        for intent in self._world.store.intents.values():
            told = consumers.intents.get(intent.ref_id)
            if intent.version:
                assert told is not None, f"{intent.ref_id} was never announced"
                assert (told.version, told.state) == (intent.version, intent.state), f"{intent.ref_id}: old news"
        stopped: list[LaneRecord | AccountRecord] = [*self._world.store.lanes.values()]
        stopped += self._world.store.account_records.values()
        for record in stopped:
            key = (Scope.LANE, record.lane) if isinstance(record, LaneRecord) else (Scope.ACCOUNT, record.account)
            change = consumers.lanes.get(key)
            if record.version:
                assert change is not None, f"{key} was never announced"
                assert (change.version, change.state) == (record.version, LaneState.RUNNING), f"{key}: old news"
