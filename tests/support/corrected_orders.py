"""An issued order's later states, played: each correction they call for is issued before the next is asked for."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from invoicing.catalogue import EMPTY, Catalogue
from invoicing.convert import Converted, Page, SeriesFacts, convert
from invoicing.correction_limits import beyond_what_was_sold
from invoicing.corrections import (
    Correction,
    CorrectionHold,
    CorrectionKind,
    Earlier,
    Original,
    correction,
    forbidden,
)
from invoicing.due_corrections import Basis, Covered, Due, Flag, Past, called_for, due
from invoicing.edited import as_sold
from invoicing.order import Order
from invoicing.portions import Portion
from invoicing.rules import Rules

ISSUED_ON: Final = dt.date(2026, 3, 20)
_MOST: Final = 20


@dataclass(frozen=True, kw_only=True)
class Made:
    """A correction that was issued, and what called for it."""

    due: Due
    correction: Correction


Outcome = Made | Flag | CorrectionHold


@dataclass(kw_only=True)
class Life:
    """One order's invoices with their corrections. `now` are the shop's rules of the moment, `rules` those of then."""

    order: Order
    rules: Rules
    series: str = "1C26TAA"
    catalogue: Catalogue = EMPTY
    portions: Sequence[Portion] = ()
    pages: int = 1
    now: Rules | None = None
    covered: list[Covered] = field(init=False)
    invoiced: Order = field(init=False)

    def __post_init__(self) -> None:
        """Issue the sale, whole or in its parts."""
        self.invoiced = self.order
        whole = [None] * self.pages
        self.covered = [self._issued(at, part) for at, part in enumerate(self.portions or whole)]

    def _issued(self, at: int, portion: Portion | None) -> Covered:
        facts = SeriesFacts(series=self.series, sign_type=5 if self.series[4] == "M" else 2)
        made = convert(
            self.order,
            facts,
            self.rules,
            ref_id=UUID(int=at + 1),
            invoice_date=ISSUED_ON,
            catalogue=self.catalogue,
            portion=portion,
            page=Page(number=at + 1, of=self.pages) if self.pages > 1 else None,
        )
        assert isinstance(made, Converted), made
        return Covered(
            original=self._original(f"CODE{at}", f"{at + 1:08}", "sale"), content=made.content, portion=portion
        )

    def _original(self, code: str, number: str, kind: str) -> Original:
        return Original(
            environment="sandbox",
            shop="demo",
            order_id=self.order.id,
            lookup_code=code,
            series=self.series,
            number=number,
            date=ISSUED_ON,
            kind=kind,
            sign_type=5 if self.series[4] == "M" else 2,
        )

    @property
    def basis(self) -> Basis:
        """What the invoices were made with."""
        return Basis(rules=self.rules, catalogue=self.catalogue)

    def asks(self, state: Order) -> tuple[Due | Flag, ...]:
        """Everything a state calls for, before anything is made."""
        return called_for(state, self.invoiced, self.covered, then=self.basis, now=self.now or self.rules)

    def after(self, state: Order) -> list[Outcome]:
        """Everything that follows a state, issued one after another, until nothing does or a person has to look."""
        return list(self._follow(state))

    def _follow(self, state: Order) -> Iterator[Outcome]:
        for _ in range(_MOST):
            found = due(state, self.invoiced, self.covered, then=self.basis, now=self.now or self.rules)
            if found is None:
                return
            if isinstance(found, Flag):
                yield found
                return
            made = self._checked(found)
            if isinstance(made, CorrectionHold):
                yield made
                return
            yield Made(due=found, correction=made)
            if found.mode == "flag":
                return
            self._issue(found, made, state)
        raise AssertionError("the same state calls for ever more corrections")

    def _checked(self, found: Due) -> Correction | CorrectionHold:
        covered = self.covered[found.index]
        made = correction(
            covered.original, found.kind, found.invoice, note=found.note, cause=found.cause, sources=found.sources
        )
        if isinstance(made, CorrectionHold):
            return made
        earlier = [Earlier(ref_id=str(at), kind=past.kind, issued=True) for at, past in enumerate(covered.corrections)]
        before = [past.content.invoice for past in covered.corrections]
        return (
            forbidden(covered.original, found.kind, found.cause, earlier)
            or beyond_what_was_sold(covered.content.invoice, before, made.content.invoice, found.kind, found.cause)
            or made
        )

    def _issue(self, found: Due, made: Correction, state: Order) -> None:
        covered = self.covered[found.index]
        if found.kind is CorrectionKind.REPLACE:
            code = f"{covered.original.lookup_code}R"
            original = self._original(code, f"{int(covered.original.number) + 50:08}", "replace")
            self.covered[found.index] = Covered(original=original, content=made.content, portion=covered.portion)
            if found.index == len(self.covered) - 1:
                self.invoiced = as_sold(self.invoiced, state)
            return
        past = Past(kind=found.kind, cause=found.cause, event=found.event.value, content=made.content, issued=True)
        self.covered[found.index] = replace(covered, corrections=(*covered.corrections, past))


def written(outcome: Outcome) -> dict[str, Any]:
    """An outcome as the expectations say it: a document by what an accountant reads on it."""
    if isinstance(outcome, Flag):
        return {"flag": outcome.reason.value, **outcome.facts}
    if isinstance(outcome, CorrectionHold):
        return {"held": outcome.reason.value}
    invoice = outcome.correction.content.invoice
    totals = ("SaleAmount", "DiscountAmount", "AmountWithoutVAT", "VATAmount", "Amount")
    rates = ("VATRateName", "AmountWithoutVATOC", "VATAmountOC")
    lines = zip(outcome.due.sources, invoice.OriginalInvoiceDetail, strict=True)
    return {
        "event": outcome.due.event.value,
        "kind": outcome.due.kind.value,
        "cause": outcome.due.cause.value,
        "mode": outcome.due.mode,
        "of": outcome.due.index,
        "needs_agreement": outcome.due.needs_agreement,
        "note": outcome.due.note,
        "buyer": invoice.BuyerTaxCode or invoice.BuyerFullName,
        "lines": [_line(source, line) for source, line in lines],
        "rates": [_plain(info, *rates) for info in invoice.TaxRateInfo or ()],
        "totals": [getattr(invoice, f"Total{name}OC") for name in totals],
        "words": invoice.TotalAmountInWords,
    }


def _line(source: str, line: object) -> list[Any]:
    names = ("ItemCode", "ItemName", "Quantity", "UnitPrice", "AmountOC", "DiscountAmountOC", "AmountWithoutVATOC")
    return [source, *_plain(line, *names, "VATRateName", "VATAmountOC")]


def _plain(part: object, *names: str) -> list[Any]:
    return [getattr(part, name) for name in names]


def refund(number: int, lines: Mapping[int, object] | None = None, money: object = 0) -> dict[str, Any]:
    """A refund as Haravan records it: goods by order line, money, or both."""
    paid = [{"id": number + 900, "kind": "refund", "amount": -Decimal(str(money)), "status": "Thành công"}]
    return {
        "id": number,
        "created_at": "2026-03-25T02:00:00Z",
        "refund_line_items": [{"line_item_id": line, "quantity": count} for line, count in (lines or {}).items()],
        "transactions": paid if money else [],
    }
