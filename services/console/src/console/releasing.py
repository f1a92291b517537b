"""A person's word on an order: kept beside it, then the order is read again and judged with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, cast

from contracts.haravan import RereadRequested
from contracts.topics import Topic
from invoicing.mapping import Target
from invoicing.reasons import PASSABLE, Reason
from invoicing.release import NOTHING, GivenBuyer, Release
from orders.model import OrderRecord
from orders.releases import written_release
from shops.store import StoredShop

from console.backend import Backend, backend
from console.kafka import publish_events
from console.orders_view import find_order, find_orders
from console.recheck import SOURCE
from console.session import CommandError, Session
from console.who import who


@dataclass(frozen=True, slots=True)
class Word:
    """What was said: `given` is name, tax code, address, e-mail and personal id of a buyer, empty where not given."""

    accept: bool
    buyer: str
    given: tuple[str, str, str, str, str]
    account: str | None
    series: str | None
    revoke: bool


@dataclass(frozen=True, slots=True)
class _Subject:
    """The order that is meant; its record is missing while it has not come in."""

    shop: StoredShop
    order_id: int
    name: str
    record: OrderRecord | None


async def release(session: Session, order: str, shop: str | None, word: Word) -> None:
    """Keep the word and have the order judged.

    Raises:
        CommandError: when nothing was said, or what was said cannot be.
    """
    async with backend() as stores:
        subject = await _subject(stores, order, shop)
        before = NOTHING if word.revoke else await stores.releases.get(subject.shop.shop.shop, subject.order_id)
        after = _said(before, subject, word)
        await _decided(stores, session, [(subject, after)])


async def issue_now(session: Session, orders: Sequence[str], shop: str | None) -> None:
    """One click: issue these orders whatever their trigger says.

    Raises:
        CommandError: when an order or its shop is not known.
    """
    async with backend() as stores:
        subjects = [await _subject(stores, order, shop) for order in orders]
        said = []
        for subject in subjects:
            before = await stores.releases.get(subject.shop.shop.shop, subject.order_id)
            said.append((subject, replace(before, issue=True, by=who())))
        await _decided(stores, session, said)


async def _subject(stores: Backend, order: str, shop: str | None) -> _Subject:
    record = await anext(find_orders(stores.orders, order, shop, limit=1), None)
    if record is None and not (shop and order.isdecimal()):
        record = await find_order(stores.orders, order, shop)  # says that there is none
    name = record.shop if record is not None else shop or ""
    stored = await stores.shops.get(name)
    if stored is None:
        raise CommandError("no-shop", shop=name)
    if record is None:
        return _Subject(stored, int(order), order, None)
    return _Subject(stored, record.order_id, record.order_name, record)


def _said(before: Release, subject: _Subject, word: Word) -> Release:
    after = replace(
        before,
        accepts=before.accepts | _accepted(subject, word),
        buyer=_buyer(word) or before.buyer,
        target=_target(subject, word) or before.target,
        by=who(),
    )
    if not word.revoke and replace(after, by="") == replace(before, by=""):
        raise CommandError("release-what", code=2)
    return after


def _accepted(subject: _Subject, word: Word) -> frozenset[Reason]:
    if not word.accept:
        return frozenset()
    decision = subject.record.decision if subject.record else None
    reason = decision.reason if decision else ""
    if reason not in {each.value for each in PASSABLE}:
        raise CommandError("not-acceptable", order=subject.name, reason=reason or "-")
    return frozenset({Reason(reason)})


def _buyer(word: Word) -> Literal["", "consumer", "as-given"] | GivenBuyer:
    name, tax_code, address, email, personal_id = word.given
    if not any(word.given):
        return cast("Literal['', 'consumer', 'as-given']", word.buyer)
    if word.buyer:
        raise CommandError("buyer-twice", code=2)
    emails = tuple(filter(None, email.replace(";", ",").split(",")))
    if personal_id or not tax_code:
        return GivenBuyer(full_name=name, personal_id=personal_id, address=address, emails=emails)
    return GivenBuyer(name=name, tax_code=tax_code, address=address, emails=emails)


def _target(subject: _Subject, word: Word) -> Target | None:
    if word.account is None and word.series is None:
        return None
    if word.account is None or word.series is None:
        raise CommandError("target-half", code=2)
    account = subject.shop.shop.account(word.account)
    series = account.find_series(word.series) if account else None
    if account is None or series is None:
        known = ", ".join(f"{one.name} {each.series}" for one in subject.shop.shop.accounts for each in one.series)
        raise CommandError("no-target", account=word.account, series=word.series, known=known)
    return Target(account=account.name, series=series.series)


async def _decided(stores: Backend, session: Session, said: Sequence[tuple[_Subject, Release]]) -> None:
    now = datetime.now(UTC)
    for subject, word in said:
        await stores.releases.put(subject.shop.shop.shop, subject.order_id, word, now)
    requests = [_request(subject, now).to_event(source=SOURCE, time=now) for subject, _ in said]
    await publish_events(Topic.HARAVAN_REREADS, requests)
    if session.out.as_json:
        session.out.json([_json(subject, word) for subject, word in said])
        return
    for subject, _ in said:
        session.out.text(session.word("released", order=subject.name))


def _json(subject: _Subject, word: Release) -> dict[str, object]:
    told = written_release(word)
    told["buyer"] = told["buyer"] if isinstance(told["buyer"], str) else "given"  # who he is stays with the order
    return {"shop": subject.shop.shop.shop, "order_id": subject.order_id, "release": told}


def _request(subject: _Subject, now: datetime) -> RereadRequested:
    shop = subject.shop.shop
    return RereadRequested(
        shop=shop.shop,
        org_id=shop.haravan.org_id,
        resource_id=str(subject.order_id),
        reason="release",
        cause=f"release:{shop.shop}:{subject.order_id}:{now.isoformat()}",
    )
