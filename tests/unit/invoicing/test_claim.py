"""Dating an invoice when its lane claims it."""

import datetime as dt
import json
from decimal import Decimal
from uuid import UUID

import pytest
from invoicing.claim import DressHold, dress
from invoicing.content import Content
from invoicing.convert import Converted, SeriesFacts, convert
from support.haravan_orders import line, order, rules

_WINDOWS = [
    {"level": "default", "rate": "8%", "valid_to": "2026-12-31"},
    {"level": "default", "rate": "10%", "valid_from": "2027-01-01"},
]


def _content() -> str:
    facts = SeriesFacts(series="1C26TAA", sign_type=2)
    made = order([line("33333.3333", 3)], total_price=100_000)
    converted = convert(made, facts, rules(rates=_WINDOWS), ref_id=UUID(int=7), invoice_date=dt.date(2026, 12, 30))
    assert isinstance(converted, Converted)
    return converted.content.to_json()


def test_date_and_series_are_set() -> None:
    """The body gets the claim's date and the series of that year, and nothing else changes."""
    dressed = dress(_content(), date=dt.date(2026, 12, 31), series_pattern="1C__TAA")
    assert isinstance(dressed, str)
    body = json.loads(dressed, parse_float=Decimal)
    assert (body.pop("InvDate"), body.pop("InvSeries")) == ("2026-12-31", "1C26TAA")
    assert body == json.loads(_content(), parse_float=Decimal)["invoice"]


def test_dressing_is_repeatable() -> None:
    """The same content and date give the identical text."""
    texts = {dress(_content(), date=dt.date(2026, 12, 31), series_pattern="1C26TAA") for _ in range(3)}
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("content", "date", "series", "reason"),
    (
        (_content(), dt.date(2027, 1, 1), "1C__TAA", "rate-expired"),
        (_content(), dt.date(2026, 12, 31), "1C__TBB", "series-mismatch"),
        ("{}", dt.date(2026, 12, 31), "1C__TAA", "content-unreadable"),
        ("no json", dt.date(2026, 12, 31), "1C__TAA", "content-unreadable"),
    ),
)
def test_what_may_not_be_sent(content: str, date: dt.date, series: str, reason: str) -> None:
    """A rate that has ended, another lane's series or a broken text is a typed hold."""
    held = dress(content, date=date, series_pattern=series)
    assert isinstance(held, DressHold)
    assert held.reason.value == reason
    assert "?" not in held.explain().vi


def test_content_goes_to_text_and_back() -> None:
    """What travels in the command reads back exactly."""
    content = Content.from_json(_content())
    assert content.to_json() == _content()
    assert [each.rate for each in content.rate_windows] == ["8%"]
