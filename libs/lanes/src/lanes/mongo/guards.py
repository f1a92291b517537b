"""What a guard forbids, asked beside the transaction that names a request: it costs the lane no time of its own."""

import asyncio
from collections.abc import Sequence

from lanes.model import Intent, IntentState, LaneRecord, LaneState, Position
from lanes.mongo.collections import Collections
from lanes.mongo.documents import Document
from lanes.mongo.errors import translated
from lanes.mongo.reading import BY_POSITION
from lanes.store import Guard, Transition


class Guards(Collections):
    """The questions of `Transition.guard`.

    They are asked outside the transaction while it runs, and it commits only after their answers: what was stopped or
    came back to the queue before it was begun is always seen.
    """

    async def holds(self, transition: Transition) -> bool:
        """Whether the account runs, and whether the head of the queue is what the transition takes from it."""
        guard = transition.guard
        if guard is None:
            return True
        checks = [self._runs(guard.account)]
        if guard.position is not None:
            taken = [change.before for change in transition.intents if change.before.state is IntentState.STAGED]
            checks.append(self._is_head(transition.before.lane, taken))
        return all(await asyncio.gather(*checks))

    async def stands(self, lane: LaneRecord, guard: Guard) -> bool:
        """Whether the lane has this revision still, the account runs, and nothing waits before what was claimed."""
        with translated():
            same, runs, first = await asyncio.gather(
                self._lanes.find_one({"_id": lane.lane, "revision": lane.revision}, projection={"_id": True}),
                self._runs(guard.account),
                self._first_waiting(lane.lane),
            )
        return same is not None and runs and (first is None or guard.position is None or first > guard.position)

    async def _first_waiting(self, lane: str) -> Position | None:
        waiting = self._intents.find({"lane": lane, "state": IntentState.STAGED.value}, projection={"position": True})
        head = await waiting.sort(BY_POSITION).limit(1).to_list(None)
        return Position(head[0]["position"]["generation"], head[0]["position"]["offset"]) if head else None

    async def _runs(self, account: str) -> bool:
        stopped: Document = {"_id": account, "state": {"$ne": LaneState.RUNNING.value}}
        return await self._accounts.find_one(stopped, projection={"_id": True}) is None

    async def _is_head(self, lane: str, taken: Sequence[Intent]) -> bool:
        waiting = self._intents.find({"lane": lane, "state": IntentState.STAGED.value}, projection={"_id": True})
        head = await waiting.sort(BY_POSITION).limit(len(taken)).to_list(None)
        return {each["_id"] for each in head} == {intent.ref_id for intent in taken}
