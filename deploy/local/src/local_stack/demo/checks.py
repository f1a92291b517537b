"""What must hold at the end, asked of the vendors' own records rather than of ours."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_stack.demo.model import Ending, SampleOrder
from local_stack.demo.shops import DemoShop
from local_stack.demo.watch import Seen, key_of


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must hold, and every place where it does not."""

    what: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Records:
    """What the checks look at."""

    audit: Mapping[str, Any]
    """Of meInvoice's stand-in."""
    invoices: Sequence[Mapping[str, Any]]
    """Every invoice on its record."""
    in_haravan: Mapping[str, Mapping[str, Any]]
    """This run's orders as they stand in Haravan, by `key_of`."""
    ref_ids: Collection[str]
    """RefIDs of every invoice that any order of ours has, of earlier runs too."""


def checks(shops: Sequence[DemoShop], orders: Sequence[SampleOrder], seen: Seen, records: Records) -> list[Check]:
    """Everything that must hold."""
    issued = [order for order in orders if order.expected.ending is Ending.ISSUED]
    others = [order for order in orders if order.expected.ending is not Ending.ISSUED]
    found = _invoices_by_order(orders, seen, records.invoices)
    audit = records.audit
    return [
        Check("one invoice for each order that is to be invoiced", tuple(_not_one(issued, found))),
        Check(
            "none for any other order",
            tuple(f"{order.name} ({order.case})" for order in others if found[key_of(order)]),
        ),
        Check("no RefID issued twice", _rows(audit["issued_twice"])),
        Check("no gap in any series", _rows(audit["gaps"])),
        Check("no two requests of a series at the same time", _rows(audit["overlaps"])),
        Check("dates never go back", _rows(audit["date_inversions"])),
        Check("no company logs in again and again", _rows(audit["login_storms"])),
        Check("every invoice belongs to an order", tuple(_strangers(records))),
        Check("the right company and series", tuple(_elsewhere(issued, found))),
        Check("amounts equal what the customers paid", tuple(_other_amounts(issued, found))),
        Check(
            "lookup code, number and tag stand on every invoiced order",
            tuple(_not_written(shops, issued, found, records)),
        ),
    ]


Found = Mapping[str, Sequence[Mapping[str, Any]]]


def _invoices_by_order(orders: Sequence[SampleOrder], seen: Seen, invoices: Sequence[Mapping[str, Any]]) -> Found:
    by_ref_id: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for invoice in invoices:
        by_ref_id[invoice["ref_id"].lower()].append(invoice)
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for order in orders:
        known = seen.get(key_of(order))
        for planned in known.invoices if known else ():
            found[key_of(order)] += by_ref_id[planned.ref_id.lower()]
    return found


def _rows(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(", ".join(f"{name} {value}" for name, value in row.items()) for row in rows)


def _not_one(issued: Sequence[SampleOrder], found: Found) -> Iterator[str]:
    for order in issued:
        count = len(found[key_of(order)])
        if count != 1:
            yield f"{order.name} ({order.case}) has {count}"


def _strangers(records: Records) -> Iterator[str]:
    known = {ref_id.lower() for ref_id in records.ref_ids}
    for invoice in records.invoices:
        if invoice["ref_id"].lower() not in known:
            yield f"{invoice['tax_code']} {invoice['series']} number {invoice['number']}, RefID {invoice['ref_id']}"


def _elsewhere(issued: Sequence[SampleOrder], found: Found) -> Iterator[str]:
    for order in issued:
        _, tax_code, series = (order.expected.lane or "::").split(":")
        for invoice in found[key_of(order)]:
            lies = (invoice["tax_code"], f"{invoice['series'][:2]}__{invoice['series'][4:]}")
            if lies != (tax_code, series):
                yield f"{order.name} ({order.case}) is in {lies[0]} {invoice['series']}, not in {tax_code} {series}"


def _other_amounts(issued: Sequence[SampleOrder], found: Found) -> Iterator[str]:
    for order in issued:
        for invoice in found[key_of(order)]:
            if invoice["total_amount"] != order.expected.total:
                yield f"{order.name} ({order.case}): {invoice['total_amount']} đ, paid {order.expected.total} đ"


def _not_written(
    shops: Sequence[DemoShop], issued: Sequence[SampleOrder], found: Found, records: Records
) -> Iterator[str]:
    by_id = {shop.id: shop.settings.write_back for shop in shops}
    for order in issued:
        stored, write_back = records.in_haravan.get(key_of(order), {}), by_id[order.shop]
        attributes = {each["name"]: each["value"] for each in stored.get("note_attributes") or ()}
        names = write_back.note_attributes
        for invoice in found[key_of(order)]:
            stands = (attributes.get(names.lookup_code), attributes.get(names.invoice_number))
            if stands != (invoice["transaction_id"], invoice["inv_no"]):
                right = (invoice["transaction_id"], invoice["inv_no"])
                yield f"{order.name} ({order.case}): it says {stands}, not {right}"
            if write_back.tag not in [tag.strip() for tag in (stored.get("tags") or "").split(",")]:
                yield f"{order.name} ({order.case}): the tag {write_back.tag} is missing"
