"""`kill -9` of any service in the middle of the work: still one invoice for each order, and no gap."""

import asyncio
from dataclasses import replace

import pytest
from local_stack.demo.play import Run, new_run
from local_stack.demo.tally import tally
from local_stack.demo.watch import look
from support.play import complaints
from support.stack import SERVICES, WholeStack

_ORDERS = 60
_KILLS = 3


async def _issued(run: Run) -> int:
    return sum(lane.issued for lane in tally(run.orders, await look(run.database, run.orders)).lanes)


async def _until_issued(run: Run, least: int) -> None:
    async with asyncio.timeout(60):
        while await _issued(run) < least:  # noqa: ASYNC110  (another process counts)
            await asyncio.sleep(0.02)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("victim", SERVICES)
async def test_a_killed_service_loses_and_repeats_nothing(stack: WholeStack, victim: str) -> None:
    """Killed while webhooks, requests and write-backs are under way, started again: everything ends as it must."""
    async with stack.world() as (sandbox, database):
        run = await new_run(stack.stack, sandbox, database, count=_ORDERS)
        await run.prepare()
        last = await run.deliver()
        await _until_issued(run, 3)
        stack.kill(victim)
        stack.start(victim)
        assert complaints(await run.follow(last, lambda _tally, _pending: None)) == []


async def _until_in_flight(run: Run) -> None:
    """Wait until meInvoice is working on a publish request."""
    url = f"{run.stack.meinvoice_url}/_sandbox/requests?path=*/invoice"
    async with asyncio.timeout(60):
        while True:
            requests = (await run.sandbox.client.get(url)).json()["requests"]
            if any(request["ended_at"] is None for request in requests):
                return
            await asyncio.sleep(0.02)


@pytest.mark.timeout(180)
async def test_killed_again_and_again_while_meinvoice_works(stack: WholeStack) -> None:
    """What meInvoice is working on is issued, but its answer reaches nobody: it is looked up, not sent as another."""
    async with stack.world() as (sandbox, database):
        run = await new_run(stack.stack, sandbox, database, count=_ORDERS)
        await run.prepare()
        slow = {"rules": [{"kind": "latency", "path": "*/invoice", "seconds": 0.8}]}
        await sandbox.client.put(f"{stack.stack.meinvoice_url}/_sandbox/faults", json=slow)
        last = 0
        for part in range(_KILLS):  # whatever was issued before, something is left to send
            last = await replace(run, orders=run.orders[part::_KILLS]).deliver()
            await _until_in_flight(run)
            stack.kill("invoicer")
            stack.start("invoicer")
            stack.wait_until_ready("invoicer")
        await sandbox.client.delete(f"{stack.stack.meinvoice_url}/_sandbox/faults")
        assert complaints(await run.follow(last, lambda _tally, _pending: None)) == []
