"""What must follow issued invoices when their order changes: always from the stored lines (Circular 91/2026 Art. 10).

One thing at a time: whoever asks plans what is due and asks again once that is issued.
"""

from collections.abc import Callable, Iterator, Sequence

from invoicing.called_for import Basis, Case, Due, Event, Flag
from invoicing.edited import is_edited
from invoicing.error_corrections import buyer_changed, edited
from invoicing.ledger import Covered, Past
from invoicing.order import Order
from invoicing.reasons import Reason
from invoicing.return_corrections import back_since, cancelled, returned
from invoicing.rules import Rules

__all__ = ["Basis", "Covered", "Due", "Event", "Flag", "Past", "called_for", "due"]

_Look = Callable[[Case], Due | Flag | None]


def due(order: Order, invoiced: Order, covered: Sequence[Covered], *, then: Basis, now: Rules) -> Due | Flag | None:
    """What the newest state calls for next; None when nothing, or while a correction is under way.

    Args:
        order: the newest state.
        invoiced: the state that the invoices, or the newest replacement, were made of. What has come back by then and
            is on the invoice all the same is not part of it: :func:`invoicing.edited.as_sold` leaves it out.
        covered: the invoices of the order, in the order of their parts; all issued.
        then: what they were made with.
        now: the shop's rules of now, for what it wants done.
    """
    return next(iter(called_for(order, invoiced, covered, then=then, now=now)), None)


def called_for(
    order: Order, invoiced: Order, covered: Sequence[Covered], *, then: Basis, now: Rules
) -> tuple[Due | Flag, ...]:
    """Everything that the newest state calls for, what comes first at the front: documents, then what is only shown.

    Errors come before returns, since a replacement may not follow an adjustment (Art. 10.6.a). Who leaves one out, a
    draft that a person dismissed say, makes the next. What a shop wants nothing done about is not there.
    """
    if not covered or any(each.under_way for each in covered):
        return ()
    case = Case(order=order, invoiced=invoiced, covered=covered, then=then, now=now)
    wanted = [each for each in _found(case) if isinstance(each, Flag) or each.mode != "none"]
    return tuple(sorted(wanted, key=_only_shown))


def _only_shown(found: Due | Flag) -> bool:
    return isinstance(found, Flag) or found.mode == "flag"


def _found(case: Case) -> Iterator[Due | Flag]:
    traceable = all(each.traceable for each in case.covered)
    looks: tuple[_Look, ...] = (cancelled,) if case.order.cancelled else (edited, buyer_changed, returned)
    if not traceable and _changed(case):
        yield Flag(Reason.CORRECTED_BY_HAND)
    elif not case.order.cancelled and _was_cancelled(case):
        yield Flag(Reason.REOPENED_AFTER_CORRECTION)
        return
    for look in looks:
        if (traceable or look is buyer_changed) and (found := look(case)) is not None:
            yield found


def _was_cancelled(case: Case) -> bool:
    return any(past.event == Event.CANCELLATION for each in case.covered for past in each.corrections)


def _changed(case: Case) -> bool:
    back = back_since(case.invoiced, case.order)
    cancelled_since = case.order.cancelled != case.invoiced.cancelled
    return bool(back.units or back.money or cancelled_since or is_edited(case.invoiced, case.order))
