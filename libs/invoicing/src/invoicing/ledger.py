"""An issued invoice with what corrected it since, line by line: what still stands of each. Whole đồng, exact."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from meinvoice.models import ItemType, OriginalInvoiceDetail

from invoicing.content import Content
from invoicing.corrections import CorrectionCause, CorrectionKind, Original
from invoicing.money import EXACT
from invoicing.portions import Portion

_ZERO: Final = Decimal(0)
_SHIPPING: Final = "shipping:"
_NOTE: Final = "note"
_BACK: Final = "back:"
_VALUE: Final = "value:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line, or what corrections took from it or added to it. `vat` is none where a series has no VAT columns."""

    source: str
    type: ItemType
    code: str | None
    name: str
    unit: str | None
    rate: str | None
    quantity: Decimal
    amount: int
    discount: int
    net: int
    vat: int | None

    @property
    def total(self) -> int:
        """What the buyer pays for it."""
        return self.net + (self.vat or 0)

    @property
    def empty(self) -> bool:
        """Whether nothing of it is left."""
        return not (self.quantity or self.amount or self.discount or self.net or self.vat)

    def plus(self, other: "Row") -> "Row":
        """Both together, called as this one is."""
        return replace(
            self,
            quantity=EXACT.add(self.quantity, other.quantity),
            amount=self.amount + other.amount,
            discount=self.discount + other.discount,
            net=self.net + other.net,
            vat=None if self.vat is None and other.vat is None else (self.vat or 0) + (other.vat or 0),
        )

    @property
    def negated(self) -> "Row":
        """What takes it away."""
        return replace(
            self,
            quantity=-self.quantity if self.quantity else _ZERO,
            amount=-self.amount,
            discount=-self.discount,
            net=-self.net,
            vat=None if self.vat is None else -self.vat,
        )

    @property
    def is_gift(self) -> bool:
        """Whether it was given away, or only tells something."""
        return self.type in {ItemType.PROMOTION, ItemType.NOTE}

    @property
    def is_shipping(self) -> bool:
        """Whether it is transport."""
        return self.source.startswith(_SHIPPING)

    @property
    def plain_source(self) -> str:
        """The line that it is about, whatever it says of it."""
        return self.source.removeprefix(_BACK).removeprefix(_VALUE)

    @property
    def line_id(self) -> int | None:
        """The order line it was made of; None for transport and notes."""
        kind, _, rest = self.source.partition(":")
        return int(rest.partition(":")[0]) if kind in {"line", "combo"} else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A correction that stands; `event` is None where a person wrote it."""

    kind: CorrectionKind
    cause: CorrectionCause
    event: str | None
    content: Content
    issued: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """An issued invoice of an order, with its corrections in their order, and the units that it carries.

    `portion` is None where it carries the whole order, or a page of it.
    """

    original: Original
    content: Content
    portion: Portion | None = None
    corrections: tuple[Past, ...] = ()

    @property
    def traceable(self) -> bool:
        """Whether each line says what it was made of; one that a person wrote does not."""
        contents = (self.content, *(past.content for past in self.corrections if past.kind is CorrectionKind.ADJUST))
        return all(len(each.sources) == len(each.invoice.OriginalInvoiceDetail) for each in contents)

    @property
    def under_way(self) -> bool:
        """Whether a correction of it is not issued yet."""
        return any(not past.issued for past in self.corrections)

    @property
    def adjusted(self) -> bool:
        """Whether something has adjusted it."""
        return any(past.kind is CorrectionKind.ADJUST for past in self.corrections)

    @property
    def amended(self) -> bool:
        """Whether an error of it was adjusted, so that it no longer says what the invoiced state says."""
        return any(
            past.kind is CorrectionKind.ADJUST and past.cause is CorrectionCause.ERROR for past in self.corrections
        )


class Ledger:
    """The lines of one invoice and what became of them; all by source.

    Attributes:
        issued: as the invoice says them.
        sold: the same, errors corrected.
        back: what was taken back of each for goods that came back, or the order's cancellation.
        lowered: what money without goods took off their value: rows without units.

    A row of an error changes what was sold, one of a return what came back. Two kinds of rows say otherwise in front of
    their source (`back:`, `value:`), whatever document they stand in: :func:`worth_of_back`, :func:`worth_of_money`.
    """

    def __init__(self, covered: Covered) -> None:
        """Read the stored lines.

        Raises:
            ValueError: when a line does not say what it was made of.
        """
        adjusts = [past for past in covered.corrections if past.kind is CorrectionKind.ADJUST]
        told = [(past.cause, row) for past in adjusts for row in rows_of(past.content)]
        errors = [row for cause, row in told if cause is CorrectionCause.ERROR and not _is_marked(row)]
        returns = [row for cause, row in told if cause is CorrectionCause.RETURN and not _is_marked(row)]
        marked = [row for _, row in told]
        self.issued = summed(rows_of(covered.content))
        self.sold = summed([*rows_of(covered.content), *errors])
        self.back = summed([*returns, *_unmarked(_BACK, marked)])
        self.lowered = summed(_unmarked(_VALUE, marked))

    def left(self) -> Mapping[str, Row]:
        """What still stands of each line; notes and what is used up are not there."""
        return standing(self.sold, self.back.values(), self.lowered.values())


def standing(sold: Mapping[str, Row], *taken: Iterable[Row]) -> Mapping[str, Row]:
    """What is left of rows after others, which are negative, were taken off; what is used up is not there."""
    left = summed([*sold.values(), *(row for rows in taken for row in rows)])
    return {source: row for source, row in left.items() if not row.empty}


def rows_of(content: Content) -> list[Row]:
    """The lines of a content, without its notes.

    Raises:
        ValueError: when a line does not say what it was made of.
    """
    lines = zip(content.sources, content.invoice.OriginalInvoiceDetail, strict=True)
    return [_row(source, line) for source, line in lines if source != _NOTE]


def _row(source: str, line: OriginalInvoiceDetail) -> Row:
    return Row(
        source=source,
        type=line.ItemType,
        code=line.ItemCode,
        name=line.ItemName,
        unit=line.UnitName,
        rate=line.VATRateName,
        quantity=line.Quantity or _ZERO,
        amount=int(line.AmountOC or 0),
        discount=int(line.DiscountAmountOC or 0),
        net=int(line.AmountWithoutVATOC or 0),
        vat=None if line.VATAmountOC is None else int(line.VATAmountOC),
    )


def worth_of_back(rows: Iterable[Row]) -> list[Row]:
    """Rows that say what units that came back earlier are worth now, after an edit: they count as taken back."""
    return [replace(row, source=_BACK + row.source) for row in rows]


def worth_of_money(rows: Iterable[Row]) -> list[Row]:
    """Rows that lower the value for money without goods, or give that back."""
    return [replace(row, source=_VALUE + row.source) for row in rows]


def _is_marked(row: Row) -> bool:
    return row.source.startswith((_BACK, _VALUE))


def _unmarked(mark: str, rows: Iterable[Row]) -> list[Row]:
    return [replace(row, source=row.source.removeprefix(mark)) for row in rows if row.source.startswith(mark)]


def summed(rows: Iterable[Row]) -> dict[str, Row]:
    """One row for each source; the first names it."""
    found: dict[str, Row] = {}
    for row in rows:
        found[row.source] = found[row.source].plus(row) if row.source in found else row
    return found
