"""A Haravan order as the rules see it: only the fields they use, in one spelling."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from invoicing.money import EXACT, times, total_of, whole
from invoicing.parties import Address, Customer, read_billing_address, read_customer
from invoicing.reading import Reader, UnreadableOrder, load

__all__ = [
    "Address", "Customer", "DiscountCode", "Fulfilment", "FulfilmentLine", "Line", "NoteAttribute", "Order", "Refund",
    "RefundLine", "ShippingLine", "Transaction", "UnreadableOrder", "parse_order",
]  # fmt: skip

VND = "VND"
_FAILED = frozenset({"failure", "failed", "error", "thấtbại"})
_CANCELLED = frozenset({"cancel", "cancelled", "canceled"})
_PAYING = frozenset({"capture", "sale"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of goods. ``price`` is one unit's after line discount, ``price_original`` its list price."""

    id: int
    name: str
    sku: str
    barcode: str
    product_type: str
    vendor: str
    quantity: Decimal
    price: Decimal
    price_original: Decimal
    total_discount: Decimal
    gift_card: bool
    product_id: int | None = None
    variant_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingLine:
    """What the buyer is charged for transport, before any discount."""

    title: str
    code: str
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountCode:
    """A code on the order; ``type`` is ``percentage``, ``shipping`` or ``fixedamount``."""

    code: str
    amount: Decimal
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAttribute:
    """A cart attribute, where storefronts leave the buyer's invoice data."""

    name: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FulfilmentLine:
    """So many units of one order line went with a parcel."""

    line_item_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfilment:
    """One parcel or hand-over; `lines` is empty where Haravan does not tell what is in it."""

    id: int
    created_at: dt.datetime | None
    cancelled: bool
    carrier_codes: tuple[str, ...]
    carrier_status: str
    delivered_at: dt.datetime | None
    lines: tuple[FulfilmentLine, ...] = ()
    location_id: int | None = None

    @property
    def has_carrier(self) -> bool:
        """Whether a carrier reports on it; a counter sale and the shop's own delivery have none."""
        return bool(self.carrier_codes or self.carrier_status or self.delivered_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A payment record; ``kind`` is in lower case, refunds carry negative amounts."""

    id: int
    kind: str
    amount: Decimal
    created_at: dt.datetime | None
    failed: bool
    test: bool
    gateway: str = ""

    @property
    def pays(self) -> bool:
        """Whether money came in by it."""
        return self.kind in _PAYING and not self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLine:
    """So many units of one line came back."""

    line_item_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Goods that came back, money that went back, or both: Haravan often records them apart."""

    id: int
    created_at: dt.datetime | None
    lines: tuple[RefundLine, ...]
    transactions: tuple[Transaction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One state of an order, as of ``updated_at`` (UTC).

    ``missing`` names null fields that a judgement needs,
    ``missing_events`` null lists of refunds or fulfilments though a status says that there are some.
    """

    id: int
    name: str
    order_number: str
    org_id: int | None
    created_at: dt.datetime | None
    updated_at: dt.datetime | None
    cancelled_at: dt.datetime | None
    cancelled_status: str
    confirmed: bool
    financial_status: str
    fulfillment_status: str
    currency: str
    total_price: Decimal
    total_discounts: Decimal
    total_tax: Decimal
    taxes_included: bool
    gateway: str
    gateway_code: str
    source: str
    source_name: str
    location_id: int | None
    assigned_location_id: int | None
    tags: tuple[str, ...]
    emails: tuple[str, ...] = field(repr=False)
    customer: Customer | None
    billing_address: Address | None
    note: str = field(repr=False)
    lines: tuple[Line, ...]
    shipping_lines: tuple[ShippingLine, ...]
    discount_codes: tuple[DiscountCode, ...]
    note_attributes: tuple[NoteAttribute, ...]
    fulfilments: tuple[Fulfilment, ...]
    transactions: tuple[Transaction, ...]
    refunds: tuple[Refund, ...]
    send_webhooks: bool
    missing: tuple[str, ...]
    missing_events: tuple[str, ...]
    refers_to: int | None = None
    """The order that this one came from: an exchange, or another link (`prev_order_id`, else `ref_order_id`)."""

    @property
    def cancelled(self) -> bool:
        """Whether Haravan calls it cancelled now."""
        return self.cancelled_status == "cancelled" or (not self.cancelled_status and self.cancelled_at is not None)

    @property
    def test(self) -> bool:
        """Whether it was paid by a test payment."""
        return any(each.test for each in self.transactions)

    def attribute(self, name: str) -> str:
        """The value of a note attribute, compared without case; empty when it is not there."""
        wanted = name.strip().casefold()
        found = (each.value for each in self.note_attributes if each.name.casefold() == wanted)
        return next(found, "")

    @property
    def cancel_unclear(self) -> bool:
        """Whether it has a cancellation date although its status says that it is not cancelled."""
        return self.cancelled_at is not None and not self.cancelled

    def partial_reason(self, *, reread: bool = False) -> str | None:
        """Why this payload cannot be judged as it is; none when it is whole.

        ``totals`` when lines, discounts and shipping do not add up to the total, ``send-webhooks`` when Haravan
        marks the body as incomplete, else the name of a field that is null. After a re-read by API only null lines
        and totals still count: what the API leaves out then is not there.
        """
        if self.missing:
            return self.missing[0]
        if not self._reconciles():
            return "totals"
        if reread:
            return None
        return next(iter(self.missing_events), None if self.send_webhooks else "send-webhooks")

    def _reconciles(self) -> bool:
        grosses = [times(line.price, line.quantity) for line in self.lines]
        shipping = [each.price for each in self.shipping_lines]
        exact = total_of([*grosses, *shipping])
        rounded = Decimal(sum(whole(each) for each in (*grosses, *shipping)))
        sums = {EXACT.subtract(each, self.total_discounts) for each in (exact, rounded)}
        sums |= {EXACT.add(each, self.total_tax) for each in sums}
        return self.total_price in sums


def parse_order(raw: str | bytes | Mapping[str, Any]) -> Order:
    """Read an order from a webhook or REST body, wrapped in ``data`` or ``order`` or not.

    Raises:
        UnreadableOrder: naming the field that cannot be read; a null that Haravan is known to send is not an error.
    """
    return _order(Reader(_unwrapped(load(raw))))


def _unwrapped(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The order inside ``data``, ``order`` or both; no order has a field of either name."""
    for key in ("data", "order"):
        inner = body.get(key)
        if "line_items" not in body and isinstance(inner, Mapping):
            body = inner
    return body


def _order(reader: Reader) -> Order:
    order_id = reader.integer("id")
    if order_id is None or order_id <= 0:
        reader.fail("id", "the order's numeric id is missing")
    of_lines = reader.children("line_items")
    customer = read_customer(reader)
    created_at = reader.moment("created_at")
    return Order(
        id=order_id,
        name=reader.text("name"),
        order_number=reader.text("order_number"),
        org_id=reader.integer("org_id"),
        created_at=created_at,
        updated_at=reader.moment("updated_at"),
        cancelled_at=reader.moment("cancelled_at"),
        cancelled_status=reader.status("cancelled_status"),
        confirmed=reader.status("confirmed_status") != "unconfirmed",
        financial_status=reader.status("financial_status"),
        fulfillment_status=reader.status("fulfillment_status"),
        currency=reader.text("currency").upper() or VND,
        total_price=reader.money("total_price"),
        total_discounts=reader.money("total_discounts"),
        total_tax=reader.money("total_tax"),
        taxes_included=bool(reader.flag("taxes_included")),
        gateway=reader.text("gateway"),
        gateway_code=reader.text("gateway_code"),
        source=reader.text("source"),
        source_name=reader.text("source_name"),
        location_id=reader.integer("location_id") or None,
        assigned_location_id=reader.integer("assigned_location_id") or None,
        tags=tuple(tag for each in reader.text("tags").split(",") if (tag := each.strip())),
        emails=_emails(reader, customer),
        customer=customer,
        billing_address=read_billing_address(reader),
        note=reader.text("note"),
        lines=tuple(_line(each) for each in of_lines),
        shipping_lines=tuple(_shipping(each) for each in reader.children("shipping_lines")),
        discount_codes=tuple(_discount(each) for each in reader.children("discount_codes")),
        note_attributes=tuple(_attribute(each) for each in reader.children("note_attributes")),
        fulfilments=tuple(_fulfilment(each) for each in reader.children("fulfillments")),
        transactions=tuple(_transaction(each) for each in reader.children("transactions")),
        refunds=tuple(_refund(each) for each in reader.children("refunds")),
        send_webhooks=reader.flag("send_webhooks") is not False,
        missing=_missing(reader, of_lines, created_at),
        missing_events=_missing_events(reader),
        refers_to=reader.integer("prev_order_id") or reader.integer("ref_order_id") or None,
    )


def _emails(reader: Reader, customer: Customer | None) -> tuple[str, ...]:
    found = (reader.text("email"), reader.text("contact_email"), customer.email if customer else "")
    return tuple(dict.fromkeys(each for each in found if each))


def _missing(reader: Reader, lines: Sequence[Reader], created_at: dt.datetime | None) -> tuple[str, ...]:
    """Nulls without which a judgement would be a guess."""
    absent = [name for name in ("line_items", "total_price") if not reader.has(name)]
    if created_at is None:
        absent.append("created_at")
    of_lines = [each.at(name) for each in lines for name in ("price", "quantity") if not each.has(name)]
    return (*absent, *of_lines)


def _missing_events(reader: Reader) -> tuple[str, ...]:
    needed = ["refunds"] if "refunded" in reader.status("financial_status") else []
    if reader.status("fulfillment_status") in {"fulfilled", "partial"}:
        needed.append("fulfillments")
    return tuple(name for name in needed if not reader.has(name))


def _line(reader: Reader) -> Line:
    price = reader.money("price")
    original = reader.number("price_original")
    return Line(
        id=reader.integer("id") or 0,
        name=reader.text("name") or reader.text("title"),
        sku=reader.text("sku"),
        barcode=reader.text("barcode"),
        product_type=reader.text("type"),
        vendor=reader.text("vendor"),
        quantity=reader.money("quantity"),
        price=price,
        price_original=price if original is None else original,
        total_discount=reader.money("total_discount"),
        gift_card=bool(reader.flag("gift_card")),
        product_id=reader.integer("product_id") or None,
        variant_id=reader.integer("variant_id") or None,
    )


def _shipping(reader: Reader) -> ShippingLine:
    return ShippingLine(title=reader.text("title"), code=reader.text("code"), price=reader.money("price"))


def _discount(reader: Reader) -> DiscountCode:
    return DiscountCode(code=reader.text("code"), amount=reader.money("amount"), type=reader.status("type"))


def _attribute(reader: Reader) -> NoteAttribute:
    return NoteAttribute(name=reader.text("name"), value=reader.any_text("value"))


def _fulfilment(reader: Reader) -> Fulfilment:
    codes = (reader.text("tracking_company_code"), reader.text("tracking_company"))
    status = reader.status("carrier_status_code")
    return Fulfilment(
        id=reader.integer("id") or 0,
        created_at=reader.moment("created_at"),
        cancelled=reader.status("status") in _CANCELLED or reader.moment("cancel_date") is not None,
        carrier_codes=tuple(dict.fromkeys(each for each in codes if each)),
        carrier_status="" if status == "none" else status,
        delivered_at=reader.moment("delivered_date"),
        lines=tuple(_fulfilment_line(each) for each in reader.children("line_items")),
        location_id=reader.integer("location_id") or None,
    )


def _fulfilment_line(reader: Reader) -> FulfilmentLine:
    """Haravan's embedded line has the order line's id as its own."""
    line_id = reader.integer("line_item_id") or reader.integer("id") or 0
    return FulfilmentLine(line_item_id=line_id, quantity=reader.money("quantity"))


def _transaction(reader: Reader) -> Transaction:
    return Transaction(
        id=reader.integer("id") or 0,
        kind=reader.text("kind").lower(),
        amount=reader.money("amount"),
        created_at=reader.moment("created_at"),
        failed=reader.status("status") in _FAILED,
        test=bool(reader.flag("test")),
        gateway=reader.text("gateway"),
    )


def _refund(reader: Reader) -> Refund:
    return Refund(
        id=reader.integer("id") or 0,
        created_at=reader.moment("created_at"),
        lines=tuple(_refund_line(each) for each in reader.children("refund_line_items")),
        transactions=tuple(_transaction(each) for each in reader.children("transactions")),
    )


def _refund_line(reader: Reader) -> RefundLine:
    return RefundLine(line_item_id=reader.integer("line_item_id") or 0, quantity=reader.money("quantity"))
