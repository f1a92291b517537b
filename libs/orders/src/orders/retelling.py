"""What Haravan's API would answer about an order, as far as the order's own events tell. Pure.

A refund or a payment comes as a record of its own, and a webhook may be partial: the services read the order again
then (`haravan.rereads`). Where nobody can be asked, the answer is put together from what came before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from invoicing.order import parse_order
from invoicing.reading import load

_LISTS = {"refunds/create": "refunds", "order_transactions/create": "transactions"}
_WRAPPERS = ("data", "order", "refund", "transaction")
_TOLD = frozenset({"line_items", "order_id"})
"""What an order or a record says and what is wrapped around it does not."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole state, and whether it took more than the event itself said."""

    body: Mapping[str, Any]
    put_together: bool


@dataclass(slots=True)
class Retelling:
    """One order's events so far."""

    _known: dict[str, Any] = field(default_factory=dict)
    _records: dict[str, dict[Any, Mapping[str, Any]]] = field(default_factory=dict)

    def answer(self, topic: str, body: Mapping[str, Any]) -> Answer | None:
        """The state after an event; None while the order itself has not been heard of.

        Raises:
            UnreadableOrder: when the body is no order, or no record of one.
        """
        if (name := _LISTS.get(topic)) is not None:
            return self._of_record(name, body)
        state = _unwrapped(body)
        partial = parse_order(state).partial_reason() is not None
        whole = {**self._known, **_told(state)} if partial and self._known else dict(state)
        if _moment(whole) < _moment(self._known):
            return Answer(whole, put_together=False)
        self._known = whole
        joined = self._joined()
        return Answer(joined, put_together=bool(self._records) or joined != dict(state))

    def _of_record(self, name: str, body: Mapping[str, Any]) -> Answer | None:
        record = _unwrapped(body)
        # One that cannot be read must not make the order unreadable with it.
        parse_order({"id": record.get("order_id"), "updated_at": record.get("created_at"), name: [record]})
        self._records.setdefault(name, {})[record.get("id")] = record
        return Answer(self._joined(), put_together=True) if self._known else None

    def _joined(self) -> dict[str, Any]:
        """The newest state of the order itself with the records, as new as the newest of them."""
        joined = self._with_records(self._known)
        told = [str(each.get("created_at") or "") for records in self._records.values() for each in records.values()]
        return {**joined, "updated_at": max(_moment(self._known), *told)} if told else joined

    def _with_records(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """The state with every refund and payment that was told of apart from it."""
        joined = dict(state)
        for name, records in self._records.items():
            there = list(joined.get(name) or [])
            known = {each.get("id") for each in there if isinstance(each, Mapping)}
            joined[name] = [*there, *(each for key, each in records.items() if key not in known)]
        return joined


def order_id_of(topic: str, body: Mapping[str, Any]) -> str:
    """The number of the order that an event is about; empty when it does not say."""
    return str(_unwrapped(body).get("order_id" if topic in _LISTS else "id") or "")


def _unwrapped(body: Mapping[str, Any]) -> Mapping[str, Any]:
    found = load(body)
    for key in _WRAPPERS:
        inner = found.get(key)
        if not _TOLD.intersection(found) and isinstance(inner, Mapping):
            found = inner
    return found


def _told(state: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in state.items() if value is not None}


def _moment(state: Mapping[str, Any]) -> str:
    """Its `updated_at`; Haravan writes UTC in one form, so that texts compare as times do."""
    return str(state.get("updated_at") or state.get("created_at") or "")
