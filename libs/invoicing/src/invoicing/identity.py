"""Names that never change: of a document (RefID), of a lane, of an account."""

import datetime as dt
import json
from uuid import UUID, uuid5

from invoicing import series as series_rules

NAMESPACE = UUID("b0a3c1de-6f0c-5b0e-9c57-0f5d2f8e4a11")
"""Ours, fixed for ever: another value would give every order a second RefID, and with it a second invoice."""


def ref_id(environment: str, shop: str, order_id: int, kind: str, source_id: str = "") -> UUID:
    """The RefID of one document of one order: meInvoice deduplicates by it (meInvoice Open API §13.3).

    Args:
        environment: ``sandbox`` or ``production``.
        shop: our id of the shop.
        order_id: Haravan's numeric order id, not the printed name.
        kind: what the document is, such as ``sale``.
        source_id: the fulfilment, refund or replaced TransactionID it stands for; empty for the whole order.
    """
    name = json.dumps([environment, shop, order_id, kind, source_id], ensure_ascii=False, separators=(",", ":"))
    return uuid5(NAMESPACE, name)


def account_key(environment: str, tax_code: str) -> str:
    """The key of one meInvoice login, ``production:0101243150``."""
    return f"{environment}:{tax_code}"


def lane_key(environment: str, tax_code: str, series: str) -> str:
    """The unit of ordering, ``production:0101243150:1C__TAA``; a year in the series is dropped."""
    return f"{account_key(environment, tax_code)}:{series_rules.normalise_series(series)}"


def series_for(pattern: str, date: dt.date) -> str:
    """The series of the year of ``date``, ``1C__TAA`` in 2026 being ``1C26TAA``."""
    return series_rules.series_for(pattern, date)
