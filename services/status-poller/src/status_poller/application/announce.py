"""Publishes what is stored as to be announced, in the order of each invoice."""

from collections.abc import Sequence

from runtime.kafka import KafkaUnavailableError
from runtime.logs import get_logger

from status_poller.application.ports import Announcer, FollowUps, StatusEvent
from status_poller.domain.follow_up import FollowUp

_log = get_logger(__name__)


async def announce_stored(follow_ups: FollowUps, announcer: Announcer, *, limit: int) -> int:
    """Publish stored events; what Kafka does not take stays stored. How many follow-ups were served."""
    served = 0
    for follow_up, messages in await follow_ups.unannounced(limit=limit):
        try:
            await _announce(follow_up, messages, follow_ups, announcer)
        except KafkaUnavailableError as error:
            _log.warning("status not announced yet", reason=str(error))
            return served
        served += 1
    return served


async def _announce(
    follow_up: FollowUp, messages: Sequence[StatusEvent], follow_ups: FollowUps, announcer: Announcer
) -> None:
    for message in messages:
        await announcer.announce(message, follow_up.traceparent)
    last = max(message.sequence for message in messages)
    await follow_ups.announced(follow_up.invoice.ref_id, last)
