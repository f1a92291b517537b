"""What the sandbox never issues by itself, the audit finds all the same: rows are put behind its back."""

from collections.abc import Iterator

import pytest
from sandbox.common.database import Database
from sandbox.meinvoice.audit import Audit
from sandbox.meinvoice.series import parse_series
from sandbox.meinvoice.store import LATER_COLUMNS, SCHEMA
from support.sandboxes import TAX_CODE


class Rows:
    """A store that takes any invoice."""

    def __init__(self) -> None:
        self.database = Database(":memory:", SCHEMA, LATER_COLUMNS)

    def put(self, number: int, day: str, series: str = "1C26TAA", tax_code: str = TAX_CODE) -> None:
        """An invoice of that number and day."""
        parsed = parse_series(series)
        assert parsed is not None
        name = f"{tax_code} {series} {number}"
        row = {"tax_code": tax_code, "ref_id": name, "transaction_id": name, "base": parsed.base, "year": parsed.year}
        row |= {"series": series, "number": number, "inv_date": day, "sign_type": 2, "body": "{}", "content": name}
        row |= {"request": 1, "refused": 0, "issued_at": "", "visible_at": "", "verdict_at": ""}
        self.database.execute(
            f"INSERT INTO invoices ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",  # noqa: S608  # names above
            tuple(row.values()),
        )


@pytest.fixture
def rows() -> Iterator[Rows]:
    """An empty store."""
    made = Rows()
    yield made
    made.database.close()


def test_missing_numbers_are_found(rows: Rows) -> None:
    """Every number between 1 and the last one that nobody has, per series and year and company."""
    for number in (2, 3, 6):
        rows.put(number, "2026-03-16")
    rows.put(1, "2026-03-16", "1C26TAB")
    rows.put(1, "2027-01-02", "1C27TAA")
    rows.put(2, "2026-03-16", tax_code="2222222222")
    report = Audit(rows.database).report()
    assert report["gaps"] == [
        {"tax_code": TAX_CODE, "series": "1C26TAA", "missing": [1, 4, 5]},
        {"tax_code": "2222222222", "series": "1C26TAA", "missing": [1]},
    ]
    assert [len(Audit(rows.database, tax_code=TAX_CODE, base=base).gaps()) for base in ("1C__TAA", "1C__TAB")] == [1, 0]


def test_dates_that_go_back_are_found(rows: Rows) -> None:
    """The number whose date is before that of the number below it, also over the turn of the year."""
    for number, day in enumerate(("2026-03-16", "2026-03-18", "2026-03-17", "2026-03-17", "2026-03-19"), 1):
        rows.put(number, day)
    rows.put(1, "2026-03-18", "1C27TAA")
    rows.put(1, "2026-03-01", "1C26TAB")
    rows.put(1, "2026-03-01", tax_code="2222222222")
    report = Audit(rows.database).report()
    assert report["date_inversions"] == [
        {"tax_code": TAX_CODE, "series": "1C26TAA", "number": 3, "date": "2026-03-17", "date_before": "2026-03-18"},
        {"tax_code": TAX_CODE, "series": "1C27TAA", "number": 1, "date": "2026-03-18", "date_before": "2026-03-19"},
    ]
    assert report["gaps"] == []
