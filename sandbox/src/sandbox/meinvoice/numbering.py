"""Numbers and dates of a series: without gap, from 1 each year, dates never going back (Open API §14)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.common.database import Database
from sandbox.meinvoice.checks.refusal import RefusedError
from sandbox.meinvoice.error_codes import describe
from sandbox.meinvoice.series import Series


@dataclass(slots=True)
class Head:
    """How far a series has come."""

    numbers: dict[int, int]
    """The last number by year, as far as it was asked for."""
    last_day: date | None


class Register:
    """What one company has issued, read once for a batch and kept up to date while it is issued."""

    def __init__(self, database: Database, tax_code: str) -> None:
        self._database = database
        self._tax_code = tax_code
        self._heads: dict[str, Head] = {}
        self._issued: dict[str, Any] = {}
        self._waiting: set[str] = set()

    def look_up(self, ref_ids: Iterable[str]) -> None:
        """Read at once which of these RefIDs are issued, and which are accepted and wait to be."""
        asked = tuple(ref_ids)
        where = f"WHERE tax_code = ? AND ref_id IN ({', '.join('?' * len(asked))})"
        issued = self._database.rows(f"SELECT * FROM invoices {where}", (self._tax_code, *asked))  # noqa: S608  # marks
        waiting = self._database.rows(
            f"SELECT ref_id FROM pending {where} AND lost IS NULL",  # noqa: S608  # marks
            (self._tax_code, *asked),
        )
        self._issued |= {row["ref_id"].lower(): row for row in issued}
        self._waiting |= {row["ref_id"].lower() for row in waiting}

    def issued(self, ref_id: str) -> Any:
        """The invoice of a RefID that was looked up or has been noted, or None."""
        return self._issued.get(ref_id.lower())

    def is_new(self, ref_id: str) -> bool:
        """Whether a RefID that was looked up is neither issued nor waiting to be."""
        return ref_id.lower() not in self._issued and ref_id.lower() not in self._waiting

    def check_new(self, ref_id: str) -> None:
        """A second invoice of the RefID is not asked for (§13.3, §15.1).

        Raises:
            RefusedError: `DuplicateInvoiceRefID`; there is no number to tell of one that is waiting.
        """
        if not self.is_new(ref_id):
            raise RefusedError("DuplicateInvoiceRefID", describe("DuplicateInvoiceRefID"))

    def next_number(self, series: Series) -> int:
        """The number that the next invoice of that series and year gets."""
        return self._last_number(series) + 1

    def check_date(self, series: Series, day: date) -> None:
        """The date fits behind the last invoice of the series.

        Raises:
            RefusedError: `ExistsInvoiceNextYear` or `InvalidInvoiceDate`.
        """
        last = self._head(series).last_day
        if last is not None and last.year > day.year:
            raise RefusedError("ExistsInvoiceNextYear", f"Tồn tại hóa đơn của năm {last.year}")
        if last is not None and day < last:
            raise RefusedError("InvalidInvoiceDate", f"Ngày hóa đơn {day} nhỏ hơn ngày hóa đơn cuối cùng {last}")

    def reserve(self, series: Series, day: date) -> int:
        """Count one number further in this batch, without an invoice yet; nothing of it is kept."""
        number = self._last_number(series) + 1
        self._set(series, number, day)
        return number

    def note_waiting(self, ref_id: str) -> None:
        """An invoice has been accepted, to be issued later."""
        self._waiting.add(ref_id.lower())

    def note(self, row: Any, series: Series, day: date) -> None:
        """An invoice has been issued."""
        self._set(series, row["number"], day)
        self._issued[str(row["ref_id"]).lower()] = row

    def _set(self, series: Series, number: int, day: date) -> None:
        head = self._head(series)
        head.numbers[series.year], head.last_day = number, day

    def _head(self, series: Series) -> Head:
        if series.base not in self._heads:
            text = self._database.value(
                "SELECT max(inv_date) FROM invoices WHERE tax_code = ? AND base = ?", (self._tax_code, series.base)
            )
            self._heads[series.base] = Head({}, None if text is None else date.fromisoformat(text))
        return self._heads[series.base]

    def _last_number(self, series: Series) -> int:
        numbers = self._head(series).numbers
        if series.year not in numbers:
            last = self._database.value(
                "SELECT max(number) FROM invoices WHERE tax_code = ? AND base = ? AND year = ?",
                (self._tax_code, series.base, series.year),
            )
            numbers[series.year] = int(last or 0)
        return numbers[series.year]
