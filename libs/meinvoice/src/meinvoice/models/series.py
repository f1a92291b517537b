"""What the seven characters of a series say (meInvoice Open API §1.6)."""

import re
from dataclasses import dataclass
from typing import Self

_SERIES = re.compile(r"(?P<template>[1-9])(?P<code>[CK])(?P<year>[0-9_]{2})(?P<form>[A-Z])[A-Z0-9]{2}")
_TICKET = "5"
_CASH_REGISTER = "M"


def with_template(series: str, *template_nos: str) -> str:
    """The series with its template digit (§1.6): `C26TAA` of template `1` is 1C26TAA.

    The first template number that makes a series of it is taken; a series that none of them makes one stays as it is.
    """
    return next((joined for no in template_nos if _SERIES.fullmatch(joined := no + series)), series)


def is_series(text: str) -> bool:
    """Whether a text is a series with template digit and year (§1.6)."""
    return _SERIES.fullmatch(text) is not None and "_" not in text


@dataclass(frozen=True, slots=True)
class SeriesKind:
    """Kind of a series: the flags by which status, download and e-mail find its invoices.

    A wrong flag finds nothing and is no error, so take them from here.
    """

    template_no: str
    invoice_with_code: bool
    calculating_machine: bool

    @classmethod
    def of(cls, series: str) -> Self:
        """Read a series as `1C26TAA` (meInvoice Open API §1.6); the year may be left open (`1C__TAA`).

        Raises:
            ValueError: It is no series of Decree 123 and later.

        """
        match = _SERIES.fullmatch(series)
        if match is None:
            raise ValueError(f"{series!r} is no series: 7 characters as 1C26TAA")
        return cls(match["template"], match["code"] == "C", match["form"] == _CASH_REGISTER)

    @property
    def ticket(self) -> bool:
        """Whether it numbers tickets (first character 5)."""
        return self.template_no == _TICKET
