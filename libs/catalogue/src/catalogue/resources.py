"""Haravan's products and customers as far as they are kept; tolerant as for orders (`invoicing.reading`).

Fields: Haravan "Omni API", pages products, product-variants and customer. Neither has a VAT rate, a unit of measure or
a tax code. SKUs may be absent or shared.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from invoicing.reading import Reader, UnreadableOrder, load

_DEFAULT_VARIANT = "default title"


class UnreadableResourceError(ValueError):
    """The bytes are not the resource they should be; the text names the field and shows none of its content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One variant. `price` is in đồng, VAT included or not as the shop's prices are; `name` as order lines say it."""

    id: int
    name: str
    sku: str = ""
    barcode: str = ""
    price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One product as of `updated_at` (UTC). `variants` is None where the body does not tell them."""

    id: int
    title: str
    product_type: str
    vendor: str
    tags: tuple[str, ...]
    updated_at: dt.datetime | None
    variants: tuple[Variant, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """One customer as of `updated_at` (UTC); who it is stays out of every text of it."""

    id: int
    name: str = field(repr=False)
    email: str = field(repr=False)
    phone: str = field(repr=False)
    updated_at: dt.datetime | None


def parse_product(body: bytes) -> Product:
    """Read a product from a webhook's or the API's body.

    Raises:
        UnreadableResourceError: naming the field that cannot be read.
    """
    try:
        return _product(_reader(body, "product"))
    except UnreadableOrder as error:
        raise UnreadableResourceError(str(error)) from error


def parse_customer(body: bytes) -> Customer:
    """Read a customer from a webhook's or the API's body.

    Raises:
        UnreadableResourceError: naming the field that cannot be read.
    """
    try:
        return _customer(_reader(body, "customer"))
    except UnreadableOrder as error:
        raise UnreadableResourceError(str(error)) from error


def _reader(body: bytes, name: str) -> Reader:
    """The resource, inside a member of its name or not."""
    whole: Mapping[str, Any] = load(body)
    inner = whole.get(name)
    return Reader(inner if "id" not in whole and isinstance(inner, Mapping) else whole)


def _id(reader: Reader) -> int:
    found = reader.integer("id")
    if found is None or found <= 0:
        reader.fail("id", "the resource's numeric id is missing")
    return found


def _product(reader: Reader) -> Product:
    title = reader.text("title")
    variants = tuple(_variant(each, title) for each in reader.children("variants")) if reader.has("variants") else None
    return Product(
        id=_id(reader),
        title=title,
        product_type=reader.text("product_type"),
        vendor=reader.text("vendor"),
        tags=tuple(tag for each in reader.text("tags").split(",") if (tag := each.strip())),
        updated_at=reader.moment("updated_at"),
        variants=variants,
    )


def _variant(reader: Reader, title: str) -> Variant:
    own = reader.text("title")
    return Variant(
        id=_id(reader),
        name=title if own.casefold() in {"", _DEFAULT_VARIANT} else f"{title} - {own}",
        sku=reader.text("sku"),
        barcode=reader.text("barcode"),
        price=reader.number("price"),
    )


def _customer(reader: Reader) -> Customer:
    names = (reader.text("last_name"), reader.text("first_name"))
    return Customer(
        id=_id(reader),
        name=" ".join(each for each in names if each),
        email=reader.text("email"),
        phone=reader.text("phone"),
        updated_at=reader.moment("updated_at"),
    )
