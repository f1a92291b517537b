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
            rows = await self._lanes.aggregate(_as_it_was(lane, guard)).to_list(1)
        if not rows or rows[0]["stopped"]:
            return False
        head = rows[0]["head"]
        return not head or guard.position is None or _position(head[0]) > guard.position

    async def _runs(self, account: str) -> bool:
        stopped: Document = {"_id": account, "state": {"$ne": LaneState.RUNNING.value}}
        return await self._accounts.find_one(stopped, projection={"_id": True}) is None

    async def _is_head(self, lane: str, taken: Sequence[Intent]) -> bool:
        waiting = self._intents.find({"lane": lane, "state": IntentState.STAGED.value}, projection={"_id": True})
        head = await waiting.sort(BY_POSITION).limit(len(taken)).to_list(None)
        return {each["_id"] for each in head} == {intent.ref_id for intent in taken}


def _as_it_was(lane: LaneRecord, guard: Guard) -> list[Document]:
    """The lane if it has not moved, with its account if that is stopped and the head of its queue: one round trip."""
    stopped = {"_id": guard.account, "state": {"$ne": LaneState.RUNNING.value}}
    waiting = {"lane": lane.lane, "state": IntentState.STAGED.value}
    head = [{"$match": waiting}, {"$sort": dict(BY_POSITION)}, {"$limit": 1}, {"$project": {"position": True}}]
    return [
        {"$match": {"_id": lane.lane, "revision": lane.revision}},
        {"$project": {"_id": True}},
        {"$lookup": {"from": "lane_accounts", "as": "stopped", "pipeline": [{"$match": stopped}]}},
        {"$lookup": {"from": "intents", "as": "head", "pipeline": head}},
    ]


def _position(intent: Document) -> Position:
    return Position(intent["position"]["generation"], intent["position"]["offset"])
