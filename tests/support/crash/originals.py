"""What the way `correction` corrects: invoices of another series, issued before the cell begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from contracts.commands import OriginalInvoice
from meinvoice.models import InvoiceData
from meinvoice.models.corrections import CannotCorrect, Form, Original, correct, corrected
from runtime.clock import SystemClock
from support.sandboxes import invoice

SERIES = f"1C{SystemClock().vietnam_today():%y}TAB"


def bodies(number: int) -> Sequence[Mapping[str, Any]]:
    """So many invoices, to be issued today."""
    today = SystemClock().vietnam_today().isoformat()
    return [invoice(RefID=str(uuid4()), InvSeries=SERIES, InvDate=today) for _ in range(number)]


@dataclass(frozen=True, slots=True)
class Issued:
    """One of them as the vendor's stand-in has it."""

    row: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Series and number, as the stand-in names the original of a correction."""
        return f"{self.row['series']} {self.row['inv_no']}"

    def named(self) -> OriginalInvoice:
        """It, as a command names it."""
        row = self.row
        return OriginalInvoice(
            ref_id=row["ref_id"], lookup_code=row["transaction_id"], series=row["series"], number=row["inv_no"]
        )

    def corrected(self, invoice: InvoiceData, form: Form) -> InvoiceData:
        """An invoice that corrects it."""
        row = self.row
        original = Original.of_series(
            row["series"], row["inv_no"], date.fromisoformat(row["inv_date"]), row["transaction_id"]
        )
        fields = correct(form, original, note="Sai tên hàng")
        if isinstance(fields, CannotCorrect):
            raise TypeError(fields.en)
        return corrected(invoice, fields)
