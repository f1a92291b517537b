"""A shop's goods from files: what its accountant says of them (CSV), and Haravan's products (JSON)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import simplejson
from catalogue.cells import BadFileError
from catalogue.entries import Entry, alone, with_entry
from catalogue.product_rows import read_products
from catalogue.resources import Product, UnreadableResourceError, parse_product
from invoicing.catalogue import Catalogue, Item
from invoicing.rates import folded

from console.catalogue_files import read_bytes
from console.session import CommandError, Session


def read_goods(session: Session, files: Sequence[Path]) -> Catalogue:
    """Put the files together as the services do.

    Raises:
        CommandError: when a file cannot be read; of a table the first fault is named.
    """
    products: list[Product] = []
    entries: dict[str, Entry] = {}
    for file in files:
        content = read_bytes(file)
        if content.lstrip()[:1] in {b"{", b"["}:
            products += _products(file, content)
        else:
            entries |= _entries(session, file, content)
    known = [item for product in products for item in _items(product)]
    present = {folded(item.sku) for item in known}
    merged = (with_entry(item, entries.get(folded(item.sku))) for item in known)
    return Catalogue((*merged, *(alone(entry) for key, entry in entries.items() if key not in present)))


def _entries(session: Session, file: Path, content: bytes) -> dict[str, Entry]:
    try:
        changes = read_products(content).changes({})
    except BadFileError as error:
        first = error.problems[0]
        text = first.vi if session.language == "vi" else first.en
        place = f"{session.word('row', row=first.row)}{f', {first.column}' if first.column else ''}"
        raise CommandError("preview-goods", code=2, file=file, problem=f"{place}: {text}") from error
    return {change.key: change.after for change in changes if change.after is not None}


def _products(file: Path, content: bytes) -> Iterator[Product]:
    try:
        yield from (parse_product(simplejson.dumps(each, use_decimal=True).encode()) for each in _listed(content))
    except RecursionError as error:
        raise CommandError("preview-goods", code=2, file=file, problem="nested too deeply") from error
    except (ValueError, UnreadableResourceError) as error:
        raise CommandError("preview-goods", code=2, file=file, problem=error) from error


def _listed(content: bytes) -> list[Any]:
    """The products of Haravan's answer, of a list, or one alone.

    Raises:
        ValueError: when it is none of these, such as an order.
    """
    value: Any = simplejson.loads(content, use_decimal=True)
    if isinstance(value, dict):
        value = [value] if "variants" in value else value.get("products")
    if not isinstance(value, list):
        raise ValueError("không có products của Haravan / Haravan's 'products' were expected")  # noqa: TRY004
    return value


def _items(product: Product) -> Iterator[Item]:
    for variant in product.variants or ():
        yield Item(
            sku=variant.sku,
            barcode=variant.barcode,
            product_id=product.id,
            variant_id=variant.id,
            product_type=product.product_type,
            vendor=product.vendor,
            tags=product.tags,
            price=variant.price,
            name=variant.name,
        )
