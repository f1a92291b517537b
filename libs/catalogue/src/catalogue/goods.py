"""Haravan's facts about goods. Collection `catalogue_products`, one document a product with its variants inside.

A product is one document because Haravan tells it whole: one conditional write keeps product, variants and deletion in
step. Its key is shop and product id, which is the shard key it would need.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from invoicing.catalogue import Item
from invoicing.rates import folded
from pymongo import ASCENDING, IndexModel, UpdateOne
from runtime.mongo import Database

from catalogue.newest import literal, put_if_newest
from catalogue.resources import Product, Variant

COLLECTION = "catalogue_products"
MOST_VARIANTS: Final = 500
"""Variants kept of a product: Haravan has at most 100, the rest are deleted ones that earlier orders may have sold."""


@dataclass(frozen=True, slots=True)
class ProductSeen:
    """A product as it came in; `seen_at` (aware) stands in where Haravan told no `updated_at`."""

    shop: str
    product: Product
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ProductDeleted:
    """A product that was deleted before `seen_at` (aware)."""

    shop: str
    product_id: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which variants to find; SKUs and barcodes are folded."""

    variant_ids: Collection[int] = ()
    skus: Collection[str] = ()
    barcodes: Collection[str] = ()


class GoodsStore:
    """Reads and writes what Haravan says of goods; only newer facts win, and what is deleted is marked."""

    def __init__(self, database: Database) -> None:
        """Use the collection `catalogue_products` of this database."""
        self._products = database[COLLECTION]

    async def ensure_indexes(self) -> None:
        """Create what the queries need; safe to call at every start."""
        await self._products.create_indexes(
            [
                IndexModel([("shop", ASCENDING), (f"variants.{name}", ASCENDING)])
                for name in ("id", "sku_key", "barcode_key")
            ]
        )

    async def save(self, news: Sequence[ProductSeen | ProductDeleted]) -> list[tuple[str, Item]]:
        """Write what came in, in this order; returns the variants that were not known, each with its shop."""
        seen = [each for each in news if isinstance(each, ProductSeen)]
        known = await self._known_variants({_id(each.shop, each.product.id) for each in seen})
        if news:
            await self._products.bulk_write([_written(each) for each in news], ordered=True)
        found = {
            (each.shop, item.variant_id): item
            for each in seen
            for item in _items(_document(each))
            if item.variant_id not in known.get(_id(each.shop, each.product.id), ())
        }
        return [(shop, item) for (shop, _), item in found.items()]

    async def find(self, shop: str, wanted: Wanted) -> list[Item]:
        """The variants wanted, with Haravan's facts only."""
        asked = {"id": wanted.variant_ids, "sku_key": wanted.skus, "barcode_key": wanted.barcodes}
        given = {name: list(values) for name, values in asked.items() if values}
        if not given:
            return []
        any_of = [{f"variants.{name}": {"$in": values}} for name, values in given.items()]
        # Compared with what a variant has, so that one without the field is not taken for one that has it.
        matches = [{"$in": [f"$$this.{name}", {"$literal": values}]} for name, values in given.items()]
        matching = {"$filter": {"input": "$variants", "cond": {"$or": matches}}}
        cursor = self._products.find({"shop": shop, "$or": any_of}, {**_FACTS, "variants": matching})
        return [item async for document in cursor for item in _items(document)]

    async def all(self, shop: str) -> AsyncIterator[Item]:
        """Every variant of a shop, by product and place in it; deleted ones are marked."""
        async for document in self._products.find({"shop": shop}).sort("product_id", ASCENDING):
            for item in _items(document):
                yield item

    async def product_types(self, shop: str) -> list[str]:
        """The product types that a shop's goods have; empty where its products were never read."""
        found = await self._products.distinct("product_type", {"shop": shop, "deleted": False})
        return sorted(each for each in found if each)

    async def _known_variants(self, document_ids: Iterable[str]) -> Mapping[str, frozenset[int]]:
        cursor = self._products.find({"_id": {"$in": list(document_ids)}}, {"variants.id": 1})
        return {each["_id"]: frozenset(one["id"] for one in each.get("variants", ())) async for each in cursor}


_FACTS = {"product_id": 1, "product_type": 1, "vendor": 1, "tags": 1, "deleted": 1}


def _id(shop: str, product_id: int) -> str:
    return f"{shop}:{product_id}"


def _written(news: ProductSeen | ProductDeleted) -> UpdateOne:
    match news:
        case ProductDeleted(shop, product_id, seen_at):
            named = {"shop": shop, "product_id": product_id, "deleted": True}
            return put_if_newest(_id(shop, product_id), seen_at, literal(named))
        case ProductSeen(shop, product, seen_at):
            document = _document(news)
            fields = literal({name: value for name, value in document.items() if name != "variants"})
            if product.variants is not None:
                fields["variants"] = _with_lost(document["variants"])
            return put_if_newest(_id(shop, product.id), product.updated_at or seen_at, fields)


def _with_lost(variants: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The variants, and behind them, marked, those that the product has no longer."""
    ids = [each["id"] for each in variants]
    known = {"$ifNull": ["$variants", []]}
    lost = {"$filter": {"input": known, "cond": {"$not": [{"$in": ["$$this.id", ids]}]}}}
    marked = {"$map": {"input": lost, "in": {"$mergeObjects": ["$$this", {"deleted": True}]}}}
    return {"$slice": [{"$concatArrays": [{"$literal": list(variants)}, marked]}, MOST_VARIANTS]}


def _document(seen: ProductSeen) -> dict[str, Any]:
    product = seen.product
    return {
        "shop": seen.shop,
        "product_id": product.id,
        "title": product.title,
        "product_type": product.product_type,
        "vendor": product.vendor,
        "tags": list(product.tags),
        "deleted": False,
        "variants": [_variant(each) for each in product.variants or ()],
    }


def _variant(variant: Variant) -> dict[str, Any]:
    return {
        "id": variant.id,
        "name": variant.name,
        "sku": variant.sku,
        "sku_key": folded(variant.sku),
        "barcode": variant.barcode,
        "barcode_key": folded(variant.barcode),
        "price": None if variant.price is None else f"{variant.price:f}",
    }


def _items(document: Mapping[str, Any]) -> list[Item]:
    return [
        Item(
            sku=each["sku"],
            barcode=each["barcode"],
            product_id=document["product_id"],
            variant_id=each["id"],
            product_type=document["product_type"],
            vendor=document["vendor"],
            tags=tuple(document["tags"]),
            price=None if each["price"] is None else Decimal(each["price"]),
            name=each["name"],
            deleted=document["deleted"] or each.get("deleted", False),
        )
        for each in document.get("variants", ())
    ]
