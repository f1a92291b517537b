"""Look-ups: of what is in flight, and of refused or set-aside intents that may still turn out issued."""

import asyncio
import logging
from collections.abc import Mapping, Sequence

from lanes.context import Context
from lanes.model import Intent, IntentState
from lanes.outcomes import LookUp, Unclear
from lanes.ports import Count, FailPoint
from lanes.settling import watch_change
from lanes.store import StoreUnavailable

log = logging.getLogger(__name__)

WATCH_LIMIT = 200


async def look_up(context: Context, intents: Sequence[Intent]) -> Mapping[str, LookUp]:
    """Ask the vendor; a look-up that fails is unclear, never an error of the lane."""
    try:
        async with asyncio.timeout(context.settings.lease_seconds):
            return await context.publisher.look_up(intents)
    except TimeoutError:
        reason = "the look-up took too long"
    except Exception as error:  # foreign code; whatever it is, the look-up brought nothing
        log.warning("a look-up failed", exc_info=True)
        reason = f"{type(error).__name__}: {error}"
    return {intent.ref_id: Unclear(reason) for intent in intents}


async def watch(context: Context) -> None:
    """Look up what is due outside the lanes' way, account by account, so that one that hangs delays no other."""
    by_account: dict[str, list[Intent]] = {}
    for intent in await context.store.watched(limit=WATCH_LIMIT):
        by_account.setdefault(intent.command.account, []).append(intent)
    async with asyncio.TaskGroup() as group:
        for intents in by_account.values():
            group.create_task(_watch_or_wait(context, intents))


async def _watch_or_wait(context: Context, intents: Sequence[Intent]) -> None:
    try:
        await _watch_account(context, intents)
    except StoreUnavailable as error:  # it passes, and these come again; the other accounts' must go on
        log.warning("look-ups beside the lanes wait for the database: %s", error)


async def _watch_account(context: Context, intents: Sequence[Intent]) -> None:
    at = await context.store.now()  # before asking: a watch ends only by a look-up that was asked after its end
    found = await look_up(context, intents)
    context.fail_point(FailPoint.WATCH_AFTER_LOOK_UP)
    told: list[Intent] = []
    for intent in intents:
        change = watch_change(intent, found, at=at, settings=context.settings)
        if await context.store.change_intent(change) and change.after.version > intent.version:
            told.append(change.after)
            if change.after.state is IntentState.ISSUED:
                context.metrics.count(Count.ADOPTED)
    context.fail_point(FailPoint.WATCH_AFTER_RECORD)
    await context.announcing.announce(told)
