"""What the use cases need from the outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from contracts.status import InvoiceStatusChanged, OrderWrittenBack
from meinvoice.answers import StatusAnswer
from shops.models import Account, Shop

from status_poller.domain.follow_up import FollowUp, Invoice, State

StatusEvent = InvoiceStatusChanged | OrderWrittenBack


class Job(StrEnum):
    """The two things that are due for a follow-up, each with its own time and lease."""

    POLL = "poll"
    WRITE_BACK = "write_back"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A follow-up that is ours until the lease ends; `lease` proves it."""

    follow_up: FollowUp
    lease: str


@dataclass(frozen=True, slots=True)
class PollResult:
    """What asking brought. `state` is None when nothing changed, `due` None when it is over."""

    due: datetime | None
    state: State | None = None
    answered: bool = True
    invoice_with_code: bool | None = None


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What writing brought: `error` is a kind such as `UnauthorizedError`, empty for success."""

    due: datetime | None
    error: str = ""


class FollowUps(Protocol):
    """The store of follow-ups. Claims and finishes are compare-and-set: only the holder of a lease changes its job."""

    async def take_in(self, invoice: Invoice, *, now: datetime, poll_due: datetime, traceparent: str | None) -> bool:
        """Start following an invoice, or take over a higher version; False when it is known already."""

    async def claim(
        self, job: Job, *, now: datetime, lease: timedelta, limit: int, but_not: Sequence[str] = ()
    ) -> Sequence[Claimed]:
        """Take what is due, oldest first, but nothing of the shops in `but_not`."""

    async def finish_poll(self, claimed: Claimed, result: PollResult, event: StatusEvent | None, now: datetime) -> bool:
        """Store what asking brought and the event to announce; False when the lease was lost."""

    async def finish_write(
        self, claimed: Claimed, result: WriteResult, event: StatusEvent | None, now: datetime
    ) -> bool:
        """Store what writing brought; what changed since the claim is due again at once."""

    async def postpone(self, job: Job, *, until: datetime, shop: str, account: str | None = None) -> None:
        """Put off everything of a shop, or of one account of it, that would be due before."""

    async def of_order(self, shop: str, order_id: int) -> Sequence[FollowUp]:
        """All follow-ups of one order."""

    async def unannounced(self, *, limit: int) -> Sequence[tuple[FollowUp, Sequence[StatusEvent]]]:
        """Events that are stored but were not acknowledged by Kafka, per follow-up in order."""

    async def announced(self, ref_id: str, sequence: int) -> None:
        """Forget the events up to this sequence."""


class Shops(Protocol):
    """Where shops are looked up."""

    async def get(self, shop_id: str) -> Shop | None:
        """The shop as it is now."""


class Vendor(Protocol):
    """meInvoice, asked for the state of what was issued."""

    async def ask(
        self, account: Account, ref_ids: Sequence[str], *, invoice_with_code: bool, calculating_machine: bool
    ) -> StatusAnswer:
        """The state of up to 50 invoices of an account."""


class Orders(Protocol):
    """One shop's orders in Haravan; each call raises `haravan.errors.HaravanError`."""

    async def order(self, order_id: int) -> Mapping[str, Any]:
        """One order."""

    async def put_note_attributes(self, order_id: int, attributes: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Replace the order's list."""

    async def add_tags(self, order_id: int, tags: Sequence[str]) -> str:
        """Add tags."""


class OrdersOfShops(Protocol):
    """Finds a shop's orders."""

    def of(self, shop: Shop) -> Orders:
        """The orders of a shop, called with its token."""


class Announcer(Protocol):
    """Where events go."""

    async def announce(self, message: StatusEvent, traceparent: str | None) -> None:
        """Publish; returns once Kafka has it.

        Raises:
            KafkaUnavailableError: Kafka did not acknowledge it.

        """


class Clock(Protocol):
    """Time."""

    def utc_now(self) -> datetime:
        """Now, aware UTC."""
