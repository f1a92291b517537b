"""Plays the demo on a stack that is up: shops, orders, webhooks, progress, summary, and whether all was right."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
from motor.motor_asyncio import AsyncIOMotorClient
from rich.console import Console

from local_stack.demo.control import Sandbox
from local_stack.demo.orders import DEFAULT_COUNT
from local_stack.demo.play import Result, Run, new_run
from local_stack.demo.progress import progress
from local_stack.demo.summary import companies, print_addresses, print_summary
from local_stack.stack import RunningStack

_HTTP_SECONDS = 30
_WIDTH = 120
"""Of what is not a terminal."""


async def run(
    stack: RunningStack,
    *,
    once: bool,
    count: int = DEFAULT_COUNT,
    started_at: datetime | None = None,
    out: Console | None = None,
) -> bool:
    """Play the demo; True only if every order ended as it must and every check holds.

    Args:
        stack: with both stand-ins.
        once: return at the end; otherwise everything stays up until Ctrl-C.
        count: how many orders.
        started_at: when the user pressed Enter (aware), to measure the time to the first invoice.
        out: where to print.

    Raises:
        StackError: a shop file is refused.
        SandboxError: a stand-in does not take something.
    """
    out = out or _console()
    mongo: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(stack.mongo_url, tz_aware=True)
    try:
        async with httpx.AsyncClient(timeout=_HTTP_SECONDS, trust_env=False) as client:
            sandbox = Sandbox(client, stack.haravan_url, stack.meinvoice_url)
            this = await new_run(stack, sandbox, mongo[stack.mongo_database], count=count)
            result = await _play(this, out, started_at or datetime.now(UTC))
    finally:
        mongo.close()
    if not once:
        print_addresses(out, stack)
        await asyncio.Event().wait()
    return result.right


def _console() -> Console:
    out = Console(highlight=False)
    return out if out.is_terminal else Console(highlight=False, width=_WIDTH)


async def _play(this: Run, out: Console, started_at: datetime) -> Result:
    begun = time.monotonic()
    shops = ", ".join(shop.settings.name for shop in this.shops)
    out.print(f"Run {this.number}: {len(this.orders)} orders of {shops}")
    await this.prepare()
    with progress(out, companies(this)) as display:
        odd = await this.send_odd_requests()
        result = await this.follow(asyncio.create_task(this.deliver()), display.show)
    result = replace(result, checks=[*result.checks, odd])
    print_summary(out, this, result, started_at=started_at, seconds=time.monotonic() - begun)
    return result
