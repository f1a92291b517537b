"""What an operator does to single invoices: set aside, withdraw."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from lanes.model import Intent, IntentState
from lanes.operations import OperationRefused, set_aside_refusal, withdraw_refusal

from console.backend import Backend, backend
from console.failures import explained
from console.invoice_view import find_the_invoice
from console.invoices_view import intent_json
from console.output import Column
from console.retry_plan import asking_again, is_correction, state_and_why
from console.session import CommandError, Session


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation on an invoice: why it is refused, what it means, and how it is done."""

    refusal: Callable[[Intent], OperationRefused | None]
    meaning: Callable[[Intent], str]
    run: Callable[[Backend, str, str], Awaitable[Intent]]


def _set_aside_meaning(intent: Intent) -> str:
    if intent.state is IntentState.SET_ASIDE:
        return "set-aside-already"
    return "set-aside-open" if intent.open_attempts else "set-aside-waiting"


SET_ASIDE = Operation(
    set_aside_refusal,
    _set_aside_meaning,
    lambda stores, ref_id, reason: stores.lanes.set_aside(ref_id, reason),
)
WITHDRAW = Operation(
    withdraw_refusal,
    lambda intent: "withdraw-already" if intent.state is IntentState.WITHDRAWN else "withdraw-never-sent",
    lambda stores, ref_id, reason: stores.lanes.withdraw(ref_id, reason),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which invoices (in `shop`, if given), and why."""

    names: Sequence[str]
    shop: str | None
    reason: str
    dry_run: bool


@dataclass(frozen=True, slots=True)
class _Result:
    before: Intent
    message: str
    refused: bool


async def operate(session: Session, operation: Operation, wanted: Wanted) -> int:
    """Do it to each invoice that allows it; 1 when one was refused.

    Raises:
        CommandError: when an invoice is unknown, or the reason is empty.
    """
    if not wanted.reason.strip():
        raise CommandError("no-reason", code=2)
    async with backend() as stores:
        found = [await find_the_invoice(stores, name, wanted.shop) for name in wanted.names]
        intents = {intent.ref_id: intent for intent in found}.values()
        results = [await _one(session, stores, operation, intent, wanted) for intent in intents]
    _show(session, results, dry_run=wanted.dry_run)
    return int(any(result.refused for result in results))


async def _one(session: Session, stores: Backend, operation: Operation, intent: Intent, wanted: Wanted) -> _Result:
    try:
        if refusal := operation.refusal(intent):
            raise refusal
        key = operation.meaning(intent)
        if operation is WITHDRAW and await _comes_back(stores, intent):
            return _Result(intent, session.word("command-on-its-way"), refused=True)
        if not wanted.dry_run and not key.endswith("-already"):
            await operation.run(stores, intent.ref_id, wanted.reason)
    except OperationRefused as error:
        _, message = explained(error, session.language) or (1, str(error))
        return _Result(intent, message, refused=True)
    if key == "withdraw-never-sent" and is_correction(intent):
        order = await stores.orders.get_by_ref_id(intent.ref_id)
        planned = order.invoice_of(intent.ref_id) if order else None
        again = asking_again(intent, planned.corrects if planned else None)
        return _Result(intent, session.word(f"{key}-correction", command=again), refused=False)
    return _Result(intent, session.word(key, ref_id=intent.ref_id), refused=False)


async def _comes_back(stores: Backend, intent: Intent) -> bool:
    """Whether a retry or a new plan is on its way to the lane: it would bring back what is withdrawn before it."""
    if intent.state is IntentState.STAGED:
        return False
    order = await stores.orders.get_by_ref_id(intent.ref_id)
    planned = order.invoice_of(intent.ref_id) if order else None
    return planned is not None and planned.invoice is not None and planned.unheard_of


def _show(session: Session, results: Sequence[_Result], *, dry_run: bool) -> None:
    if session.out.as_json:
        session.out.json(
            [
                {**intent_json(one.before), "message": one.message, "refused": one.refused, "dry_run": dry_run}
                for one in results
            ]
        )
        return
    columns = [
        Column(session.word("invoice"), whole=True),
        Column(session.word("order"), whole=True),
        Column(session.word("why")),
        Column(session.word("will-happen")),
    ]
    session.out.table(columns, [_row(session, one) for one in results])
    if dry_run:
        session.out.text(session.word("operator-would").strip())


def _row(session: Session, one: _Result) -> list[str]:
    labels = one.before.command.labels
    order = f"{labels.get('order_name', '')}\n{labels.get('shop', '')}"
    return [one.before.ref_id, order, state_and_why(session, one.before), one.message]
