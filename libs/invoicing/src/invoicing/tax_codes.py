"""What a buyer typed as tax code, told apart: company, branch, person, budget unit, or nothing usable.

Forms: 10 digits with a check digit, 10-3 for branches, 12 digits for a person (no check digit), 7 characters for a
unit of the state budget (Circular 90/2026 Art. 5; meInvoice Open API §13.3).
"""

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from stdnum.exceptions import InvalidChecksum, InvalidComponent, ValidationError
from stdnum.vn import mst

LONGEST_CODE = 14
"""Characters of the longest form, 10-3 with its dash."""

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""Full-width signs, as some keyboards write them, and the plain ones."""
_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015\u2212]+")
_LABEL = re.compile(r"(?:m\.?s\.?t|m[ãa]\s*s[ốo]\s*thu[ếe]|tax\s*(?:code|id))[\s:.#-]*", re.IGNORECASE)
_NINE_AND_BRANCH = re.compile(r"[0-9]{9}\s*[\-\u2010-\u2015\u2212]\s*[0-9]{3}")
"""No personal id: nobody sets a dash there."""
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
    """The code as it is printed, its kind, and for a bad one what is wrong with it.

    Attributes:
        kind: what it is.
        text: the code in its printed form; for nine digits with the zero put back; empty for a bad one.
        problem: what is wrong with a bad one, in words that show nothing of it.
        typed: what was typed, without a label such as "MST:".
    """

    kind: CodeKind
    text: str = field(default="", repr=False)
    problem: str = ""
    typed: str = field(default="", repr=False)

    @property
    def may_be_branch(self) -> bool:
        """Whether twelve digits would also be a branch's code that lost its leading zero."""
        return self.kind is CodeKind.PERSON and not self.text.startswith("0") and not _problem(f"0{self.text}")


def read_tax_code(typed: str) -> TaxCode:
    """Classify what was typed; blanks, dots, dashes, full-width digits and a label "MST:" do not matter."""
    text = _without_label(_visible(typed))
    code = _SEPARATORS.sub("", text)
    if not code:
        return TaxCode(CodeKind.NONE)
    kind, printed = _classified(code.upper() if code.isascii() else code, text)
    return TaxCode(kind, printed, _problem(code) if kind is CodeKind.BAD else "", text)


def _visible(typed: str) -> str:
    """What was typed without invisible signs, in plain digits."""
    kept = "".join(sign for sign in typed.translate(_FULL_WIDTH) if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFC", kept).strip()


def _without_label(text: str) -> str:
    label = _LABEL.match(text)
    return text[label.end() :] if label else text


def _classified(code: str, text: str) -> tuple[CodeKind, str]:
    """The kind and the printed form of a code without separators."""
    if not _problem(code):
        return CodeKind.COMPANY, mst.format(code)
    without_zero = len(code) == _WITHOUT_ZERO or _NINE_AND_BRANCH.fullmatch(text)
    if without_zero and not _problem(f"0{code}"):
        return CodeKind.NINE_DIGITS, mst.format(f"0{code}")
    if _is_digits(code) and len(code) == _PERSON and not without_zero:
        return CodeKind.PERSON, code
    if _BUDGET.fullmatch(code):
        return CodeKind.BUDGET, code
    return CodeKind.BAD, ""


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
