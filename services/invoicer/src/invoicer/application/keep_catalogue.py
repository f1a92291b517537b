"""Products and customers as Haravan tells them, kept for the decisions to come."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from catalogue.customers import CustomerDeleted, CustomerSeen
from catalogue.goods import ProductDeleted, ProductSeen
from catalogue.resources import UnreadableResourceError, parse_customer, parse_product
from contracts.haravan import RawResource
from invoicing.catalogue import Item
from invoicing.uncovered import MissingRate, without_rate
from shops.problems import InvalidShopError
from shops.store import StoredShop

from invoicer.application.ports import Shops

DELETED: Final = frozenset({"delete", "deleted"})
"""Haravan's lists of topics disagree about the word (webhooks documentation: `products/deleted`, `products/delete`)."""


class UnusableError(Exception):
    """The record can never be kept: `reason` is a code, the text says what is wrong without personal data."""

    def __init__(self, reason: str, detail: str) -> None:
        """Say why."""
        super().__init__(detail)
        self.reason = reason


class Goods(Protocol):
    """Haravan's facts about goods."""

    async def save(self, news: Sequence[ProductSeen | ProductDeleted]) -> Sequence[tuple[str, Item]]:
        """Write what is newer than what is known; returns the variants that were not known, with their shops."""
        ...


class OwnFacts(Protocol):
    """What the shops say of their goods."""

    async def with_own_facts(self, shop: str, items: Collection[Item]) -> Sequence[Item]:
        """These variants with what the shop says of their SKUs."""
        ...


class Customers(Protocol):
    """Haravan's facts about customers."""

    async def save(self, news: Sequence[CustomerSeen | CustomerDeleted]) -> None:
        """Write what is newer than what is known."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGoods:
    """Variants of a shop that came in for the first time and have no rate of their own, by how."""

    shop: str
    how: Mapping[MissingRate, int]
    some: tuple[str, ...]
    """SKUs, or names where there is none, of some of them."""


_SOME: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepProducts:
    """Keeps products. `today` is the date in Vietnam; `report` is told of new goods without a rate."""

    shops: Shops
    goods: Goods
    own_facts: OwnFacts
    today: Callable[[], date]
    report: Callable[[NewGoods], None]

    async def read(self, resource: RawResource) -> ProductSeen | ProductDeleted:
        """What a record says.

        Raises:
            UnusableError: when it is for the dead letters.
        """
        await _known(self.shops, resource)
        if _verb(resource) in DELETED:
            return ProductDeleted(resource.shop, _number(resource), resource.received_at)
        try:
            return ProductSeen(resource.shop, parse_product(resource.body), resource.received_at)
        except UnreadableResourceError as error:
            raise UnusableError("UNREADABLE_PRODUCT", str(error)) from error

    async def __call__(self, news: Sequence[ProductSeen | ProductDeleted]) -> None:
        """Keep what some records say, in their order. Doing it again does no harm."""
        new: dict[str, list[Item]] = defaultdict(list)
        for shop, item in await self.goods.save(news):
            new[shop].append(item)
        for shop, items in new.items():
            await self._tell(shop, items)

    async def _tell(self, name: str, items: Sequence[Item]) -> None:
        try:
            shop = await self.shops.get(name)
        except InvalidShopError:
            shop = None
        if shop is None:
            return  # its orders say so
        lacking = [
            (how, item)
            for item in await self.own_facts.with_own_facts(name, items)
            if (how := without_rate(item, shop.shop.rules, self.today())) is not None
        ]
        if lacking:
            some = tuple(item.sku or item.name for _, item in lacking[:_SOME])
            self.report(NewGoods(shop=name, how=Counter(how for how, _ in lacking), some=some))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepCustomers:
    """Keeps customers."""

    shops: Shops
    customers: Customers

    async def read(self, resource: RawResource) -> CustomerSeen | CustomerDeleted:
        """What a record says.

        Raises:
            UnusableError: when it is for the dead letters.
        """
        await _known(self.shops, resource)
        if _verb(resource) in DELETED:
            return CustomerDeleted(resource.shop, _number(resource), resource.received_at)
        try:
            return CustomerSeen(resource.shop, parse_customer(resource.body), resource.received_at)
        except UnreadableResourceError as error:
            raise UnusableError("UNREADABLE_CUSTOMER", str(error)) from error

    async def __call__(self, news: Sequence[CustomerSeen | CustomerDeleted]) -> None:
        """Keep what some records say, in their order. Doing it again does no harm."""
        await self.customers.save(news)


def _verb(resource: RawResource) -> str:
    return resource.topic.partition("/")[2]


def _number(resource: RawResource) -> int:
    if not resource.resource_id.isdecimal():
        raise UnusableError("UNREADABLE_EVENT", "ce_subject: a resource's number was expected")
    return int(resource.resource_id)


async def _known(shops: Shops, resource: RawResource) -> StoredShop | None:
    """The shop; None where its configuration cannot be read, which keeps nothing from being stored."""
    try:
        shop = await shops.get(resource.shop)
    except InvalidShopError:
        return None
    if shop is None:
        raise UnusableError("UNKNOWN_SHOP", f"shop {resource.shop!r} is not configured (any more)")
    return shop
