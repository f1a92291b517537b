"""What a line of goods is called on the invoice, and in what it is counted."""

import unicodedata

from invoicing.goods import Goods
from invoicing.money import plain
from invoicing.reasons import Reason, stop

LONGEST_NAME = 500
"""Characters of ``ItemName`` (the tax authority's XML schema, Decision 1450)."""

_NO_VARIANT = " - Default Title"


def item_name(goods: Goods) -> tuple[str, bool]:
    """The name as it is printed: the catalogue's or the order's, and whether it had to be cut.

    Raises:
        Stopped: when there is none.
    """
    name = printable((goods.item.invoice_name if goods.item else "") or goods.line.name)
    if not name:
        stop(Reason.NO_ITEM_NAME, line=goods.label or goods.line.id)
    if goods.note and goods.quantity != 1:
        name = f"{name} (x{plain(goods.quantity)})"
    return name[:LONGEST_NAME].rstrip(), len(name) > LONGEST_NAME


def printable(text: str) -> str:
    """One Unicode form, no control characters, single blanks, no "Default Title" of goods without variants."""
    return _one_line(text).removesuffix(_NO_VARIANT)


def item_code(goods: Goods) -> str | None:
    """The SKU; that of the catalogue where the order has none."""
    return _one_line(goods.line.sku) or (_one_line(goods.item.sku) if goods.item else "") or None


def unit_name(goods: Goods, usual: str | None) -> str | None:
    """The unit of measure; the shop's usual one where the catalogue has none."""
    return (_one_line(goods.item.unit) if goods.item else "") or usual


def _one_line(text: str) -> str:
    if not text.isprintable():
        text = "".join(letter for letter in text if letter.isspace() or unicodedata.category(letter) != "Cc")
    return " ".join(unicodedata.normalize("NFC", text).split())
