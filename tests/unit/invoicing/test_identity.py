"""Names of documents, lanes and accounts."""

import datetime as dt
from uuid import UUID

import pytest
from invoicing.identity import account_key, lane_key, ref_id, series_for
from invoicing.series import is_cash_register, is_sales, is_with_code, normalise_series


def test_ref_id_is_frozen() -> None:
    """The RefID of a document never changes: a change would issue a second invoice."""
    expected = UUID("2607c0db-bb93-578a-b55b-74f6543ffd38")
    assert ref_id("production", "demo-thoi-trang", 1701234567, "sale") == expected


def test_ref_id_differs_by_every_part() -> None:
    """No two documents share a RefID, also where parts run into each other."""
    parts = [
        ("sandbox", "a", 1, "sale", ""),
        ("production", "a", 1, "sale", ""),
        ("production", "b", 1, "sale", ""),
        ("production", "a", 2, "sale", ""),
        ("production", "a", 1, "part", ""),
        ("production", "a", 1, "part", "9"),
        ("production", "a", 1, "part9", ""),
    ]
    assert len({ref_id(*each) for each in parts}) == len(parts)


def test_keys_drop_the_year() -> None:
    """One lane serves a series through all years."""
    assert account_key("production", "0101243150") == "production:0101243150"
    assert lane_key("production", "0101243150", "1C26TAA") == "production:0101243150:1C__TAA"
    assert lane_key("production", "0101243150", "1C27TAA") == lane_key("production", "0101243150", "1C__TAA")


def test_series_follows_the_date() -> None:
    """The year of the series is the invoice date's."""
    assert series_for("1C__TAA", dt.date(2026, 12, 31)) == "1C26TAA"
    assert series_for("1C26TAA", dt.date(2027, 1, 1)) == "1C27TAA"


@pytest.mark.parametrize(
    "text", ("", "1C26TA", "3C26TAA", "1X26TAA", "1C26DAA", "1C2\uff16TAA", "1C26TA1", "1C26TAA x")
)
def test_series_that_is_none(text: str) -> None:
    """What is not a VAT or sales series of kind T or M is refused in both languages."""
    with pytest.raises(ValueError, match=r"1C26TAA.* / series .*1C26TAA"):
        normalise_series(text)


def test_series_kinds() -> None:
    """The characters of a series tell sales, cash register and code."""
    assert normalise_series(" 1c26tAa ") == "1C__TAA"
    assert is_sales("2C__TAA")
    assert not is_sales("1C__TAA")
    assert is_cash_register("1C26MAB")
    assert not is_cash_register("1C__TAA")
    assert is_with_code("1C__TAA")
    assert not is_with_code("1K__TAA")
