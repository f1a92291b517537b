"""Runs of the demo with chosen kinds of orders."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from local_stack.demo.control import Sandbox
from local_stack.demo.model import SampleOrder
from local_stack.demo.play import Patience, Result, Run, new_run
from motor.motor_asyncio import AsyncIOMotorDatabase
from support.stack import WholeStack

_ENOUGH = 150
_PATIENCE = Patience(without_progress=60, in_all=120)


async def a_run(
    stack: WholeStack, sandbox: Sandbox, database: AsyncIOMotorDatabase[dict[str, Any]], *cases: str
) -> Run:
    """A run with one order of each case, already made known everywhere; nothing is delivered yet."""
    run = await new_run(stack.stack, sandbox, database, count=_ENOUGH)
    by_case: dict[str, list[SampleOrder]] = defaultdict(list)
    for order in run.orders:
        by_case[order.case].append(order)
    run = replace(run, orders=tuple(by_case[case].pop(0) for case in cases), patience=_PATIENCE)
    await run.prepare()
    return run


async def in_every_lane(
    stack: WholeStack, sandbox: Sandbox, database: AsyncIOMotorDatabase[dict[str, Any]], most: int
) -> Run:
    """A run with up to so many orders in each lane, all to be invoiced."""
    run = await new_run(stack.stack, sandbox, database, count=_ENOUGH)
    by_lane: dict[str, list[SampleOrder]] = defaultdict(list)
    for order in run.orders:
        if order.expected.lane:
            by_lane[order.expected.lane].append(order)
    run = replace(run, orders=tuple(o for some in by_lane.values() for o in some[:most]), patience=_PATIENCE)
    await run.prepare()
    return run


async def play(run: Run) -> Result:
    """Deliver and wait for the end."""
    return await run.follow(await run.deliver(), lambda _tally, _pending: None)


def complaints(result: Result) -> Sequence[str]:
    """Everything that is not as it must be."""
    wrong = [f"{check.what}: {problem}" for check in result.checks for problem in check.problems]
    return wrong + [f"{order.name} ({order.case}): {text}" for order, text in result.differences]
