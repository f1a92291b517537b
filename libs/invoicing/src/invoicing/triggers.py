"""Whether and when an order became due for its invoice, by its own records."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from invoicing.order import Fulfilment, Order
from invoicing.reasons import Reason
from invoicing.rules import Trigger

_PAID = frozenset({"paid", "partiallyrefunded", "refunded"})
_COMING_BACK = frozenset({"return", "returned", "waitingforreturn", "cancel", "cancelled"})


@dataclass(frozen=True, slots=True)
class Met:
    """It is due, since this moment where the order tells."""

    at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class NotYet:
    """It is not due, for this reason."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Part:
    """What is in the parcels `done` is due, of so many parcels under way; other goods are not, or were not sent."""

    done: tuple[Fulfilment, ...]
    fulfilments: int
    at: dt.datetime | None


TriggerState = Met | NotYet | Part


def trigger_state(order: Order, trigger: Trigger) -> TriggerState:
    """Where the order stands with this trigger."""
    match trigger:
        case "created":
            return Met(order.created_at)
        case "paid":
            return _paid(order)
        case "fulfilled":
            return _fulfilled(order)
        case "delivered":
            return _delivered(order)
        case "manual":
            return NotYet(Reason.MANUAL)


def _paid(order: Order) -> TriggerState:
    if order.financial_status not in _PAID:
        return NotYet(Reason.NOT_PAID)
    return Met(_latest(each.created_at for each in order.transactions if each.pays))


def _fulfilled(order: Order) -> TriggerState:
    active = _active(order)
    left = _latest(each.created_at for each in active)
    if order.fulfillment_status == "fulfilled":
        return Met(left)
    if order.fulfillment_status == "partial":
        return Part(active, len(active), left)
    return NotYet(Reason.NOT_FULFILLED)


def _delivered(order: Order) -> TriggerState:
    """Every parcel arrived; one that no carrier reports on counts as delivered when it left."""
    active = _active(order)
    done = tuple(each for each in active if _arrived(each))
    complete = order.fulfillment_status == "fulfilled" and len(done) == len(active)
    at = _latest(each.delivered_at or each.created_at for each in done)
    if complete and (active or not order.fulfilments):
        return Met(at)
    return Part(done, len(active), at) if done else NotYet(Reason.NOT_DELIVERED)


def _active(order: Order) -> tuple[Fulfilment, ...]:
    return tuple(each for each in order.fulfilments if not each.cancelled)


def _arrived(fulfilment: Fulfilment) -> bool:
    if fulfilment.carrier_status in _COMING_BACK:
        return False
    delivered = fulfilment.carrier_status == "delivered" or fulfilment.delivered_at is not None
    return delivered or not fulfilment.has_carrier


def _latest(moments: Iterable[dt.datetime | None]) -> dt.datetime | None:
    return max((each for each in moments if each is not None), default=None)
