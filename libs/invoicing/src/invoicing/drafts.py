"""The lines of an invoice with what each rests on, before they are counted and numbered."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from invoicing.amounts import Amounts
from invoicing.goods import Goods, Transport
from invoicing.item_texts import item_code, item_name, unit_name
from invoicing.lines import InvoiceLine, priced
from invoicing.money import plain
from invoicing.rate_choice import ChosenRate, Rates
from invoicing.rules import Rules
from invoicing.sales_notes import SalesNote, sales_notes

NOTE = "note"
"""The source of lines that only say something."""

_ONE = Decimal(1)


class Draft(NamedTuple):
    """A line, what it was made of, and the rate it got; none on sales invoices and for notes."""

    line: InvoiceLine
    source: str
    chosen: ChosenRate | None = None
    name_cut: bool = False
    notes: tuple[SalesNote, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it is more than a note."""
        return not self.line.note

    def flags(self, number: int) -> Iterator[str]:
        """Things to show that stop nothing, for the line of this number."""
        if self.name_cut:
            yield f"item-name-cut:{number}"
        if self.chosen is not None and self.chosen.level == "default":
            yield f"default-rate:{self.line.code or number}"


def drafts_of(amounts: Amounts, rules: Rules, rates: Rates | dt.date) -> Iterator[Draft]:
    """Goods first, then transport; with the rates of a VAT invoice, or without VAT columns on the date of a sales one.

    Raises:
        Stopped: when a line has no certain rate, or no name.
    """
    included = rules.prices == "include_vat"
    for goods in amounts.goods:
        if goods.note:
            name, cut = item_name(goods)
            yield Draft(line=note_line(name), source=NOTE, name_cut=cut)
        else:
            yield _goods(goods, rules, rates, included=included)
    for transport in amounts.shipping:
        chosen = rates.of_transport() if isinstance(rates, Rates) else None
        yield _transport(transport, rules, chosen, included=included)


def note_line(text: str) -> InvoiceLine:
    """A line of words alone (ItemType 4)."""
    return InvoiceLine(
        note=True,
        gift=False,
        code=None,
        name=text,
        unit=None,
        quantity=Decimal(0),
        amount=0,
        discount=0,
        net=0,
        rate=None,
        vat=None,
    )


def _goods(goods: Goods, rules: Rules, rates: Rates | dt.date, *, included: bool) -> Draft:
    name, cut = item_name(goods)
    chosen = rates.of_goods(goods) if isinstance(rates, Rates) else None
    notes = () if isinstance(rates, Rates) else sales_notes(goods, rules, rates)
    rate = chosen.rate if chosen else None
    listed = 0 if goods.gift else goods.listed
    amount, net, vat = priced(listed=listed, paid=goods.paid, rate=rate, prices_include_vat=included)
    line = InvoiceLine(
        gift=goods.gift,
        code=item_code(goods),
        name=name,
        unit=unit_name(goods, rules.unit_name),
        quantity=plain(goods.quantity),
        amount=amount,
        discount=amount - net,
        net=net,
        rate=rate,
        vat=vat,
    )
    return Draft(line=line, source=goods.source, chosen=chosen, name_cut=cut, notes=notes)


def _transport(transport: Transport, rules: Rules, chosen: ChosenRate | None, *, included: bool) -> Draft:
    rate = chosen.rate if chosen else None
    amount, net, vat = priced(listed=transport.gross, paid=transport.paid, rate=rate, prices_include_vat=included)
    line = InvoiceLine(
        gift=False,
        code=rules.shipping.code,
        name=rules.shipping.name,
        unit=None,
        quantity=_ONE,
        amount=amount,
        discount=amount - net,
        net=net,
        rate=rate,
        vat=vat,
    )
    return Draft(line=line, source=f"shipping:{transport.index}", chosen=chosen)
