"""Writes an invoice's number, codes and state to its order in Haravan, without touching anybody else's fields."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby

from haravan.errors import (
    ForbiddenError,
    HaravanError,
    TooManyRequestsError,
    UnauthorizedError,
    UnavailableError,
)
from haravan.write_back import merge_note_attributes, missing_tags
from runtime import metrics
from runtime.logs import bound, get_logger
from runtime.mongo import is_transient
from runtime.resources import reason_of
from runtime.tracing import span
from shops.models import Shop

from status_poller.application.crew import Crew
from status_poller.application.events import not_written_back, written_back
from status_poller.application.ports import (
    Claimed,
    Clock,
    FollowUps,
    Job,
    Orders,
    OrdersOfShops,
    Shops,
    WriteResult,
)
from status_poller.domain.follow_up import FollowUp
from status_poller.domain.order_fields import note_attributes
from status_poller.domain.schedule import WriteSchedule

_log = get_logger(__name__)

_WHOLE_SHOP = (UnauthorizedError, ForbiddenError, TooManyRequestsError, UnavailableError)
"""Failures that every other order of the shop would meet too."""

_PASSING = (TooManyRequestsError, UnavailableError)
_PASSING_FAILURES_BEFORE_NEWS = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an order was not written."""

    kind: str
    vi: str
    en: str
    whole_shop: bool = False
    passing: bool = False
    wait: float | None = None


_NO_SHOP = Problem(
    "ShopMissing",
    "Shop không còn trong cấu hình; thêm lại shop để ghi hóa đơn vào đơn hàng",
    "The shop is not configured any more; apply it again to have its orders written",
    whole_shop=True,
)

_UNEXPECTED = Problem(
    "Exception",
    "Lỗi ngoài dự kiến khi ghi hóa đơn vào đơn hàng; xem nhật ký của status-poller",
    "An unexpected failure while the invoice was written to its order; see the log of status-poller",
)


@dataclass(frozen=True, slots=True)
class Writer:
    """One round of write-backs after another; shops side by side, the orders of one shop one after another."""

    follow_ups: FollowUps
    shops: Shops
    orders: OrdersOfShops
    clock: Clock
    schedule: WriteSchedule
    lease: timedelta
    crew: Crew
    limit: int = 100

    async def round(self) -> int:
        """Start writing what is due; how many were due."""
        now, due = self.clock.utc_now(), list[Claimed]()
        if not self.crew.full():
            due += await self.follow_ups.claim(
                Job.WRITE_BACK, now=now, lease=self.lease, limit=self.limit, but_not=self.crew.busy()
            )
        for shop, group in groupby(sorted(due, key=_shop_of), key=_shop_of):
            self.crew.start(shop, self._shop(shop, list(group)))
        await self.crew.breathe()
        return len(due)

    async def _shop(self, shop_id: str, due: Sequence[Claimed]) -> None:
        """All that is due of one shop, until one meets a failure that all would meet."""
        for at, one in enumerate(due):
            invoice = one.follow_up.invoice
            with (
                bound(shop=shop_id, order=invoice.order_id, ref_id=invoice.ref_id, lane=invoice.lane),
                span("write back", parent=one.follow_up.traceparent),
            ):
                try:
                    problem = await self._one(one)
                except Exception as error:  # noqa: BLE001  (one order must not stop the others; it is logged)
                    _log.exception("order not written", reason=reason_of(error))
                    if is_transient(error):
                        continue  # MongoDB is away: it stays leased and comes again
                    problem = await self._failed(one, replace(_UNEXPECTED, kind=type(error).__name__))
                if problem is not None:
                    _log.warning("order not written back", reason=problem.en)
            if problem is not None and problem.whole_shop:
                await self._rest(due[at + 1 :], problem)
                return

    async def _rest(self, due: Sequence[Claimed], problem: Problem) -> None:
        for one in due:
            await self._failed(one, problem)
        if due:
            _log.warning("other orders of the shop wait too", orders=len(due), reason=problem.en)

    async def _one(self, one: Claimed) -> Problem | None:
        shop = await self.shops.get(one.follow_up.invoice.shop)
        if shop is None:
            return await self._failed(one, _NO_SHOP)
        if not shop.write_back.enabled:
            await self.follow_ups.finish_write(one, WriteResult(None), None, self.clock.utc_now())
            return None
        try:
            wrote = await self._write(shop, one)
        except HaravanError as error:
            return await self._failed(one, _problem(error))
        await self._succeeded(one, wrote=wrote)
        return None

    async def _write(self, shop: Shop, one: Claimed) -> bool:
        """Bring the order up to date; False when it was, so that the echo of our own write ends here."""
        orders = self.orders.of(shop)
        invoice = one.follow_up.invoice
        together = await self.follow_ups.of_order(invoice.shop, invoice.order_id)
        order = await orders.order(invoice.order_id)
        ours = note_attributes(shop.write_back.note_attributes, together)
        merged = merge_note_attributes(order.get("note_attributes"), ours)
        if merged.changed:
            await orders.put_note_attributes(invoice.order_id, merged.attributes)
        tagged = await self._tag(shop, orders, invoice.order_id, order.get("tags"))
        return merged.changed or tagged

    async def _tag(self, shop: Shop, orders: Orders, order_id: int, current: str | None) -> bool:
        missing = missing_tags(current, [shop.write_back.tag])
        if missing:
            await orders.add_tags(order_id, missing)
        return bool(missing)

    async def _succeeded(self, one: Claimed, *, wrote: bool) -> None:
        follow_up, now = one.follow_up, self.clock.utc_now()
        news = follow_up.written_at is None or bool(follow_up.write_error)
        event = written_back(follow_up, now) if news else None
        await self.follow_ups.finish_write(one, WriteResult(None), event, now)
        metrics.count(
            "hoadon_write_backs_total", shop=follow_up.invoice.shop, outcome="written" if wrote else "unchanged"
        )
        _log.info("order written back", wrote=wrote)

    async def _failed(self, one: Claimed, problem: Problem) -> Problem:
        """Record it and try again later."""
        follow_up, now = one.follow_up, self.clock.utc_now()
        failures = follow_up.failed_writes + 1
        due = self.schedule.next(failures=failures, since=follow_up.followed_since, now=now)
        if due is not None and problem.wait is not None:
            due = max(due, now + timedelta(seconds=problem.wait))
        event = not_written_back(follow_up, now, vi=problem.vi, en=problem.en) if _news(follow_up, problem) else None
        await self.follow_ups.finish_write(one, WriteResult(due, problem.kind), event, now)
        if problem.whole_shop and due is not None:
            await self.follow_ups.postpone(Job.WRITE_BACK, until=due, shop=follow_up.invoice.shop)
        metrics.count("hoadon_write_backs_total", shop=follow_up.invoice.shop, outcome="failed")
        if due is None:
            metrics.count("hoadon_alarms_total", kind="write_back_given_up")
            _log.error("order not written back for good", ref_id=follow_up.invoice.ref_id, failures=failures)
        return problem


def _problem(error: HaravanError) -> Problem:
    return Problem(
        kind=type(error).__name__,
        vi=f"{error.advice_vi} ({error.refusal})",
        en=f"{error.advice_en} ({error.refusal})",
        whole_shop=isinstance(error, _WHOLE_SHOP),
        passing=isinstance(error, _PASSING),
        wait=error.retry_after if isinstance(error, TooManyRequestsError) else None,
    )


def _news(follow_up: FollowUp, problem: Problem) -> bool:
    """Told once per kind of failure, not once per attempt; what usually passes is told only when it stays."""
    if problem.passing:
        return follow_up.failed_writes + 1 == _PASSING_FAILURES_BEFORE_NEWS
    return follow_up.write_error != problem.kind


def _shop_of(one: Claimed) -> str:
    return one.follow_up.invoice.shop
