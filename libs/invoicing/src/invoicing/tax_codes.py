"""What a buyer typed as tax code, told apart: company, branch, person, budget unit, or nothing usable.

Forms: 10 digits with a check digit, 10-3 for branches, 12 digits for a person (no check digit), 7 characters for a
unit of the state budget (Circular 90/2026 Art. 5; meInvoice Open API §13.3).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from stdnum.exceptions import InvalidChecksum, InvalidComponent, ValidationError
from stdnum.vn import mst

_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015\u2212]+")
_BUDGET = re.compile(r"(?=.*[0-9])[0-9A-Z]{7}")
_PERSON = 12
_WITHOUT_ZERO = 9


class CodeKind(StrEnum):
    """What the code is."""

    NONE = "none"
    COMPANY = "company"
    PERSON = "person"
    BUDGET = "budget"
    NINE_DIGITS = "nine-digits"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class TaxCode:
    """The code as it is printed, its kind, and for a bad one what is wrong with it."""

    kind: CodeKind
    text: str = ""
    problem: str = ""


def read_tax_code(typed: str) -> TaxCode:
    """Classify what was typed; blanks, dots and dashes do not matter."""
    code = _SEPARATORS.sub("", typed).upper()
    if not code:
        return TaxCode(CodeKind.NONE)
    if _is_digits(code) and len(code) == _PERSON:
        return TaxCode(CodeKind.PERSON, code)
    if _BUDGET.fullmatch(code):
        return TaxCode(CodeKind.BUDGET, code)
    problem = _problem(code)
    if not problem:
        return TaxCode(CodeKind.COMPANY, mst.format(code))
    if len(code) == _WITHOUT_ZERO and not _problem(f"0{code}"):
        return TaxCode(CodeKind.NINE_DIGITS, f"0{code}")
    return TaxCode(CodeKind.BAD, problem=problem)


def _problem(code: str) -> str:
    """What is wrong with a company's code, in a word that shows nothing of it; empty when it is valid."""
    if not _is_digits(code):
        return "not digits"
    try:
        mst.validate(code)
    except InvalidChecksum:
        return "check digit"
    except InvalidComponent:
        return "suffix or sequence 000"
    except ValidationError:
        return f"{len(code)} digits"
    return ""


def _is_digits(code: str) -> bool:
    return code.isascii() and code.isdigit()
