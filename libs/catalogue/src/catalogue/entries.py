"""What a shop's accountant says of a SKU, apart from what Haravan says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from invoicing.catalogue import Component, Item
from invoicing.rates import DatedRate, folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The shop's own facts of one SKU; it counts even before Haravan has a product of that SKU."""

    sku: str
    invoice_name: str = ""
    unit: str = ""
    rates: tuple[DatedRate, ...] = ()
    components: tuple[Component, ...] = ()

    @property
    def key(self) -> str:
        """The SKU as it is compared: trimmed and without case."""
        return folded(self.sku)

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return not (self.invoice_name or self.unit or self.rates or self.components)


def with_entry(item: Item, entry: Entry | None) -> Item:
    """An item of Haravan's with the shop's own facts."""
    if entry is None:
        return item
    return replace(
        item, invoice_name=entry.invoice_name, unit=entry.unit, rates=entry.rates, components=entry.components
    )


def alone(entry: Entry) -> Item:
    """The item of a SKU that Haravan does not have (yet)."""
    return with_entry(Item(sku=entry.sku), entry)


def to_document(entry: Entry) -> dict[str, Any]:
    """An entry as plain values; dates and decimals become text."""
    return {
        "sku": entry.sku,
        "sku_key": entry.key,
        "invoice_name": entry.invoice_name,
        "unit": entry.unit,
        "rates": [each.model_dump(mode="json") for each in entry.rates],
        "components": [{"sku": each.sku, "quantity": f"{each.quantity:f}"} for each in entry.components],
    }


def from_document(document: Mapping[str, Any]) -> Entry:
    """What `to_document` wrote."""
    return Entry(
        sku=document["sku"],
        invoice_name=document["invoice_name"],
        unit=document["unit"],
        rates=tuple(DatedRate.model_validate(each) for each in document["rates"]),
        components=tuple(Component(each["sku"], Decimal(each["quantity"])) for each in document["components"]),
    )
