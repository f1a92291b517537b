"""That the demo notices everything that may go wrong: a proof is worth what it would refuse."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from local_stack.demo.checks import Records, checks
from local_stack.demo.model import Ending, SampleOrder
from local_stack.demo.orders import only_delivered_as_test, sample_orders
from local_stack.demo.shops import DemoShop, addresses, demo_shops
from local_stack.demo.tally import tally
from local_stack.demo.watch import SeenInvoice, SeenOrder, difference, key_of

NOW = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)
SHOPS = demo_shops(addresses("http://127.0.0.1:1", "http://127.0.0.1:2"))
ORDERS = sample_orders(SHOPS, run=1, now=NOW)
FOUND = ("issued_twice", "gaps", "overlaps", "date_inversions", "login_storms")
CLEAN: Mapping[str, Any] = {name: [] for name in FOUND}
_STATES = {Ending.ISSUED: "planned", Ending.HELD: "held", Ending.WAITING: "waiting", Ending.SKIPPED: "skipped"}


def _first(ending: Ending) -> SampleOrder:
    return next(order for order in ORDERS if order.expected.ending is ending)


def _as_it_must_be(number: int, order: SampleOrder) -> SeenOrder:
    expected = order.expected
    invoice = SeenInvoice(
        ref_id=f"ref-{number}", lane=expected.lane or "", state="issued", at=NOW, series="1C26TAA",
        number=f"{number:08}", lookup_code=f"code-{number}", total=Decimal(expected.total or 0), code=None,
        written_back=True,
    )  # fmt: skip
    issued = (invoice,) if expected.ending is Ending.ISSUED else ()
    moment = order.final.updated_at.replace(microsecond=order.final.updated_at.microsecond // 1000 * 1000)
    return SeenOrder(moment, _STATES[expected.ending], expected.reason, attention=None, invoices=issued)


SEEN = {key_of(order): _as_it_must_be(number, order) for number, order in enumerate(ORDERS)}


def _invoice(order: SampleOrder, **changes: Any) -> SeenOrder:
    seen = SEEN[key_of(order)]
    return replace(seen, invoices=(replace(seen.invoices[0], **changes),))


def test_what_is_as_it_must_be_is_left_alone() -> None:
    """Two hundred right endings are two hundred times right."""
    assert [difference(order, SEEN[key_of(order)]) for order in ORDERS] == [None] * len(ORDERS)
    counted = tally(ORDERS, SEEN)
    assert counted.done == counted.of == len(ORDERS)
    assert sum(lane.issued for lane in counted.lanes) == sum(order.expected.lane is not None for order in ORDERS)


@pytest.mark.parametrize(
    ("wrong", "told"),
    (
        (lambda _order: None, "does not know it"),
        (lambda order: replace(SEEN[key_of(order)], updated_at=NOW - dt.timedelta(days=9)), "newest state"),
        (lambda order: replace(SEEN[key_of(order)], invoices=()), "not issued"),
        (lambda order: replace(SEEN[key_of(order)], invoices=SEEN[key_of(order)].invoices * 2), "2 invoices"),
        (lambda order: replace(SEEN[key_of(order)], attention="changed-after-planned"), "attention"),
        (lambda order: _invoice(order, lane="sandbox:0100109106:1C__TXX"), "not sandbox:"),
        (lambda order: _invoice(order, state="rejected", code="InvalidTaxCode"), "rejected InvalidTaxCode"),
        (lambda order: _invoice(order, state=None), "on its way"),
        (lambda order: _invoice(order, total=Decimal(1)), "over 1 đ"),
        (lambda order: _invoice(order, written_back=False), "does not stand on the order"),
    ),
)
def test_a_wrong_ending_is_noticed(wrong: Callable[[SampleOrder], SeenOrder | None], told: str) -> None:
    """Whatever is wrong about an order that is to be invoiced is told in words."""
    order = _first(Ending.ISSUED)
    assert told in (difference(order, wrong(order)) or "")


def test_an_invoice_that_must_not_be_is_noticed() -> None:
    """A held order with an invoice, one held for another reason, and a test delivery that became an order."""
    held, issued = _first(Ending.HELD), SEEN[key_of(_first(Ending.ISSUED))]
    seen = SEEN[key_of(held)]
    assert "has an invoice" in (difference(held, replace(seen, invoices=issued.invoices)) or "")
    assert "not held" in (difference(held, replace(seen, reason="manual")) or "")
    assert "test delivery" in (difference(only_delivered_as_test(held), seen) or "")
    assert difference(only_delivered_as_test(held), None) is None


def _shop_of(order: SampleOrder) -> DemoShop:
    return next(shop for shop in SHOPS if shop.id == order.shop)


def _on_record(order: SampleOrder, seen: SeenInvoice) -> dict[str, Any]:
    _, tax_code, series = (order.expected.lane or "").split(":")
    return {
        "ref_id": seen.ref_id.upper(), "tax_code": tax_code, "series": series.replace("__", "26"),
        "number": int(seen.number or 0), "inv_no": seen.number, "transaction_id": seen.lookup_code,
        "total_amount": Decimal(order.expected.total or 0),
    }  # fmt: skip


def _in_haravan(order: SampleOrder, seen: SeenInvoice) -> dict[str, Any]:
    write_back = _shop_of(order).settings.write_back
    names = write_back.note_attributes
    pairs = {names.lookup_code: seen.lookup_code, names.invoice_number: seen.number}
    return {
        "tags": f"VIP, {write_back.tag}",
        "note_attributes": [{"name": name, "value": value} for name, value in pairs.items()],
    }


def _records(**changes: Any) -> Records:
    issued = [(order, SEEN[key_of(order)].invoices[0]) for order in ORDERS if order.expected.lane]
    right = Records(
        audit=CLEAN,
        invoices=[_on_record(order, seen) for order, seen in issued],
        in_haravan={key_of(order): _in_haravan(order, seen) for order, seen in issued},
        ref_ids={seen.ref_id for _, seen in issued},
    )
    return replace(right, **changes)


def _wrong(records: Records) -> list[str]:
    return [check.what for check in checks(SHOPS, ORDERS, SEEN, records) if check.problems]


def test_clean_records_pass_every_check() -> None:
    """Nothing is wrong where nothing is."""
    assert _wrong(_records()) == []


@pytest.mark.parametrize(
    ("answer", "told"),
    tuple(zip(FOUND, ("twice", "gap", "same time", "dates", "logs in"), strict=True)),
)
def test_what_the_audit_finds_is_told(answer: str, told: str) -> None:
    """Each finding of meInvoice's stand-in fails a check of its own."""
    wrong = _wrong(_records(audit={**CLEAN, answer: [{"series": "1C26TAA"}]}))
    assert len(wrong) == 1
    assert told in wrong[0]


def test_records_that_contradict_ours_are_noticed() -> None:
    """Invoices that are missing, twice, a stranger's, of another company or over another amount."""
    right = list(_records().invoices)
    first = dict(right[0])
    assert _wrong(_records(invoices=right[1:])) == ["one invoice for each order that is to be invoiced"]
    assert _wrong(_records(invoices=[*right, first])) == ["one invoice for each order that is to be invoiced"]
    stranger = first | {"ref_id": "nobody"}
    assert _wrong(_records(invoices=[*right, stranger])) == ["every invoice belongs to an order"]
    elsewhere = first | {"tax_code": "0000000000"}
    assert _wrong(_records(invoices=[elsewhere, *right[1:]])) == ["the right company and series"]
    cheaper = first | {"total_amount": first["total_amount"] - 1}
    assert _wrong(_records(invoices=[cheaper, *right[1:]])) == ["amounts equal what the customers paid"]


@pytest.mark.parametrize("missing", ({"tags": "VIP"}, {"note_attributes": []}, {"note_attributes": None}))
def test_an_order_without_its_invoice_is_noticed(missing: dict[str, Any]) -> None:
    """A tag or a lookup code that does not stand on the order."""
    in_haravan = dict(_records().in_haravan)
    key = next(iter(in_haravan))
    in_haravan[key] = {**in_haravan[key], **missing}
    assert _wrong(_records(in_haravan=in_haravan)) == ["lookup code, number and tag stand on every invoiced order"]
