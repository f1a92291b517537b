"""Products and customers from `haravan.products` and `haravan.customers`, in batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from contracts.envelope import UnreadableEventError
from contracts.haravan import RawResource
from contracts.topics import Topic
from runtime.kafka import Ack, DeadLetter, Outcome, Record

from invoicer.application.keep_catalogue import UnusableError

PRODUCTS_TOPIC = Topic.HARAVAN_PRODUCTS
PRODUCTS_GROUP = "invoicer.products"
CUSTOMERS_TOPIC = Topic.HARAVAN_CUSTOMERS
CUSTOMERS_GROUP = "invoicer.customers"

N = TypeVar("N")


class Keep(Protocol[N]):
    """A use case that reads records one by one and keeps them together."""

    async def read(self, resource: RawResource) -> N:
        """What a record says.

        Raises:
            UnusableError: when it is for the dead letters.
        """
        ...

    async def __call__(self, news: Sequence[N]) -> None:
        """Keep what some records say, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class CatalogueHandler(Generic[N]):
    """A batch handler: what cannot be read is put aside, the rest is kept in one write."""

    keep: Keep[N]

    async def __call__(self, records: Sequence[Record]) -> Sequence[Outcome]:
        """Keep what the records say."""
        news: list[N] = []
        outcomes: list[Outcome] = []
        for record in records:
            try:
                news.append(await self.keep.read(RawResource.from_event(record.event())))
                outcomes.append(Ack())
            except UnreadableEventError as error:
                outcomes.append(DeadLetter("UNREADABLE_EVENT", str(error)))
            except UnusableError as error:
                outcomes.append(DeadLetter(error.reason, str(error)))
        if news:
            await self.keep(news)
        return outcomes
