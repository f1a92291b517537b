"""A shop's catalogue: what Haravan and the accountant say of its goods, put together."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from datetime import datetime

from invoicing.catalogue import Catalogue, Item
from invoicing.order import Line, Order
from invoicing.rates import folded
from runtime.mongo import Database

from catalogue.entries import Entry, alone, from_document, to_document, with_entry
from catalogue.goods import GoodsStore, Wanted
from catalogue.ledger import Ledger, Shape

COLLECTION = "catalogue_entries"


def entry_ledger(database: Database, *, now: Callable[[], datetime] | None = None) -> Ledger[Entry]:
    """The shop's own facts by SKU. Collection `catalogue_entries`."""
    return Ledger(
        database, Shape(COLLECTION, lambda entry: entry.key, to_document, from_document, ("sku_key",)), now=now
    )


class CatalogueReader:
    """Reads a shop's goods as the rules want them."""

    def __init__(self, database: Database) -> None:
        """Read from this database."""
        self._goods = GoodsStore(database)
        self._entries = entry_ledger(database)

    async def ensure_indexes(self) -> None:
        """Create what the queries need; safe to call at every start."""
        await self._goods.ensure_indexes()
        await self._entries.ensure_indexes()

    async def for_order(self, shop: str, order: Order) -> Catalogue:
        """The items that an order's lines, and the parts of its combos, may be.

        One round of two queries beside each other; a second one for parts of combos, and for variants whose SKU is no
        longer the line's.
        """
        lines = order.lines
        skus = {key for line in lines if (key := folded(line.sku))}
        wanted = Wanted(
            variant_ids={line.variant_id for line in lines if line.variant_id},
            skus=skus,
            barcodes={key for line in lines if (key := folded(line.barcode))},
        )
        goods, entries = await asyncio.gather(self._goods.find(shop, wanted), self._entries_of(shop, skus))
        parts = {folded(part.sku) for entry in entries.values() for part in entry.components} - skus
        renamed = {key for item in goods if (key := folded(item.sku))} - skus
        if more := parts | renamed:
            known, said = await asyncio.gather(self._goods.find(shop, Wanted(skus=parts)), self._entries_of(shop, more))
            goods, entries = [*goods, *known], {**entries, **said}
        return _put_together(goods, entries, _skus_sold(lines))

    async def all(self, shop: str) -> AsyncIterator[Item]:
        """Every item of a shop: Haravan's variants by product, then SKUs that only the accountant knows."""
        entries = await self._entries.all(shop)
        unused = dict(entries)
        async for item in self._goods.all(shop):
            key = folded(item.sku)
            unused.pop(key, None)
            yield with_entry(item, entries.get(key))
        for key in sorted(unused):
            yield alone(unused[key])

    async def product_types(self, shop: str) -> list[str] | None:
        """The product types of a shop's goods; None where its products were never read."""
        return await self._goods.product_types(shop) or None

    async def with_own_facts(self, shop: str, items: Collection[Item]) -> list[Item]:
        """Haravan's variants with what the accountant says of their SKUs."""
        entries = await self._entries_of(shop, {key for item in items if (key := folded(item.sku))})
        return [with_entry(item, entries.get(folded(item.sku))) for item in items]

    async def _entries_of(self, shop: str, skus: Collection[str]) -> dict[str, Entry]:
        if not skus:
            return {}
        found = await self._entries.find({"shop": shop, "sku_key": {"$in": list(skus)}})
        return {entry.key: entry for entry in found}


def _skus_sold(lines: Collection[Line]) -> dict[int, str]:
    return {line.variant_id: folded(line.sku) for line in lines if line.variant_id}


def _put_together(goods: Collection[Item], entries: Mapping[str, Entry], sold: Mapping[int, str]) -> Catalogue:
    """Haravan's variants with the shop's own facts, those of the SKU under which the order sold them first."""
    items = {item.variant_id: item for item in goods}  # a part may be a line of its own
    known = [
        with_entry(item, entries.get(sold.get(item.variant_id or 0, "")) or entries.get(folded(item.sku)))
        for item in items.values()
    ]
    present = {folded(item.sku) for item in known}
    return Catalogue((*known, *(alone(entry) for key, entry in entries.items() if key not in present)))
