"""Products and customers from Kafka: kept together, the bad ones put aside, new goods without a rate told."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from catalogue.customers import CustomerDeleted, CustomerSeen
from catalogue.goods import ProductDeleted, ProductSeen
from contracts.haravan import RawResource, Via
from invoicer.application.keep_catalogue import KeepCustomers, KeepProducts, NewGoods
from invoicer.entrypoints.catalogue import CatalogueHandler
from invoicing.catalogue import Item
from invoicing.uncovered import MissingRate
from runtime.kafka import Ack, DeadLetter, Outcome, Record
from shops.problems import InvalidShopError
from shops.store import StoredShop
from support.one_shop import OneShop
from typing_extensions import override

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SHOP = "cua-hang-mau"
PRODUCT = {"id": 5, "title": "Áo", "updated_at": "2026-11-20T03:00:00.1234567Z", "variants": [{"id": 51, "sku": "A"}]}
CUSTOMER = {"id": 5, "last_name": "Nguyễn", "first_name": "Văn Kín", "email": None, "updated_at": "2026-11-20T03:00:00"}


class UnreadableShop(OneShop):
    """Whose configuration no longer fits."""

    @override
    async def get(self, shop_id: str) -> StoredShop | None:
        raise InvalidShopError([])


@dataclass
class Kept:
    """What was saved; `new` is what the store calls new."""

    news: list[object] = field(default_factory=list)
    new: Sequence[tuple[str, Item]] = ()
    reported: list[NewGoods] = field(default_factory=list)
    shops: OneShop = field(default_factory=OneShop)

    async def save(self, news: Sequence[object]) -> Sequence[tuple[str, Item]]:
        self.news += news
        return self.new

    async def with_own_facts(self, shop: str, items: Collection[Item]) -> Sequence[Item]:
        return list(items)

    def products(self) -> CatalogueHandler[ProductSeen | ProductDeleted]:
        return CatalogueHandler(
            KeepProducts(
                shops=self.shops,
                goods=self,
                own_facts=self,
                today=lambda: date(2026, 11, 21),
                report=self.reported.append,
            )
        )


@dataclass
class KeptCustomers:
    """The same of customers."""

    news: list[CustomerSeen | CustomerDeleted] = field(default_factory=list)

    async def save(self, news: Sequence[CustomerSeen | CustomerDeleted]) -> None:
        self.news += news


def record(topic: str, body: object, *, shop: str = SHOP, number: str = "5") -> Record:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    resource = RawResource(shop, 7, topic, number, "", Via.WEBHOOK, NOW, raw)
    event = resource.to_event(source="/t")
    headers = tuple((name, value.encode()) for name, value in event.headers().items())
    return Record("haravan.products", 0, 0, event.key.encode(), headers, event.data)


def reasons(outcomes: Sequence[Outcome]) -> list[str]:
    return [each.reason if isinstance(each, DeadLetter) else type(each).__name__ for each in outcomes]


async def test_what_can_be_read_is_kept_whatever_is_beside_it() -> None:
    """In the order of the records; each bad one has its own reason, and none holds up another."""
    kept = Kept()
    records = [
        record("products/update", PRODUCT),
        record("products/update", b"not json"),
        record("products/create", {"product": PRODUCT | {"variants": None}}),
        record("products/update", PRODUCT | {"variants": [{"id": 0}]}),
        record("products/update", PRODUCT, shop="nobody"),
        record("products/deleted", {"id": 5}),
        record("products/delete", b""),
        record("products/delete", b"", number="five"),
        Record("haravan.products", 0, 0, b"k", (), b"{}"),
    ]
    outcomes = await kept.products()(records)
    assert reasons(outcomes) == [
        "Ack", "UNREADABLE_PRODUCT", "Ack", "UNREADABLE_PRODUCT", "UNKNOWN_SHOP", "Ack", "Ack",
        "UNREADABLE_EVENT", "UNREADABLE_EVENT",
    ]  # fmt: skip
    first, partial, *deleted = kept.news
    assert isinstance(first, ProductSeen)
    assert first.product.variants is not None
    assert (first.shop, first.product.variants[0].sku) == (SHOP, "A")
    assert isinstance(partial, ProductSeen)
    assert partial.product.variants is None
    assert deleted == [ProductDeleted(SHOP, 5, NOW)] * 2
    assert "Áo" not in str(outcomes)


async def test_new_goods_without_a_rate_are_told() -> None:
    """Before any order sells them; those that the shop has a rate for are not."""
    kept = Kept(new=[(SHOP, Item(sku="A")), (SHOP, Item(name="Không mã"))])
    assert await kept.products()([record("products/update", PRODUCT)]) == [Ack()]
    (told,) = kept.reported
    assert (told.shop, told.some) == (SHOP, ("A", "Không mã"))
    assert sum(told.how.values()) == 2
    assert set(told.how) <= set(MissingRate)


async def test_a_shop_that_cannot_be_read_keeps_its_goods() -> None:
    """Its products are right whatever is wrong with its rules."""
    kept = Kept(new=[(SHOP, Item(sku="A"))], shops=UnreadableShop())
    assert await kept.products()([record("products/update", PRODUCT)]) == [Ack()]
    assert (len(kept.news), kept.reported) == (1, [])


@pytest.mark.parametrize("topic", ("customers/create", "customers/update", "customers/enable"))
async def test_a_customer_is_kept(topic: str) -> None:
    """Named as an order names them; deleted ones told as such, bad ones put aside without a word of who they are."""
    kept = KeptCustomers()
    handler = CatalogueHandler(KeepCustomers(shops=OneShop(), customers=kept))
    records = [
        record(topic, CUSTOMER),
        record("customers/delete", {"id": 5}),
        record(topic, CUSTOMER | {"email": ["Kín"]}),
    ]
    outcomes = await handler(records)
    assert reasons(outcomes) == ["Ack", "Ack", "UNREADABLE_CUSTOMER"]
    seen, deleted = kept.news
    assert isinstance(seen, CustomerSeen)
    assert (seen.customer.name, seen.customer.updated_at) == ("Nguyễn Văn Kín", datetime(2026, 11, 20, 3, tzinfo=UTC))
    assert deleted == CustomerDeleted(SHOP, 5, NOW)
    assert "Kín" not in f"{outcomes}{seen}"
