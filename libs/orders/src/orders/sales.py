"""The invoices of a sale on an order's document: which of them stand, and what they have settled."""

from collections.abc import Sequence
from decimal import Decimal

from invoicing.mapping import Target
from invoicing.series import normalise_series
from shops.models import Shop

from orders.attention import is_withdrawing
from orders.judging import Standing
from orders.model import Coverage, InvoiceState, OrderRecord, PlannedInvoice

_WITHDRAWN = "withdrawn"
_REVOCABLE = frozenset({"held", _WITHDRAWN})


def sales_of(record: OrderRecord) -> tuple[PlannedInvoice, ...]:
    """Every invoice of the sale itself, whatever became of it; corrections are none."""
    return tuple(planned for planned in record.invoices if planned.corrects is None)


def standing_sales(record: OrderRecord) -> tuple[PlannedInvoice, ...]:
    """What covers the order: neither drafts, nor what was refused for good, held by its lane, or taken back.

    While one is being taken back only that counts: an older refusal must not have it planned before the withdrawal.
    """
    withdrawing = is_withdrawing(record)
    return tuple(planned for planned in sales_of(record) if not planned.draft and _stands(planned, withdrawing))


def _stands(planned: PlannedInvoice, withdrawing: bool) -> bool:
    facts = planned.invoice
    if facts is None:
        return True
    pending_code = facts.code if facts.state is InvoiceState.PENDING else None
    if withdrawing:
        return pending_code != _WITHDRAWN
    return facts.state is not InvoiceState.REJECTED and pending_code not in _REVOCABLE


def settled(record: OrderRecord, sales: Sequence[PlannedInvoice], shop: Shop) -> Standing:
    """What standing sales have settled for the rest of the order."""
    if not sales:
        return Standing()
    return Standing(
        covered=covered_units(sales) if record.coverage is Coverage.PARTS else None,
        shipping_carried=any(planned.portion is None or planned.portion.shipping for planned in sales),
        target=_target(sales[0], shop),
        pages=_pages(sales[0]) if record.coverage is Coverage.PAGES else 0,
        ref_ids=frozenset(planned.ref_id for planned in sales),
    )


def covered_units(sales: Sequence[PlannedInvoice]) -> dict[int, Decimal]:
    """The units that invoices of parts carry, by order line."""
    units: dict[int, Decimal] = {}
    for planned in sales:
        for line, count in planned.portion.portion.now.items() if planned.portion else ():
            units[line] = units.get(line, Decimal(0)) + count
    return units


def _target(planned: PlannedInvoice, shop: Shop) -> Target | None:
    """Where later parts go; None when the shop does not have that account any more, which then is for its mapping."""
    account = shop.account_by_key(planned.account)
    if account is None:
        return None
    return Target(account=account.name, series=normalise_series(planned.lane.rpartition(":")[2]))


def _pages(planned: PlannedInvoice) -> int:
    return int(planned.kind.rpartition("-")[2])


def lacks_pages(record: OrderRecord, sales: Sequence[PlannedInvoice]) -> bool:
    """Whether the order was split into pages and not all of them stand."""
    return record.coverage is Coverage.PAGES and len(sales) < _pages(sales[0])
