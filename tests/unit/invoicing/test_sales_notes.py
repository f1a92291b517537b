"""The note on the 20 % reduction of sellers under the direct method (sales series)."""

import datetime as dt

from invoicing.catalogue import Catalogue
from invoicing.claim import DressHold, dress
from invoicing.rules import Rules
from meinvoice.models import ItemType
from support.haravan_orders import converted, goods, line, order, rules

_TEXT = "Đã giảm 20 % mức tỷ lệ % để tính thuế GTGT theo Nghị quyết số 204/2025/QH15."
_SERIES = "2C26TBB"


def _noted(**window: object) -> Rules:
    return rules(rates=[{"level": "product_type", "values": ["Áo"], "rate": "8%", "sales_note": _TEXT, **window}])


def test_goods_under_the_rule_print_its_note_once() -> None:
    """A line of words after everything else, in no total; goods of other rules ask for none."""
    made = converted(order([line(100_000, id=1, type="áo"), line(50_000, id=2, type="Áo")]), _noted(), series=_SERIES)
    assert made.content.sources == ("line:1", "line:2", "note")
    note = made.invoice.OriginalInvoiceDetail[-1]
    assert (note.ItemType, note.ItemName, note.LineNumber, note.SortOrder) == (ItemType.NOTE, _TEXT, 3, None)
    assert made.invoice.TotalAmountOC == 150_000
    assert (
        made.invoice.model_copy(update={"InvDate": dt.date(2026, 3, 20), "InvSeries": _SERIES}).check_sendable() == ()
    )
    assert converted(order([line(100_000, type="Quần")]), _noted(), series=_SERIES).content.sources == ("line:11",)


def test_two_rules_may_have_two_texts() -> None:
    """Each text stands once, in the order of the goods that ask for it."""
    texts = [{"level": "sku", "values": [f"SKU-{n}"], "rate": "8%", "sales_note": f"Ghi chú {n}"} for n in (1, 2)]
    made = converted(order([line(1, id=2), line(1, id=1)]), rules(rates=texts), series=_SERIES)
    assert [each.ItemName for each in made.invoice.OriginalInvoiceDetail[2:]] == ["Ghi chú 2", "Ghi chú 1"]


def test_the_reduction_ends_with_2026() -> None:
    """No note on later dates, none outside the rule's window, and one that was made before is not sent after."""
    made = order([line(100_000, type="Áo")])
    last, after = dt.date(2026, 12, 31), dt.date(2027, 1, 1)
    assert converted(made, _noted(), series=_SERIES, on=after).line_count == 1
    assert converted(made, _noted(valid_from="2026-04-01"), series=_SERIES).line_count == 1
    content = converted(made, _noted(), series=_SERIES, on=last).content
    assert isinstance(dress(content.to_json(), date=last, series_pattern=_SERIES), str)
    late = dress(content.to_json(), date=after, series_pattern=_SERIES)
    assert isinstance(late, DressHold)
    assert late.reason == "rate-expired"


def test_vat_invoices_have_no_such_note() -> None:
    """Where there are VAT columns the rate itself says it."""
    assert converted(order([line(108_000, type="Áo")]), _noted()).line_count == 1


def test_rates_of_the_catalogue_have_no_note() -> None:
    """The text belongs to the shop's rules; rates of single goods carry none."""
    known = Catalogue((goods("SKU-11", rate="8%"),))
    assert converted(order([line(108_000, type="Áo")]), _noted(), series=_SERIES, catalogue=known).line_count == 1
