"""The log of exchanges, filled by the running services and asked by the command line."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from lanes.mongo.store import MongoLaneStore
from local_stack.demo.play import Run
from support.one_order import Play, one_order
from support.play import complaints, in_every_lane
from support.stack import WholeStack

_PUBLISH = "POST /invoice"


async def _exchanges(stack: WholeStack, *arguments: str) -> Sequence[Mapping[str, Any]]:
    done = await asyncio.to_thread(stack.hoadon, "exchanges", "list", *arguments, "--json")
    assert done.code == 0, done.errors
    found: Sequence[Mapping[str, Any]] = done.parsed
    return found


@pytest.mark.timeout(240)
async def test_a_batch_is_found_from_each_order_and_trace(stack: WholeStack) -> None:
    """Orders that waited for their lane go in one request; each of them, and each trace, leads to it."""
    async with stack.world() as (sandbox, database):
        run = await in_every_lane(stack, sandbox, database, 4)
        lane = Counter(order.expected.lane for order in run.orders if order.expected.lane).most_common(1)[0][0]
        run = replace(run, orders=tuple(order for order in run.orders if order.expected.lane == lane))
        await MongoLaneStore(database).wake({lane: frozenset({lane.rpartition(":")[0]})})
        await _operate(stack, "lanes", "pause", lane, "--reason", "gom lại")
        last = await run.deliver()
        await _until_staged(run)
        await _operate(stack, "lanes", "resume", lane)
        assert complaints(await run.follow(last, lambda _tally, _pending: None)) == []
        largest = max(await _exchanges(stack), key=lambda one: len(one["ref_ids"]))
        assert len(largest["ref_ids"]) > 1
        assert (largest["operation"], len(largest["orders"])) == (_PUBLISH, len(largest["ref_ids"]))
        for ref_id in (largest["ref_ids"][0], largest["ref_ids"][-1]):
            intent = await database["intents"].find_one({"_id": ref_id})
            assert intent is not None
            trace = intent["traceparent"].split("-")[1]
            for known in (("--order", intent["labels"]["order"]), ("--ref-id", ref_id), ("--trace", trace)):
                assert largest["id"] in {one["id"] for one in await _exchanges(stack, *known)}, known


async def _operate(stack: WholeStack, *arguments: str) -> None:
    done = await asyncio.to_thread(stack.hoadon, *arguments)
    assert done.code == 0, done.errors


async def _until_staged(run: Run) -> None:
    """Wait until every order that is to be invoiced waits in its lane."""
    wanted = {str(order.order_id) for order in run.orders if order.expected.lane}
    async with asyncio.timeout(60):
        while True:
            found = run.database["intents"].find({"state": "staged"}, projection={"labels.order": True})
            if wanted <= {each["labels"]["order"] async for each in found}:
                return
            await asyncio.sleep(0.1)


@pytest.mark.timeout(240)
async def test_a_call_that_a_shutdown_ends_is_on_record(stack: WholeStack) -> None:
    """The vendor hangs while the process is told to end: request and failure are kept, and the order is issued once."""
    async with one_order(stack) as play:
        await play.faults({"kind": "accept-then-hang", "path": "*/invoice", "count": 1, "seconds": 60})
        await play.deliver()
        await play.until(lambda: _is_sending(play), "the request to be under way")
        assert await asyncio.to_thread(stack.stop, "invoicer") == [0]
        found = await _exchanges(stack, "--order", str(play.order.order_id))
        (cut,) = [one for one in found if one["operation"] == _PUBLISH]  # it may have been looked up already
        assert (cut["status"], cut["attempt"]) == (None, 1)
        assert cut["error"]
        stack.start("invoicer")
        await asyncio.to_thread(stack.wait_until_ready, "invoicer")
        await play.end()


async def _is_sending(play: Play) -> bool:
    url = f"{play.run.stack.meinvoice_url}/_sandbox/requests?path=*/invoice"
    requests = (await play.run.sandbox.client.get(url)).json()["requests"]
    ref_id = (await play.intent()).get("_id")
    return any(ref_id in request["ref_ids"] for request in requests)
