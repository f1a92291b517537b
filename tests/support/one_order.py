"""One order beside the running services, with the vendor misbehaving as told and an operator at the command line."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from lanes.model import IntentState
from lanes.mongo.store import MongoLaneStore
from local_stack.demo.model import SampleOrder
from local_stack.demo.play import Run
from support.play import a_run, complaints
from support.stack import WholeStack

_SECONDS = 60
Rule = Mapping[str, Any]


class Play:
    """One order on its way, with the vendor misbehaving as told."""

    def __init__(self, stack: WholeStack, run: Run) -> None:
        """Look at this run's only order."""
        self.stack, self.run = stack, run
        self.order: SampleOrder = run.orders[0]
        self.last = 0

    async def faults(self, *rules: Rule) -> None:
        """Put these faults in force, none instead of those before if there are none."""
        url = f"{self.run.stack.meinvoice_url}/_sandbox/faults"
        client = self.run.sandbox.client
        answer = await (client.put(url, json={"rules": list(rules)}) if rules else client.delete(url))
        assert answer.is_success, answer.text

    async def deliver(self) -> None:
        """Send the order's webhooks."""
        self.last = await self.run.deliver()

    async def intent(self) -> Mapping[str, Any]:
        """The order's invoice in its lane; empty when there is none yet."""
        found = await self.run.database["intents"].find_one({"labels.order": str(self.order.order_id)})
        return found or {}

    async def until(self, look: Callable[[], Awaitable[bool]], what: str) -> None:
        """Wait for something."""
        try:
            async with asyncio.timeout(_SECONDS):
                while not await look():  # noqa: ASYNC110  (other processes work)
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"waited for {what}; now {await self.intent()}") from None

    async def until_state(self, state: IntentState) -> None:
        """Wait until the invoice is in this state."""

        async def reached() -> bool:
            return (await self.intent()).get("state") == state.value

        await self.until(reached, state.value)

    async def until_order(self, state: str) -> None:
        """Wait until the order is in this state."""

        async def reached() -> bool:
            return bool((await self.hoadon("orders", "show", str(self.order.order_id))).get("state") == state)

        await self.until(reached, f"the order to be {state}")

    async def hoadon(self, *arguments: str, code: int = 0) -> Any:
        """Run a command, which must end with this code; its JSON."""
        done = await asyncio.to_thread(self.stack.hoadon, "--lang", "en", *arguments, "--json")
        assert done.code == code, (done.output, done.errors)
        return done.parsed

    async def operate(self, *arguments: str) -> None:
        """Run a command that prints no JSON."""
        done = await asyncio.to_thread(self.stack.hoadon, *arguments)
        assert done.code == 0, (done.output, done.errors)

    async def end(self) -> None:
        """Wait until everything is as it must be: issued once, no gap, written back."""
        result = await self.run.follow(self.last, lambda _tally, _pending: None)
        assert complaints(result) == []
        assert (await self.run.sandbox.audit())["issued_twice"] == []

    async def known_lane(self) -> str:
        """The order's lane, made known before anything is staged in it, so that it can be paused in time."""
        lane = self.order.expected.lane
        assert lane is not None
        await MongoLaneStore(self.run.database).wake({lane: frozenset({lane.rpartition(":")[0]})})
        return lane


@asynccontextmanager
async def one_order(stack: WholeStack, case: str = "counter sale") -> AsyncIterator[Play]:
    """One order of this kind, by default due with its first webhook; nothing is delivered yet."""
    async with stack.world() as (sandbox, database):
        made = Play(stack, await a_run(stack, sandbox, database, case))
        yield made
        await made.faults()
