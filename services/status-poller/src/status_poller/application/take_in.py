"""Starts following what was issued."""

from contracts.results import InvoiceIssued

from status_poller.application.ports import Clock, FollowUps
from status_poller.domain.follow_up import invoice_of
from status_poller.domain.schedule import PollSchedule


async def take_in(
    event: InvoiceIssued, *, follow_ups: FollowUps, schedule: PollSchedule, clock: Clock, traceparent: str | None
) -> bool:
    """Follow the invoice; the write-back is due at once. False for a redelivery or an older version."""
    now = clock.utc_now()
    poll_due = now + (schedule.first[0] if schedule.first else schedule.until_verdict)
    return await follow_ups.take_in(invoice_of(event), now=now, poll_due=poll_due, traceparent=traceparent)
