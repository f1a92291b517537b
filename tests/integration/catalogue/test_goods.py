"""Haravan's products against a real MongoDB: only newer facts win, and an order finds what it sells."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from catalogue.changes import Change
from catalogue.entries import Entry
from catalogue.goods import GoodsStore, ProductDeleted, ProductSeen, Wanted
from catalogue.resources import Product, Variant
from catalogue.store import CatalogueReader, entry_ledger
from invoicing.catalogue import Component, Item
from invoicing.rates import DatedRate
from runtime.mongo import Database
from support.haravan_orders import line, order

MOMENT = datetime(2026, 3, 14, 3, 7, 2, tzinfo=UTC)
SHOP = "demo"


def variant(number: int, sku: str = "", barcode: str = "") -> Variant:
    return Variant(id=number, name=f"Áo - {number}", sku=sku, barcode=barcode, price=Decimal("180000.5"))


def product(
    *variants: Variant, minutes: int = 0, number: int = 7, told: bool = True, title: str = "$Áo"
) -> ProductSeen:
    """A product as of so many minutes after the first."""
    at = MOMENT + timedelta(minutes=minutes)
    seen = Product(
        id=number,
        title=title,
        product_type="Áo",
        vendor="$$ROOT",
        tags=("vải",),
        updated_at=at,
        variants=variants if told else None,
    )
    return ProductSeen(SHOP, seen, at + timedelta(seconds=5))


@pytest.fixture
async def goods(database: Database) -> GoodsStore:
    store = GoodsStore(database)
    await store.ensure_indexes()
    return store


async def all_of(goods: GoodsStore) -> dict[int | None, Item]:
    return {item.variant_id: item async for item in goods.all(SHOP)}


async def test_a_product_is_kept_as_told(goods: GoodsStore) -> None:
    """Prices exact, texts that look like expressions as texts; what was not known is told once."""
    seen = product(variant(1, " Ao-1", "893"), variant(2))
    new = await goods.save([seen, seen])
    expected = Item(
        sku=" Ao-1",
        barcode="893",
        product_id=7,
        variant_id=1,
        product_type="Áo",
        vendor="$$ROOT",
        tags=("vải",),
        price=Decimal("180000.5"),
        name="Áo - 1",
    )
    assert [(shop, item.variant_id) for shop, item in new] == [(SHOP, 1), (SHOP, 2)]
    assert (await all_of(goods))[1] == expected
    assert await goods.save([seen]) == []


async def test_only_newer_facts_win(goods: GoodsStore) -> None:
    """Late ones change nothing, the same again neither, whoever writes."""
    await goods.save([product(variant(1, "NEW"), minutes=5)])
    await asyncio.gather(*(goods.save([product(variant(1, "OLD"), minutes=at)]) for at in range(4)))
    assert (await all_of(goods))[1].sku == "NEW"
    await goods.save([product(variant(1, "NEWER"), minutes=6), product(variant(1, "OLD"), minutes=1)])
    assert (await all_of(goods))[1].sku == "NEWER"


async def test_what_is_deleted_is_marked(goods: GoodsStore) -> None:
    """A variant that the product lost, the product itself, one that was never seen; late news brings none back."""
    await goods.save([product(variant(1), variant(2)), product(variant(2), variant(3), minutes=1)])
    assert {number: item.deleted for number, item in (await all_of(goods)).items()} == {2: False, 3: False, 1: True}
    gone = MOMENT + timedelta(minutes=5)
    await goods.save([ProductDeleted(SHOP, 7, gone), ProductDeleted(SHOP, 8, gone)])
    await goods.save([product(variant(2), minutes=4), product(variant(9), minutes=4, number=8)])
    assert {number: item.deleted for number, item in (await all_of(goods)).items()} == {2: True, 3: True, 1: True}


async def test_a_body_without_variants_keeps_them(goods: GoodsStore) -> None:
    """Haravan sends partial bodies."""
    await goods.save([product(variant(1, "A")), product(minutes=1, told=False, title="Khác")])
    assert not (await all_of(goods))[1].deleted
    await goods.save([product(minutes=2)])
    assert (await all_of(goods))[1].deleted


async def test_variants_are_found_each_way(goods: GoodsStore) -> None:
    """Only those wanted, not their sisters; nothing of another shop."""
    await goods.save([product(variant(1, "A"), variant(2, "B"), variant(3, "", "893"), variant(4))])
    found = await goods.find(SHOP, Wanted(variant_ids={4}, skus={"b"}, barcodes={"893"}))
    assert [item.variant_id for item in found] == [2, 3, 4]
    assert await goods.find(SHOP, Wanted()) == await goods.find("other", Wanted(skus={"b"})) == []


@pytest.fixture
async def reader(database: Database, goods: GoodsStore) -> CatalogueReader:
    """Two shirts, a combo of them, and a SKU that Haravan does not have."""
    await goods.save([product(variant(1, "SKU-11"), variant(2, "SKU-2"), variant(3, "SKU-3"), variant(4, "GIFT"))])
    said = (
        Entry(sku="sku-11", unit="hộp", components=(Component("Sku-3", Decimal(2)), Component("LATER", Decimal(1)))),
        Entry(sku="SKU-3", unit="cái", rates=(DatedRate(rate="5%"),)),
        Entry(sku="LATER", unit="kg"),
        Entry(sku="UNUSED", unit="kg"),
    )
    ledger = entry_ledger(database)
    await ledger.ensure_indexes()
    await ledger.edit(SHOP, lambda _: [Change(each.key, None, each) for each in said], "test")
    return CatalogueReader(database)


async def test_an_order_gets_the_items_of_its_lines_and_of_their_parts(reader: CatalogueReader) -> None:
    """With the shop's own facts beside Haravan's, and nothing else."""
    catalogue = await reader.for_order(SHOP, order())
    combo = catalogue.by_sku("SKU-11")
    assert combo is not None
    assert (combo.unit, combo.variant_id, [part.sku for part in combo.components]) == ("hộp", 1, ["Sku-3", "LATER"])
    parts = [catalogue.by_sku(part.sku) for part in combo.components]
    assert [(part.unit, part.price, part.name) if part else None for part in parts] == [
        ("cái", Decimal("180000.5"), "Áo - 3"),
        ("kg", None, ""),
    ]
    assert catalogue.by_sku("GIFT") is catalogue.by_sku("UNUSED") is None
    assert (await reader.for_order("other", order())).items == ()


async def test_all_items_of_a_shop(reader: CatalogueReader) -> None:
    """Haravan's variants, then what only the accountant knows."""
    found = [(item.sku, item.unit) async for item in reader.all(SHOP)]
    assert found == [
        ("SKU-11", "hộp"),
        ("SKU-2", ""),
        ("SKU-3", "cái"),
        ("GIFT", ""),
        ("LATER", "kg"),
        ("UNUSED", "kg"),
    ]


async def test_a_sku_that_was_renamed_since_keeps_what_was_said_of_it(
    reader: CatalogueReader, goods: GoodsStore
) -> None:
    """The line's SKU comes first, then the variant's of now."""
    sold = order([line(108_000, variant_id=50)])
    await goods.save([product(variant(50, "RENAMED"), number=70)])
    found = (await reader.for_order(SHOP, sold)).find(sold.lines[0])
    assert found is not None
    assert (found.sku, found.unit) == ("RENAMED", "hộp")
