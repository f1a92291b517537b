"""What a series (ký hiệu) such as 1C26TAA says about its invoices."""

import re
from dataclasses import dataclass

_PATTERN = re.compile(r"([1-9])([CK])(\d\d)([TDLMNBGHXF])([A-Z0-9]{2})")


@dataclass(frozen=True, slots=True)
class Series:
    """A series, taken apart (Open API §1.6; Circular 91/2026, appendix I)."""

    template_number: str
    """1 VAT invoice, 2 sales invoice, 5 ticket, 6 delivery note."""
    code_letter: str
    """C with the tax authority's code, K without."""
    year: int
    """Of the invoices' dates, four digits."""
    kind: str
    """T ordinary, M from a cash register, ..."""
    letters: str
    """Two, of the seller's choice."""

    @property
    def text(self) -> str:
        """As it is written."""
        return f"{self.base[:2]}{self.year % 100:02}{self.base[4:]}"

    @property
    def base(self) -> str:
        """The series without its year, e.g. 1C__TAA."""
        return f"{self.template_number}{self.code_letter}__{self.kind}{self.letters}"

    @property
    def with_code(self) -> bool:
        """Whether the tax authority gives each invoice a code."""
        return self.code_letter == "C"

    @property
    def from_cash_register(self) -> bool:
        """Whether invoices come from a cash register."""
        return self.kind == "M"

    @property
    def is_ticket(self) -> bool:
        """Whether it is for tickets."""
        return self.template_number == "5"

    def in_year(self, year: int) -> "Series":
        """The same series in another year."""
        return Series(self.template_number, self.code_letter, year, self.kind, self.letters)


def parse_series(text: object) -> Series | None:
    """Take a series apart; None for what is none."""
    found = _PATTERN.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    template_number, code_letter, year, kind, letters = found.groups()
    return Series(template_number, code_letter, 2000 + int(year), kind, letters)
