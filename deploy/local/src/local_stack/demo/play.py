"""One run of the demo, without a word on how it is shown: prepare, deliver, follow until all is as it must be."""

import asyncio
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from orders.store import COLLECTION

from local_stack.demo import oddities, runs
from local_stack.demo.checks import Check, Records, checks
from local_stack.demo.control import Sandbox, UnderWay
from local_stack.demo.model import Ending, SampleOrder
from local_stack.demo.orders import VIETNAM, only_delivered_as_test, sample_orders
from local_stack.demo.script import deliveries
from local_stack.demo.shops import DemoShop, addresses, demo_shops
from local_stack.demo.tally import Tally, tally
from local_stack.demo.watch import Seen, difference, key_of, look
from local_stack.errors import StackError
from local_stack.processes import script
from local_stack.stack import RunningStack

API = "/api/integration"
"""Where meInvoice's API lies below its host (meInvoice Open API §1.2)."""
_PAUSE = 0.25
_ECHO_SECONDS = 30

Show = Callable[[Tally, int], None]
"""Told the newest counts and how many webhooks are on their way."""


@dataclass(frozen=True, slots=True)
class Patience:
    """When to stop waiting, in seconds: without any progress, and in all."""

    without_progress: float = 180
    in_all: float = 900


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended."""

    tally: Tally
    checks: Sequence[Check]
    differences: Sequence[tuple[SampleOrder, str]]
    seen: Seen

    @property
    def right(self) -> bool:
        """Whether everything ended as it must."""
        return not self.differences and not any(check.problems for check in self.checks)


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its shops and orders, and what it works on."""

    stack: RunningStack
    sandbox: Sandbox
    database: AsyncIOMotorDatabase[dict[str, Any]]
    number: int
    shops: tuple[DemoShop, ...]
    orders: tuple[SampleOrder, ...]
    patience: Patience = field(default_factory=Patience)

    async def prepare(self) -> None:
        """Make shops, companies and orders known to the stand-ins, and the shops to the system.

        Raises:
            StackError: a shop file is refused.
            SandboxError: a stand-in does not take something.
        """
        today = datetime.now(VIETNAM).date()
        accounts = [account for shop in self.shops for account in shop.settings.accounts]
        await asyncio.gather(
            self._apply(),
            self.sandbox.hasten(),
            self.sandbox.put_orders(self.orders),
            *(self.sandbox.put_account(account, today) for account in accounts),
        )
        for shop in self.shops:  # last: the handshake of a webhook asks ingest, which must know the shop
            await self.sandbox.put_shop(shop, self.stack.ingest_url)

    async def deliver(self) -> int:
        """Hand over all webhooks; the stand-in's number of the last one."""
        return await self.sandbox.deliver(deliveries(self.orders, seed=self.number))

    async def send_odd_requests(self) -> Check:
        """What else arrives at a public address, and whether it was answered as it must be."""
        order = next(each for each in self.orders if each.expected.ending is Ending.HELD)
        shop = next(shop for shop in self.shops if shop.id == order.shop)
        odd = oddities.oddities(shop, order)
        answers = [await oddities.send(self.sandbox.client, self.stack.ingest_url, each) for each in odd]
        return Check("odd requests are answered as they must be", tuple(filter(None, answers)))

    async def follow(self, last_delivery: int | asyncio.Task[int], show: Show) -> Result:
        """Wait until every order has ended as it must, or until there is no hope left.

        Args:
            last_delivery: what `deliver` gave, or will give.
            show: told the newest counts again and again.
        """
        started = changed = time.monotonic()
        before: Tally | None = None
        while True:
            seen, under_way = await look(self.database, self.orders), await self.sandbox.under_way()
            counts = tally(self.orders, seen)
            show(counts, under_way.count)
            now = time.monotonic()
            changed, before = (changed, before) if counts == before else (now, counts)
            if counts.done == counts.of and _all_arrived(under_way, last_delivery):
                return await self._result(await self._after_echoes(now + _ECHO_SECONDS))
            if now - changed > self.patience.without_progress or now - started > self.patience.in_all:
                return await self._result(seen)
            await asyncio.sleep(_PAUSE)

    async def _apply(self) -> None:
        environment = os.environ | self.stack.environment | _addresses(self.stack)
        files = [str(shop.file) for shop in self.shops]
        process = await asyncio.create_subprocess_exec(
            *(script("hoadon"), "config", "apply", *files),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        if process.returncode != 0:
            raise StackError(f"hoadon config apply ended with {process.returncode}:\n{output.decode(errors='replace')}")

    async def _after_echoes(self, deadline: float) -> Seen:
        """What is known once every order has been seen as it stands in Haravan now, with the echo of our own write."""
        stored = await self._in_haravan()
        while True:
            seen = await look(self.database, self.orders)
            behind = [key for key, order in stored.items() if seen[key].updated_at < _moment(order["updated_at"])]
            if not behind or time.monotonic() > deadline:
                return seen
            await asyncio.sleep(_PAUSE)

    async def _in_haravan(self) -> dict[str, Mapping[str, Any]]:
        orders = [order for order in self.orders if order.expected.ending is not Ending.UNKNOWN]
        return dict(zip(map(key_of, orders), await self.sandbox.read_orders(orders), strict=True))

    async def _result(self, seen: Seen) -> Result:
        ref_ids = await self.database[COLLECTION].distinct("invoices.ref_id", {"invoices.ref_id": {"$type": "string"}})
        records = Records(
            audit=await self.sandbox.audit(),
            invoices=await self.sandbox.invoices(),
            in_haravan=await self._in_haravan(),
            ref_ids=[each for each in ref_ids if isinstance(each, str)],
        )
        found = ((order, difference(order, seen.get(key_of(order)))) for order in self.orders)
        return Result(
            tally=tally(self.orders, seen),
            checks=checks(self.shops, self.orders, seen, records),
            differences=[(order, text) for order, text in found if text is not None],
            seen=seen,
        )


async def new_run(
    stack: RunningStack, sandbox: Sandbox, database: AsyncIOMotorDatabase[dict[str, Any]], *, count: int
) -> Run:
    """The next run on this stack, with orders that no earlier one had."""
    shops = demo_shops(_addresses(stack))
    number = await runs.next_number(database, stack.data_dir)
    orders = list(sample_orders(shops, run=number, now=datetime.now(UTC), count=count))
    tested = next(at for at, order in enumerate(orders) if order.case == "ordinary")
    orders[tested] = only_delivered_as_test(orders[tested])
    return Run(stack, sandbox, database, number, shops, tuple(orders))


def _all_arrived(under_way: UnderWay, last_delivery: int | asyncio.Task[int]) -> bool:
    if isinstance(last_delivery, int):
        return under_way.arrived(last_delivery)
    return last_delivery.done() and under_way.arrived(last_delivery.result())


def _addresses(stack: RunningStack) -> dict[str, str]:
    return addresses(stack.haravan_url, stack.meinvoice_url + API)


def _moment(text: str) -> datetime:
    """Haravan's time, to the millisecond that MongoDB keeps."""
    moment = datetime.fromisoformat(text)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
