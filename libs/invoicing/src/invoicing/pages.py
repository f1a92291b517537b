"""An order that is too long for one invoice, split into several that are each complete."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from invoicing.drafts import Draft
from invoicing.reasons import Reason, stop

LINE_LIMIT = 200
"""meInvoice takes fewer lines than this, notes included (meInvoice Open API §14, XMLTooLong)."""

MOST_LINES = LINE_LIMIT - 1


@dataclass(frozen=True, slots=True)
class Page:
    """One of the invoices an order was split into: ``number`` 1 to ``of``.

    Raises:
        ValueError: when there is no such page.
    """

    number: int
    of: int

    def __post_init__(self) -> None:
        """Check that the page exists."""
        if not 1 <= self.number <= self.of:
            raise ValueError(f"there is no page {self.number} of {self.of}")


def pages_of(lines: int) -> int:
    """How many invoices so many lines need; the count is that of a hold with ``too-many-lines``."""
    return max(1, -(-lines // MOST_LINES))


def page_of(lines: Sequence[Draft], repeated: int, page: Page | None) -> Sequence[Draft]:
    """The lines of one page, in order; all of them where the invoice is not split.

    Args:
        lines: the lines of the whole order; those that `counts` is false of are mere notes.
        repeated: notes that every page ends with.
        page: which one; none for an order that fits.

    Raises:
        Stopped: when the lines do not fit, or into another number of pages.
    """
    room = MOST_LINES - repeated
    needed = max(1, -(-len(lines) // room))
    if page is None and needed > 1:
        stop(Reason.TOO_MANY_LINES, lines=len(lines) + needed * repeated, limit=LINE_LIMIT)
    if page is None:
        return lines
    if page.of != needed:
        stop(Reason.PAGES_CHANGED, pages=page.of, needed=needed)
    starts = [*_starts(lines, room, needed), len(lines)]
    first, last = list(pairwise(starts))[page.number - 1]
    if not any(line.counts for line in lines[first:last]):
        stop(Reason.ONLY_NOTES)
    return lines[first:last]


def _starts(lines: Sequence[Draft], room: int, pages: int) -> list[int]:
    """Where each page begins: full pages, but a last one of nothing but notes takes goods over from the one before."""
    starts = list(range(0, pages * room, room))
    if pages > 1 and not any(line.counts for line in lines[starts[-1] :]):
        goods = (at for at in range(starts[-1] - 1, starts[-2], -1) if lines[at].counts)
        starts[-1] = next((at for at in goods if len(lines) - at <= room), starts[-1])
    return starts
