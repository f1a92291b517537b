"""Bringing a stack up: infrastructure first, then topics, then the services, each as early as it can be."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

import httpx

from local_stack.errors import StackError
from local_stack.given import check_kafka, check_mongo, wait_for_kafka
from local_stack.layout import TOPICS_FILE, Layout
from local_stack.mongo import MongoServer
from local_stack.processes import Group
from local_stack.stack import Plan
from local_stack.supervision import MANAGER, Supervision
from local_stack.topics import provision, read_topics

_SECONDS = 180  # seconds on an idle machine, a minute on one under heavy load
_PAUSE = 0.1

Result = TypeVar("Result")

Say = Callable[[str], None]
"""Tells the user that a step is done."""


async def check_given(environment: Mapping[str, str]) -> None:
    """Make sure that what the user brings answers, before anything of ours is started.

    Raises:
        StackError: It does not.
    """
    if kafka := environment.get("KAFKA_BOOTSTRAP_SERVERS"):
        await check_kafka(kafka)
    if mongo := environment.get("MONGO_URL"):
        await asyncio.to_thread(check_mongo, mongo)


async def bring_up(plan: Plan, supervision: Supervision, say: Say, *, seconds: float = _SECONDS) -> None:
    """Wait for what starts by itself, make the topics, start the services and wait until they are ready.

    Raises:
        StackError: A process does not come up; the message names its log.
    """
    waiting = {program.name for program in plan.programs}
    try:
        async with asyncio.timeout(seconds):
            await while_alive(supervision, _bring_up(plan, supervision, waiting, say))
    except TimeoutError as error:
        raise StackError(
            _did_not(plan.layout, "come up", sorted(waiting), "or delete all local data with `make clean`")
        ) from error


async def while_alive(supervision: Supervision, work: Coroutine[Any, Any, Result]) -> Result:
    """The result of work that needs the stack, for as long as there is one.

    Raises:
        StackError: A process has been given up, or the process manager is gone.
    """
    working = asyncio.create_task(work)
    watching = asyncio.create_task(_given_up(supervision))
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise StackError(_ended(supervision, watching.result()))
    finally:
        working.cancel()
        watching.cancel()
        await asyncio.gather(working, watching, return_exceptions=True)


async def _bring_up(plan: Plan, supervision: Supervision, waiting: set[str], say: Say) -> None:
    started = time.monotonic()
    if plan.stack.haravan_url:
        supervision.start_group(Group.SANDBOX)
    await asyncio.gather(_kafka_with_topics(plan, waiting), _mongo(plan.mongo, waiting))
    say(f"Kafka and MongoDB answer, topics are there ({time.monotonic() - started:.1f} s)")
    supervision.start_group(Group.SERVICES)
    async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
        await asyncio.gather(*(_ready(client, name, url, waiting) for name, url in plan.ready_urls.items()))
    say(f"All processes are ready ({time.monotonic() - started:.1f} s)")


async def _kafka_with_topics(plan: Plan, waiting: set[str]) -> None:
    await wait_for_kafka(plan.stack.kafka_bootstrap_servers)
    await provision(plan.stack.kafka_bootstrap_servers, read_topics(TOPICS_FILE))
    waiting.discard("kafka")


async def _mongo(server: MongoServer | None, waiting: set[str]) -> None:
    while server:
        if await asyncio.to_thread(server.ready):
            break
        await asyncio.sleep(_PAUSE)
    waiting.discard("mongod")


async def _ready(client: httpx.AsyncClient, name: str, url: str, waiting: set[str]) -> None:
    while True:
        if await _succeeds(client, url):
            break
        await asyncio.sleep(_PAUSE)
    waiting.discard(name)


async def _succeeds(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).is_success
    except httpx.TransportError:
        return False  # it isn't listening yet


async def _given_up(supervision: Supervision) -> str:
    """The name of the first process that ended too often to be started again, or of the manager if it is gone."""
    while True:
        states = await asyncio.to_thread(supervision.processes)
        if not states:
            return MANAGER
        for state in states:
            if state.given_up:
                return state.name
        await asyncio.sleep(0.5)


def _ended(supervision: Supervision, name: str) -> str:
    if name == MANAGER:
        return f"Everything was stopped from elsewhere, as `make down` does: see {supervision.log}, then start again."
    return _did_not(supervision.layout, "stay up", [name], "then start again")


def _did_not(layout: Layout, what: str, names: list[str], remedy: str) -> str:
    logs = ", ".join(str(layout.logs / f"{name}.log") for name in names)
    return f"{' and '.join(names)} did not {what}: see {logs}, {remedy}."
