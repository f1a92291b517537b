"""Numbers and dates of a series: without gap, from 1 each year, dates never going back (Open API §14)."""

from datetime import date

from sandbox.common.database import Database
from sandbox.meinvoice.checks.refusal import RefusedError
from sandbox.meinvoice.series import Series


class Numbering:
    """Reads what a series has come to; the invoices themselves are the counter."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def next_number(self, tax_code: str, series: Series) -> int:
        """The number that the next invoice of that series and year gets."""
        last = self._database.value(
            "SELECT max(number) FROM invoices WHERE tax_code = ? AND base = ? AND year = ?",
            (tax_code, series.base, series.year),
        )
        return int(last or 0) + 1

    def check_date(self, tax_code: str, series: Series, day: date) -> None:
        """The date fits behind the last invoice of the series.

        Raises:
            RefusedError: `ExistsInvoiceNextYear` or `InvalidInvoiceDate`.
        """
        text = self._database.value(
            "SELECT max(inv_date) FROM invoices WHERE tax_code = ? AND base = ?", (tax_code, series.base)
        )
        last = None if text is None else date.fromisoformat(text)
        if last is not None and last.year > day.year:
            raise RefusedError("ExistsInvoiceNextYear", f"Tồn tại hóa đơn của năm {last.year}")
        if last is not None and day < last:
            raise RefusedError("InvalidInvoiceDate", f"Ngày hóa đơn {day} nhỏ hơn ngày hóa đơn cuối cùng {last}")
