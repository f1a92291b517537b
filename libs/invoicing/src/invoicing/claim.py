"""Dating an invoice when its lane claims it."""

import datetime as dt
from dataclasses import dataclass

from pydantic import ValidationError

from invoicing.content import Content
from invoicing.reasons import Finding, Reason
from invoicing.series import normalise_series, series_for

__all__ = ["DressHold", "dress"]


@dataclass(frozen=True, slots=True)
class DressHold(Finding):
    """The content may not be sent on this date or in this series; with ``rate-expired`` convert the order anew."""


def dress(content_json: str, *, date: dt.date, series_pattern: str) -> str | DressHold:
    """The body for meInvoice, as JSON text, with ``InvDate`` and the series of that year.

    Args:
        content_json: what :meth:`Content.to_json` wrote.
        date: the invoice date, in Vietnam.
        series_pattern: the lane's series, with or without a year.
    """
    try:
        content = Content.from_json(content_json)
    except (ValidationError, ValueError):
        return DressHold(Reason.CONTENT_UNREADABLE)
    lane_series = normalise_series(series_pattern)
    if content.series != lane_series:
        return DressHold(Reason.SERIES_MISMATCH, {"content_series": content.series, "lane_series": lane_series})
    expired = next((window for window in content.rate_windows if not window.holds_on(date)), None)
    if expired is not None:
        return DressHold(Reason.RATE_EXPIRED, {"rate": expired.rate, "date": date.isoformat()})
    dated = content.invoice.model_copy(update={"InvDate": date, "InvSeries": series_for(lane_series, date)})
    return dated.to_json()
