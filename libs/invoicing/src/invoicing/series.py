"""Invoice series (ký hiệu): what one may look like, and its form without the year.

A series is a template digit, ``C`` or ``K`` (with or without the tax authority's code), two digits of the year,
one letter for the kind and two letters of the seller's choice (Circular 91/2026 Appendix I). meInvoice rolls the
year by ``InvDate`` (meInvoice Open API §1.6), so we keep it without: ``1C26TAA`` is stored as ``1C__TAA``.
"""

import datetime as dt
import re
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field

_SERIES = re.compile(r"([12])([CK])([0-9]{2}|__)([TM])([A-Z]{2})")
SALES_DIGIT = "2"
CASH_REGISTER_LETTER = "M"


@lru_cache(maxsize=4096)
def normalise_series(text: str) -> str:
    """The series without its year.

    Raises:
        ValueError: when it is not a VAT or sales series (digit 1 or 2) of kind T or M, saying so in both languages.
    """
    found = _SERIES.fullmatch(text.strip().upper())
    if found is None:
        raise ValueError(
            f"ký hiệu '{text}' không đúng: cần dạng 1C26TAA (số 1 hoặc 2, chữ C hoặc K, 2 số năm, chữ T hoặc M, "
            f"2 chữ cái), chép đúng từ mẫu hóa đơn trên meInvoice / series '{text}' is not valid: write it as in "
            "meInvoice, for example 1C26TAA (digit 1 or 2, C or K, two digits of the year, T or M, two letters)"
        )
    digit, code, _, kind, letters = found.groups()
    return f"{digit}{code}__{kind}{letters}"


SeriesPattern = Annotated[
    str,
    AfterValidator(normalise_series),
    Field(description="Invoice series; the year is dropped on reading (1C26TAA becomes 1C__TAA)."),
]


def series_for(pattern: str, date: dt.date) -> str:
    """The series of the year of ``date`` (a Vietnam date), as ``InvSeries`` wants it."""
    return normalise_series(pattern).replace("__", f"{date.year % 100:02d}")


def is_sales(pattern: str) -> bool:
    """Whether this is a sales series (digit 2), which carries no VAT."""
    return pattern.startswith(SALES_DIGIT)


def is_cash_register(pattern: str) -> bool:
    """Whether invoices of this series come from a cash register (letter M)."""
    return normalise_series(pattern)[4] == CASH_REGISTER_LETTER


def is_with_code(pattern: str) -> bool:
    """Whether the tax authority gives these invoices a code (``invoiceWithCode`` of the status call)."""
    return normalise_series(pattern)[1] == "C"
