"""Asks meInvoice for the state of what is due, in batches by account, lane and kind of series."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from meinvoice.answers import Failure, Statuses, WholeRefusal
from meinvoice.client import MOST_IDS
from meinvoice.models import InvoiceStatus
from runtime.logs import bound, get_logger
from runtime.mongo import is_transient
from runtime.resources import reason_of
from runtime.tracing import span, trace_id_of
from shops.models import Account

from status_poller.application.crew import Crew
from status_poller.application.events import status_changed
from status_poller.application.ports import Claimed, Clock, FollowUps, Job, PollResult, Shops, Vendor
from status_poller.domain.follow_up import Invoice
from status_poller.domain.schedule import FailureBackoff, PollSchedule
from status_poller.domain.verdicts import state_of

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """What one question has in common: shop, account, lane, and the two flags of the series.

    Of one lane, so that its exchange is found from that lane, as those of publishing are.
    """

    shop: str
    account: str
    lane: str
    invoice_with_code: bool
    calculating_machine: bool


@dataclass(frozen=True, slots=True)
class Poller:
    """One round of questions after another; a failing account is put off as a whole, a slow one holds up no other."""

    follow_ups: FollowUps
    shops: Shops
    vendor: Vendor
    clock: Clock
    schedule: PollSchedule
    backoff: FailureBackoff
    lease: timedelta
    crew: Crew
    limit: int = 500

    async def round(self) -> int:
        """Start asking for everything that is due, all batches side by side; how many were due."""
        now, due = self.clock.utc_now(), list[Claimed]()
        if not self.crew.full():
            due += await self.follow_ups.claim(
                Job.POLL, now=now, lease=self.lease, limit=self.limit, but_not=self.crew.busy()
            )
        for shop, group in groupby(sorted(due, key=_shop_of), key=_shop_of):
            self.crew.start(shop, self._shop(list(group)))
        await self.crew.breathe()
        return len(due)

    async def _shop(self, due: Sequence[Claimed]) -> None:
        await asyncio.gather(*(self._isolated(kind, batch) for kind, batch in _batches(due)))

    async def _isolated(self, kind: Kind, batch: Sequence[Claimed]) -> None:
        """What fails unexpectedly comes again, ever later; the other batches go on."""
        parents = [one.follow_up.traceparent for one in batch]
        with _about(kind, batch), span("ask status", links=parents):
            try:
                await self._ask(kind, batch)
            except Exception as error:  # noqa: BLE001  (one batch must not stop the others; it is logged)
                _log.exception("status not asked", reason=reason_of(error))
                if not is_transient(error):  # while MongoDB is away it stays leased
                    await self._later(batch, None)

    async def _ask(self, kind: Kind, batch: Sequence[Claimed]) -> None:
        shop = await self.shops.get(kind.shop)
        account = shop.account_by_key(kind.account) if shop is not None else None
        if account is None:
            await self._put_off(kind, batch, "the shop or its account is not configured any more", None)
            return
        answer = await self._rows(account, kind, batch, with_code=kind.invoice_with_code)
        if not isinstance(answer, dict):
            await self._failed(kind, batch, answer)
            return
        missing = [one for one in batch if one.follow_up.invoice.ref_id.lower() not in answer]
        other = await self._rows(account, kind, missing, with_code=not kind.invoice_with_code) if missing else {}
        found_elsewhere: Mapping[str, InvoiceStatus] = other if isinstance(other, dict) else {}
        for one in batch:
            ref_id = one.follow_up.invoice.ref_id.lower()
            if ref_id in answer:
                await self._found(one, answer[ref_id], with_code=kind.invoice_with_code)
            elif ref_id in found_elsewhere:
                await self._found(one, found_elsewhere[ref_id], with_code=not kind.invoice_with_code)
            else:
                await self._not_found(one)

    async def _rows(
        self, account: Account, kind: Kind, batch: Iterable[Claimed], *, with_code: bool
    ) -> dict[str, InvoiceStatus] | Failure:
        """Rows by RefID in lower case. A wrong flag gives no rows and no error, so the other one is asked too."""
        ref_ids = [one.follow_up.invoice.ref_id for one in batch]
        answer = await self.vendor.ask(
            account, ref_ids, invoice_with_code=with_code, calculating_machine=kind.calculating_machine
        )
        if isinstance(answer, Statuses):
            return {row.RefID.lower(): row for row in answer.rows}
        return answer

    async def _found(self, one: Claimed, row: InvoiceStatus, *, with_code: bool) -> None:
        follow_up, now = one.follow_up, self.clock.utc_now()
        state = state_of(row, follow_up.state, with_code=with_code)
        due = self.schedule.next(
            asked=follow_up.asked + 1, verdict=state.verdict, since=follow_up.followed_since, now=now
        )
        changed = state != follow_up.state
        result = PollResult(due, state if changed else None, invoice_with_code=with_code)
        event = status_changed(follow_up, state, now) if changed else None
        if await self.follow_ups.finish_poll(one, result, event, now) and changed:
            _log.info("status changed", **_names(follow_up.invoice), verdict=state.verdict.value)

    async def _not_found(self, one: Claimed) -> None:
        """Normal right after issue; later it is asked as often as one without a verdict."""
        follow_up, now = one.follow_up, self.clock.utc_now()
        due = self.schedule.next(
            asked=follow_up.asked + 1, verdict=follow_up.state.verdict, since=follow_up.followed_since, now=now
        )
        _log.info("status not found", **_names(follow_up.invoice), asked=follow_up.asked + 1)
        await self.follow_ups.finish_poll(one, PollResult(due), None, now)

    async def _failed(self, kind: Kind, batch: Sequence[Claimed], failure: Failure) -> None:
        if isinstance(failure, WholeRefusal):
            await self._put_off(kind, batch, f"{failure.code}: {failure.meaning.en}", failure.retry_after)
        else:
            await self._put_off(kind, batch, failure.reason, None)

    async def _put_off(self, kind: Kind, batch: Sequence[Claimed], reason: str, wait: float | None) -> None:
        """The whole account waits, so that its other invoices do not run into the same failure one after another."""
        until = await self._later(batch, wait)
        _log.warning("status cannot be asked", reason=reason, until=until.isoformat())
        await self.follow_ups.postpone(Job.POLL, until=until, shop=kind.shop, account=kind.account)

    async def _later(self, batch: Sequence[Claimed], wait: float | None) -> datetime:
        """Count a failure and ask again after the back-off, or after `wait` seconds; nothing is asked for ever."""
        now = self.clock.utc_now()
        failures = min(one.follow_up.failed_polls for one in batch) + 1
        until = now + max(timedelta(seconds=wait or 0), self.backoff.delay(failures))
        for one in batch:
            due = until if until <= one.follow_up.followed_since + self.schedule.stop_after else None
            await self.follow_ups.finish_poll(one, PollResult(due, answered=False), None, now)
        return until


def _batches(due: Sequence[Claimed]) -> Iterator[tuple[Kind, Sequence[Claimed]]]:
    def key(kind: Kind) -> tuple[str, str, str, bool, bool]:
        return kind.shop, kind.account, kind.lane, kind.invoice_with_code, kind.calculating_machine

    ordered = sorted(due, key=lambda one: key(_kind(one)))
    for kind, group in groupby(ordered, key=_kind):
        members = list(group)
        for start in range(0, len(members), MOST_IDS):
            yield kind, members[start : start + MOST_IDS]


def _names(invoice: Invoice) -> dict[str, object]:
    """What a line about one invoice of a batch says that the batch does not."""
    return {"order": invoice.order_id, "ref_id": invoice.ref_id, "lane": invoice.lane}


def _shop_of(one: Claimed) -> str:
    return one.follow_up.invoice.shop


def _about(kind: Kind, batch: Sequence[Claimed]) -> AbstractContextManager[None]:
    """What logs and the log of exchanges say a question is about: its lane, every invoice, order and trace."""
    invoices = [one.follow_up.invoice for one in batch]
    return bound(
        shop=kind.shop,
        account=kind.account,
        lane=kind.lane,
        ref_ids=[invoice.ref_id for invoice in invoices],
        orders=list(dict.fromkeys(str(invoice.order_id) for invoice in invoices)),
        trace_ids=[trace for one in batch if (trace := trace_id_of(one.follow_up.traceparent))],
    )


def _kind(one: Claimed) -> Kind:
    invoice = one.follow_up.invoice
    return Kind(invoice.shop, invoice.account, invoice.lane, invoice.invoice_with_code, invoice.calculating_machine)
