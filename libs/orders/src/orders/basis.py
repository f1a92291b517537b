"""The catalogue's items that an invoice was made with, kept with it: a changed catalogue corrects no old invoice."""

from typing import Final

from invoicing.catalogue import Catalogue, Item
from invoicing.order import Order
from pydantic import TypeAdapter

_ITEMS: Final = TypeAdapter(tuple[Item, ...])


def written(catalogue: Catalogue) -> str:
    """The items as JSON text; empty for none."""
    return _ITEMS.dump_json(catalogue.items, exclude_defaults=True).decode() if catalogue.items else ""


def read(text: str) -> Catalogue:
    """What `written` wrote."""
    return Catalogue(_ITEMS.validate_json(text)) if text else Catalogue()


def merged(then: Catalogue, now: Catalogue, invoiced: Order) -> Catalogue:
    """The items of then, and of now those of goods that the invoice does not have.

    What the catalogue did not know of a line when it was invoiced, it does not know for its corrections either.
    """
    known = {(each.variant_id, each.sku) for each in then.items}
    known |= {(each.variant_id, each.sku) for line in invoiced.lines if (each := now.find(line)) is not None}
    return Catalogue((*then.items, *(each for each in now.items if (each.variant_id, each.sku) not in known)))
