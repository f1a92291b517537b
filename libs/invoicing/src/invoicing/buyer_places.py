"""Where a shop keeps its buyers' invoice data: in note attributes by name, or in other fields of an order by path.

Haravan has no field for a tax code: storefront forms leave it in note attributes, staff in notes or the customer's
data (Haravan order documentation; themes' markup).
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Final

from pydantic import AfterValidator

from invoicing.order import Order
from invoicing.parties import Address, Customer

_ATTRIBUTE = "note_attributes."
_PARTIES = ("customer", "billing_address", "shipping_address")
_LINES = re.compile(r"[\r\n;|]+")
_BULLETS = "-*•+ "


def _of_customer(read: Callable[[Customer], str]) -> Callable[[Order], str]:
    return lambda order: read(order.customer) if order.customer else ""


def _of_address(read: Callable[[Address], str]) -> Callable[[Order], str]:
    return lambda order: read(order.billing_address) if order.billing_address else ""


PATHS: Final[Mapping[str, Callable[[Order], str]]] = {
    "note": lambda order: order.note,
    "customer.note": _of_customer(lambda customer: customer.note),
    "customer.name": _of_customer(lambda customer: customer.name),
    "customer.first_name": _of_customer(lambda customer: customer.first_name),
    "customer.last_name": _of_customer(lambda customer: customer.last_name),
    "customer.email": _of_customer(lambda customer: customer.email),
    "billing_address.name": _of_address(lambda address: address.name),
    "billing_address.company": _of_address(lambda address: address.company),
    "billing_address.address": _of_address(lambda address: address.address),
    "billing_address.address1": _of_address(lambda address: address.address1),
}
"""Fields that an alias may name; `note.LABEL` and `customer.note.LABEL` name what follows `LABEL:` on a line."""


def checked_place(alias: str) -> str:
    """The alias, when it can be read.

    Raises:
        ValueError: when it looks like a path and is none, naming those there are, in both languages.
    """
    if _place(alias).path is None and key(alias).split(".")[0] in _PARTIES:
        known = ", ".join(PATHS)
        raise ValueError(
            f"'{alias}' không phải trường đọc được: dùng {known}, note.NHÃN, hoặc note_attributes.TÊN / '{alias}' is "
            f"no field that is read: write one of {known}, note.LABEL, or note_attributes.NAME"
        )
    return alias


Place = Annotated[str, AfterValidator(checked_place)]


class Form:
    """The order's data by the shop's aliases."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._attributes: dict[str, list[str]] = {}
        for each in order.note_attributes:
            self._attributes.setdefault(_key_of(each.name), []).append(each.value)

    def texts(self, aliases: Sequence[str]) -> Iterator[str]:
        """What stands at the aliases, in their order; a field of the order that is empty is not there."""
        for alias in aliases:
            place = _place(alias)
            if place.path is None:
                yield from self._attributes.get(place.name, ())
            else:
                yield from _texts_at(place, PATHS[place.path](self._order))


@dataclass(frozen=True, slots=True)
class _Place:
    """A note attribute, or a path with the label of a line in it."""

    name: str
    path: str | None = None


@lru_cache(maxsize=1024)
def _place(alias: str) -> _Place:
    folded = key(alias)
    if folded in PATHS:
        return _Place("", folded)
    for note in ("customer.note", "note"):
        if label := folded.removeprefix(f"{note}.").strip() if folded.startswith(f"{note}.") else "":
            return _Place(label, note)
    return _Place(folded.removeprefix(_ATTRIBUTE).strip())


def _texts_at(place: _Place, text: str) -> Iterator[str]:
    if not place.name:
        if text:
            yield text
        return
    for line in _LINES.split(text.replace("\uff1a", ":")):
        label, colon, value = line.partition(":")
        if colon and value.strip() and key(label).strip(_BULLETS) == place.name:
            yield value.strip()


def key(name: str) -> str:
    """A name as it is compared: without case, accents and surrounding blanks."""
    plain = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).strip()


@lru_cache(maxsize=4096)
def _key_of(name: str) -> str:
    """The same for names of attributes, of which a shop has few."""
    return key(name)
