"""One shop, its vendor and orders, a store and a clock, for tests of the status poller's use cases."""

from datetime import timedelta
from typing import Any

from status_poller.adapters.mongo import MongoFollowUps
from status_poller.application.announce import announce_stored
from status_poller.application.crew import Crew
from status_poller.application.poll import Poller
from status_poller.application.ports import StatusEvent
from status_poller.application.take_in import take_in
from status_poller.application.write_back import Writer
from status_poller.domain.schedule import FailureBackoff, PollSchedule, WriteSchedule
from support.follow_ups import Announced, FakeOrders, FakeVendor, ManualClock, OneShop, issued
from support.shops import example_shop

LEASE = timedelta(minutes=5)
ORDER = 1849587434


class World:
    """One shop, its vendor and orders, a store, a clock."""

    def __init__(self, store: MongoFollowUps) -> None:
        """Nothing is issued yet."""
        self.store = store
        self.clock = ManualClock()
        self.shops = OneShop(example_shop())
        self.vendor = FakeVendor()
        self.orders = FakeOrders({ORDER: {"id": ORDER, "tags": "VIP", "note_attributes": [{"name": "a", "value": 1}]}})
        self.poller = Poller(
            follow_ups=store,
            shops=self.shops,
            vendor=self.vendor,
            clock=self.clock,
            schedule=PollSchedule(),
            backoff=FailureBackoff(),
            lease=LEASE,
            crew=Crew(),
        )
        self.writer = Writer(
            follow_ups=store,
            shops=self.shops,
            orders=self.orders,
            clock=self.clock,
            schedule=WriteSchedule(longest=timedelta(hours=6)),  # few steps to the end
            lease=LEASE,
            crew=Crew(),
        )

    async def issue(self, **changed: Any) -> str:
        """Take in an issued invoice."""
        event = issued(**changed)
        await take_in(event, follow_ups=self.store, schedule=PollSchedule(), clock=self.clock, traceparent=None)
        return event.ref_id

    async def events(self) -> list[StatusEvent]:
        """Announce what is stored and return it."""
        announced = Announced()
        await announce_stored(self.store, announced, limit=1000)
        return announced.events
