"""The note on the 20 % reduction that sellers under the direct method print (sales series, digit 2).

Until 31 December 2026 they pay 20 % less of their percentage instead of an 8 % rate, and their invoice says so
(Resolution 204/2025/QH15, Decree 174/2025). Which goods have it, and in what words, is for the shop's rate rules.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from invoicing.content import RateWindow
from invoicing.goods import Goods
from invoicing.item_texts import LONGEST_NAME, printable
from invoicing.rate_choice import rules_of
from invoicing.rates import RateRule
from invoicing.rules import Rules

REDUCTION_ENDS = dt.date(2026, 12, 31)
"""Last invoice date with the reduction (Resolution 204/2025/QH15)."""

_REDUCED = "20 %"


@dataclass(frozen=True, slots=True)
class SalesNote:
    """A text and the invoice dates it may be printed on."""

    text: str
    window: RateWindow


def sales_notes(goods: Goods, rules: Rules, date: dt.date) -> tuple[SalesNote, ...]:
    """The notes that an invoice of this date with these goods carries."""
    return tuple(_notes(goods, rules, date)) if date <= REDUCTION_ENDS else ()


def each_once(notes: Iterable[SalesNote]) -> tuple[SalesNote, ...]:
    """One of each text, in the order of the goods that ask for them."""
    return tuple({note.text: note for note in notes}.values())


def _notes(goods: Goods, rules: Rules, date: dt.date) -> Iterator[SalesNote]:
    found = rules_of(goods.line, goods.item, rules)
    for rule in found[1] if found else ():
        if isinstance(rule, RateRule) and rule.valid_on(date) and (text := printable(rule.sales_note)):
            end = min(rule.valid_to or REDUCTION_ENDS, REDUCTION_ENDS)
            yield SalesNote(text[:LONGEST_NAME], RateWindow(rate=_REDUCED, valid_from=rule.valid_from, valid_to=end))
