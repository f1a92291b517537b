"""Faithful invoices to publish: orders of two and three lines, converted as the invoicer converts them."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

from invoicing.convert import Converted, SeriesFacts, convert
from shops.models import Shop
from support.haravan_orders import company, line, order

_KINDS = 12
_PLACEHOLDER = UUID(int=7)


@dataclass(frozen=True, slots=True)
class Sample:
    """The content of one invoice under a RefID that `with_ref_id` replaces."""

    text: str
    lines: int

    def with_ref_id(self) -> tuple[str, str]:
        """A new RefID and the content that carries it."""
        ref_id = str(uuid4())
        return ref_id, self.text.replace(str(_PLACEHOLDER), ref_id)


def samples(shop: Shop, series: str, today: dt.date) -> Iterator[Sample]:
    """Contents for a series without end, alternately of two and of three lines."""
    made = [_sample(shop, series, today, number) for number in range(_KINDS)]
    while True:
        yield from made


def _sample(shop: Shop, series: str, today: dt.date, number: int) -> Sample:
    goods = [line(119_000 + 1_000 * number, id=11), line(54_900, 3, id=12)]
    shipping = [{"title": "Giao hàng nhanh", "price": 30_000}] if number % 2 else []
    bought = order(goods, shipping_lines=shipping, note_attributes=company())
    known = SeriesFacts(series=series, sign_type=2)
    made = convert(bought, known, shop.rules, ref_id=_PLACEHOLDER, invoice_date=today)
    if not isinstance(made, Converted):
        raise TypeError(f"the sample order was not converted: {made}")
    return Sample(made.content.to_json(), made.line_count)
