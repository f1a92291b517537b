"""`kill -9` of any service in the middle of the work: still one invoice for each order, and no gap."""

import asyncio

import pytest
from local_stack.demo.play import Run, new_run
from local_stack.demo.tally import tally
from local_stack.demo.watch import look
from support.stack import SERVICES, WholeStack

_ORDERS = 60


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
        result = await run.follow(last, lambda _tally, _pending: None)
    problems = [f"{check.what}: {check.problems}" for check in result.checks if check.problems]
    assert not problems
    assert [(order.case, text) for order, text in result.differences] == []
