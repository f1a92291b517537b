"""The store as a worker sees it: slow, sometimes away, and never there for the dead; it checks what is written."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lanes.model import Following, InFlight, Intent, IntentState, LaneState, Phase
from lanes.store import IntentChange, StoreUnavailable, Transition

if TYPE_CHECKING:
    from support.frail_worker import FrailWorker


class FrailStore:
    """The store as a worker sees it: slow, sometimes away, and never there for the dead."""

    def __init__(self, worker: "FrailWorker") -> None:
        """See it through this worker."""
        self._worker = worker

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._worker.world.store, name)

        async def call(*args: Any, **arguments: Any) -> Any:
            worker = self._worker
            await asyncio.sleep(worker.latency)
            await worker.step()
            fault = self._fault(name, args)
            if fault == "before":
                raise StoreUnavailable("no primary")
            if fault == "claim lands late":
                asyncio.get_running_loop().call_later(0.5, asyncio.ensure_future, self._land(method, name, args))
                raise StoreUnavailable("no answer in time")
            result = await method(*args, **arguments)
            self._watch(name, args, result)
            if fault == "claim lost":
                worker.world.seen["a claim ahead whose receipt was lost, and the next reading"] += 1
                worker.store_faults.append("before")
                raise StoreUnavailable("no primary any more")
            if fault == "late":
                await asyncio.sleep(worker.world.settings.deadline_seconds + 1)
            if fault == "after":
                worker.world.seen["a write whose receipt was lost"] += 1
                raise StoreUnavailable("no primary any more")
            await worker.step()
            return result

        return call

    async def _land(self, method: Any, name: str, args: Any) -> None:
        self._worker.world.seen["a claim ahead that was written after it was given up"] += 1
        self._watch(name, args, await method(*args))

    def _fault(self, name: str, args: Any) -> str:
        """What goes wrong with this call; some are kept for a call that matters."""
        faults = self._worker.store_faults
        if not faults or (faults[-1] == "late" and name != "apply"):
            return ""
        if faults[-1].startswith("claim") and not (name == "apply" and _claims_ahead(args[0])):
            return ""
        return faults.pop()

    def _watch(self, name: str, args: Any, result: Any) -> None:
        if name == "stage":
            self._check_frozen(args[0])
        elif name == "apply" and result is not None:
            transition: Transition = args[0]
            before, after = transition.before.in_flight, transition.after.in_flight
            if before is not None and before.following is not None:
                self._worker.world.seen[_fate_of_following(before.following, after)] += 1
            if after is not None and after.sending and after != transition.before.in_flight:
                self._worker.epochs[after.request_id] = transition.before.epoch
                if after.following is not None:
                    self._worker.epochs[after.following.request_id] = transition.before.epoch
                self._check(transition, after)

    def _check_frozen(self, writes: Sequence[Intent | IntentChange]) -> None:
        """What may be alive, or is issued, is neither changed nor taken back."""
        world = self._worker.world
        for change in writes:
            if not isinstance(change, IntentChange):
                continue
            ref_id, seen = change.after.ref_id, change.before.seen
            if any(lane in seen and position < seen[lane] for lane, position in change.after.seen.items()):
                world.violations.append(f"a redelivery of {ref_id} is taken for news")
            if change.after.version == change.before.version:
                continue
            if change.after.seen == seen:
                world.violations.append(f"a redelivery changed {ref_id}")
            stored = world.store.intents[ref_id]
            took_effect = (stored.version, stored.state) == (change.after.version, change.after.state)
            if took_effect and (world.vendor.alive(ref_id) or ref_id in world.vendor.issued):
                world.violations.append(f"a command changed {ref_id}, which may be alive")

    def _check(self, transition: Transition, named: InFlight) -> None:
        """What a claim or a resend must have respected, at the moment in which it took effect."""
        before, store, worker = transition.before, self._worker.world.store, self._worker
        old = set(before.in_flight.ref_ids) if before.in_flight else set()
        carried = named.following.ref_ids if named.following else named.sending
        sending = [change for change in transition.intents if change.after.ref_id in carried]
        claims = not set(named.ref_ids) <= old
        if named.following is not None:
            worker.world.seen["claimed ahead"] += 1
        if not sending:
            return  # an answer was recorded, and what follows it had been named before
        last = max(change.after.position for change in sending)
        may_live = sending[0].before.open_attempts > 0  # its date stands already: it goes before all others
        waiting = [i for i in store.intents.values() if i.command.lane == before.lane and i.state is IntentState.STAGED]
        accounts = [store.account_records.get(change.after.command.account) for change in sending]
        wrong = {
            "a claim in a stopped lane": claims and before.state is not LaneState.RUNNING,
            "a resend in a blocked lane": before.state is LaneState.BLOCKED,
            "a request for a stopped account": any(
                a is not None and a.state is not LaneState.RUNNING for a in accounts
            ),
            "a claim that overtakes": claims and not may_live and any(intent.position < last for intent in waiting),
            "a claim over what is in flight": claims and bool(old & set(carried)),
            "a claim ahead of what is not under way": claims and bool(old) and _ahead_of_nothing(transition, named),
            "a claim of what is not staged": claims and any(c.before.state is not IntentState.STAGED for c in sending),
        }
        worker.world.violations += [f"{worker.monotonic():.2f}: {what}" for what, is_so in wrong.items() if is_so]
        if not claims:
            whole = set(named.sending) == set(named.ref_ids)
            worker.world.seen["resend of the whole remainder" if whole else "one by one"] += 1


def _ahead_of_nothing(transition: Transition, named: InFlight) -> bool:
    """Only a request under way, that nothing follows once this is written, may be claimed ahead of."""
    before = transition.before.in_flight
    if before is None or before.phase is not Phase.SENDING or named.following is None:
        return True
    goes_on = before.following is None or before.following.request_id == named.request_id
    return not goes_on


def _fate_of_following(following: Following, after: InFlight | None) -> str:
    if after is None or not set(following.ref_ids) & set(after.ref_ids):
        return "what was claimed ahead is given back"
    if after.request_id == following.request_id:
        return "what was claimed ahead has left"
    return "what was claimed ahead is taken over"


def _claims_ahead(transition: Transition) -> bool:
    """Whether it names what may follow a request under way, and records nothing."""
    before, after = transition.before.in_flight, transition.after.in_flight
    return before is not None and before.following is None and after is not None and after.following is not None
