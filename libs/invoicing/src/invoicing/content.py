"""An invoice on its way to the lane: the vendor's body and what must still hold when it is dated."""

import datetime as dt
from typing import Literal

from meinvoice.models import InvoiceData
from meinvoice.models.base import SentModel
from pydantic import Field


class RateWindow(SentModel):
    """A rate used on the invoice and the invoice dates it is valid on; open ends are none."""

    rate: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    def holds_on(self, date: dt.date) -> bool:
        """Whether an invoice of this date may carry the rate."""
        return not ((self.valid_from and date < self.valid_from) or (self.valid_to and date > self.valid_to))


class Content(SentModel):
    """What travels in the command as JSON text: complete but for ``InvDate`` and ``InvSeries``.

    Those two are set when the lane claims the invoice, since the date is that day's and the year of the series
    follows the date.
    """

    version: Literal[1] = 1
    series: str = Field(description="The series without its year, 1C__TAA.")
    sign_type: int = Field(description="2 with a signature shown, 5 for cash-register series (Open API §1.6).")
    rate_windows: tuple[RateWindow, ...] = ()
    invoice: InvoiceData
    sources: tuple[str, ...] = Field(
        default=(),
        description="What each line was made of: line:ID of the order, combo:ID:SKU, shipping:N or note; in adjustments"
        " with back: before it (what came back earlier has another worth) or value: (money alone lowers the value).",
    )
