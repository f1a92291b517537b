"""A correction that a changed order calls for, and what it is worked out from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from meinvoice.models import InvoiceData

from invoicing.agreements import is_company
from invoicing.catalogue import EMPTY, Catalogue
from invoicing.conditions import correction_rule
from invoicing.correction_body import adjustment_of
from invoicing.correction_rules import Mode
from invoicing.corrections import CorrectionCause, CorrectionKind
from invoicing.known_buyers import KnownBuyer
from invoicing.ledger import Covered, Row
from invoicing.order import Order
from invoicing.reasons import Finding
from invoicing.release import NOTHING, Release
from invoicing.rules import Rules


class Event(StrEnum):
    """What happened to the order."""

    RETURN = "return"
    CANCELLATION = "cancellation"
    EDIT = "edit"
    BUYER = "buyer"
    MONEY = "money"


_CAUSES: Final[Mapping[Event, CorrectionCause]] = {
    Event.RETURN: CorrectionCause.RETURN,
    Event.CANCELLATION: CorrectionCause.RETURN,
    Event.MONEY: CorrectionCause.RETURN,
    Event.EDIT: CorrectionCause.ERROR,
    Event.BUYER: CorrectionCause.ERROR,
}
_KINDS: Final[Mapping[Event, Literal["return", "cancellation"]]] = {
    Event.RETURN: "return",
    Event.MONEY: "return",
    Event.CANCELLATION: "cancellation",
}
_NOTES: Final[Mapping[tuple[Event, CorrectionKind], str]] = {
    (Event.RETURN, CorrectionKind.ADJUST): "Điều chỉnh giảm do khách trả lại hàng, đơn hàng {order}, lần {time}",
    (Event.CANCELLATION, CorrectionKind.ADJUST): "Điều chỉnh giảm do hủy đơn hàng {order}, lần {time}",
    (Event.MONEY, CorrectionKind.ADJUST): "Điều chỉnh giảm giá trị do hoàn tiền, đơn hàng {order}, lần {time}",
    (Event.EDIT, CorrectionKind.ADJUST): "Điều chỉnh do sai hàng hóa, đơn hàng {order}, lần {time}",
    (Event.EDIT, CorrectionKind.REPLACE): "Thay thế do sai hàng hóa, đơn hàng {order}",
    (Event.BUYER, CorrectionKind.REPLACE): "Thay thế do sai thông tin người mua, đơn hàng {order}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The rules and the catalogue of the time the invoice was made, what a person decided and what the book knows."""

    rules: Rules
    catalogue: Catalogue = EMPTY
    release: Release = NOTHING
    known: KnownBuyer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A correction that is called for: of which of the invoices, in which form, with which content.

    `note` is the reason as it is printed. It counts the corrections of its invoice, so that goods that come back twice
    are two documents, and the same state gives the same one.
    """

    index: int
    event: Event
    kind: CorrectionKind
    invoice: InvoiceData
    sources: tuple[str, ...]
    note: str
    needs_agreement: bool
    mode: Mode

    @property
    def cause(self) -> CorrectionCause:
        """Whether something was wrong, or goods or money went back."""
        return _CAUSES[self.event]


@dataclass(frozen=True, slots=True)
class Flag(Finding):
    """A person has to look; nothing is made by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An order's change: the newest state, the state that was invoiced, and the invoices, all issued."""

    order: Order
    invoiced: Order
    covered: Sequence[Covered]
    then: Basis
    now: Rules

    def adjustment(self, index: int, event: Event, rows: Sequence[Row]) -> Due:
        """One that says these differences."""
        invoice = adjustment_of(self.covered[index].content.invoice, rows)
        return self._due(index, event, CorrectionKind.ADJUST, invoice, tuple(row.source for row in rows))

    def replacement(self, index: int, event: Event, invoice: InvoiceData, sources: tuple[str, ...]) -> Due:
        """One that takes the place of the invoice."""
        return self._due(index, event, CorrectionKind.REPLACE, invoice, sources)

    def _due(
        self, index: int, event: Event, kind: CorrectionKind, invoice: InvoiceData, sources: tuple[str, ...]
    ) -> Due:
        covered = self.covered[index]
        agreed = self.now.corrections.agreement == "not-needed" or _CAUSES[event] is CorrectionCause.RETURN
        return Due(
            index=index,
            event=event,
            kind=kind,
            invoice=invoice,
            sources=sources,
            note=_NOTES[event, kind].format(order=self.order.name, time=len(covered.corrections) + 1),
            needs_agreement=not agreed and (is_company(covered.content.invoice) or is_company(invoice)),
            mode=self._mode(event),
        )

    def _mode(self, event: Event) -> Mode:
        """What the shop wants done: by a rule of its list that is about such orders, else by its rules on corrections.

        A shop that runs dry sends nothing, and nothing waits for approval.
        """
        kind, rules = _KINDS.get(event), self.now.corrections
        if kind and (ruling := correction_rule(self.order, kind, self.now)):
            return ruling.mode
        modes: Mapping[Event, Mode] = {
            Event.RETURN: rules.returns,
            Event.MONEY: rules.returns,
            Event.CANCELLATION: rules.cancellations,
            Event.EDIT: rules.edits,
            Event.BUYER: rules.buyer_changes,
        }
        return "flag" if self.now.dry_run and modes[event] != "none" else modes[event]

    def label(self, line_id: int) -> str:
        """What people find a line by."""
        lines = (line for line in (*self.order.lines, *self.invoiced.lines) if line.id == line_id)
        line = next(lines, None)
        return str(line_id) if line is None else line.sku or line.name
