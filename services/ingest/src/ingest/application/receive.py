"""Takes in one signed delivery: everything it says is in Kafka before Haravan hears 200."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from contracts.dead_letters import DeadLetter
from contracts.haravan import RereadRequested
from contracts.topics import Topic, resource_key

from ingest.application.ports import Events, EventTooLargeError
from ingest.domain.delivery import Delivery, Publish, PutAside, ReadAgain, judge, without_body

SOURCE = "/services/ingest"
ORIGIN = "webhook"


class Outcome(StrEnum):
    """What became of a delivery."""

    PUBLISHED = "published"
    READ_AGAIN = "read_again"
    PUT_ASIDE = "put_aside"


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a delivery, for the log and the metrics; `reason` is empty for what was published."""

    outcome: Outcome
    resource_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Size in bytes and SHA-256 of a body, for one that is too large to be kept."""

    size: int
    sha256: str

    @classmethod
    def of(cls, body: bytes) -> "Fingerprint":
        """The fingerprint of a body in hand."""
        return cls(len(body), hashlib.sha256(body).hexdigest())


class ReceiveDelivery:
    """The use case; raises `EventsUnavailableError` when nothing may be answered but "later"."""

    def __init__(self, events: Events) -> None:
        """Publish through `events`."""
        self._events = events

    async def __call__(self, delivery: Delivery, fingerprint: Fingerprint, within: timedelta) -> Received:
        """Judge the delivery and publish what follows from it, all within the time.

        Raises:
            EventsUnavailableError: when Kafka does not acknowledge; Haravan must send the delivery again.
        """
        verdict = judge(delivery)
        match verdict:
            case Publish(topic, resource):
                try:
                    await self._events.publish(topic, resource.to_event(source=SOURCE), within)
                except EventTooLargeError:
                    return await self._not_kept(delivery, without_body(verdict), fingerprint, within)
                return Received(Outcome.PUBLISHED, resource.resource_id)
            case ReadAgain() | PutAside():
                return await self._not_kept(delivery, verdict, fingerprint, within)

    async def _not_kept(
        self, delivery: Delivery, verdict: ReadAgain | PutAside, fingerprint: Fingerprint, within: timedelta
    ) -> Received:
        if isinstance(verdict, ReadAgain):
            return await self._read_again(delivery, verdict, fingerprint, within)
        await self._put_aside(delivery, verdict, fingerprint, within)
        return Received(Outcome.PUT_ASIDE, verdict.resource_id, verdict.reason)

    async def _read_again(
        self, delivery: Delivery, verdict: ReadAgain, fingerprint: Fingerprint, within: timedelta
    ) -> Received:
        detail = "the order is read again by API"
        await self._put_aside(delivery, PutAside(verdict.reason, detail, verdict.order_id), fingerprint, within)
        request = RereadRequested(
            shop=delivery.shop,
            org_id=delivery.org_id,
            resource_id=verdict.order_id,
            reason=verdict.reason,
            cause=f"{delivery.org_id}:{delivery.headers.topic}:{verdict.order_id}:{fingerprint.sha256[:32]}",
        )
        event = request.to_event(source=SOURCE, time=delivery.received_at)
        await self._events.publish(Topic.HARAVAN_REREADS, event, within)
        return Received(Outcome.READ_AGAIN, verdict.order_id, verdict.reason)

    async def _put_aside(
        self, delivery: Delivery, verdict: PutAside, fingerprint: Fingerprint, within: timedelta
    ) -> None:
        letter = DeadLetter(
            origin=ORIGIN,
            reason=verdict.reason,
            detail=verdict.detail,
            at=delivery.received_at,
            key=resource_key(delivery.org_id, verdict.resource_id or "-"),
            body=delivery.body if delivery.body is not None else _stand_in(fingerprint),
            headers=_told(delivery),
            shop=delivery.shop,
        )
        try:
            await self._events.publish(Topic.DEAD_LETTERS, letter.to_event(source=SOURCE), within)
        except EventTooLargeError:
            small = replace(letter, body=_stand_in(fingerprint))
            await self._events.publish(Topic.DEAD_LETTERS, small.to_event(source=SOURCE), within)


def _stand_in(fingerprint: Fingerprint) -> bytes:
    """What is kept of a body that is too large: enough to recognise it."""
    return json.dumps({"size": fingerprint.size, "sha256": fingerprint.sha256}).encode()


def _told(delivery: Delivery) -> dict[str, str]:
    headers = delivery.headers
    told = {
        "X-Haravan-Topic": headers.topic,
        "X-Haravan-Org-Id": headers.org_id or "",
        "X-Haravan-Order-Id": headers.order_id or "",
        "X-Haravan-Test": "True" if headers.is_test else "",
    }
    return {name: value for name, value in told.items() if value}
