"""The buyer's data on an order, cleaned: what can be printed of them, and what kind of code they hold."""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache

from invoicing.buyer_flags import BuyerFlag
from invoicing.buyer_places import Form, key
from invoicing.known_buyers import KnownBuyer
from invoicing.order import Order
from invoicing.reasons import Reason, stop
from invoicing.rules import BuyerRules
from invoicing.tax_codes import CodeKind, TaxCode, read_tax_code

_STARS = "*\uff0a\u2217\u204e"
_MASKED = re.compile(rf"[{_STARS}\u2022\u25cf]{{2,}}|(?<![0-9])[{_STARS}]")
"""Stars or dots that stand for letters: all but one star after a digit, as in "Khách sạn 5*"."""
_EMAIL_SEPARATORS = re.compile(r"[\s;,|<>()\[\]\"]+")
_EMAIL = re.compile(r"[^@*:\\]+@[^@*:\\.]+(?:\.[^@*:\\.]+)+", re.ASCII)
_MAIL_TO = "mailto:"
_INSTEAD = {"Cc": " ", "Cf": ""}
"""What stands for control characters and for signs that nobody sees, by their Unicode category."""


class Box(Enum):
    """The box "I want a company invoice"."""

    TICKED = "ticked"
    UNTICKED = "unticked"
    ABSENT = "absent"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the form on the order says, or the book of buyers in its place."""

    box: Box
    name: str = field(repr=False)
    address: str = field(repr=False)
    emails: tuple[str, ...] = field(repr=False)
    code: TaxCode
    flags: tuple[BuyerFlag, ...] = ()

    @property
    def lacking(self) -> tuple[str, ...]:
        """Which of name and address are not there, or are no words: some apps keep JSON in an attribute."""
        fields = {"name": self.name, "address": self.address}
        return tuple(name for name, value in fields.items() if not value or _is_json(value))

    @property
    def empty(self) -> bool:
        """Whether it says nothing."""
        return not (self.name or self.address or self.emails) and self.code.kind is CodeKind.NONE


def box_of(form: Form, rules: BuyerRules) -> Box:
    """The box; a form that leaves it empty was left unticked, as the themes write it."""
    said = {key(value) for value in form.texts(rules.aliases.wanted)}
    if not said:
        return Box.ABSENT
    no = _keys(rules.aliases.no)
    ticked, unticked = said & _keys(rules.aliases.yes), said & {"", *no}
    if said - ticked - unticked or (ticked and said & no):
        return Box.UNCLEAR
    return Box.TICKED if ticked else Box.UNTICKED


def read_given(form: Form, rules: BuyerRules, *, masked: bool = False) -> Given:
    """What the order gives by the shop's aliases.

    Args:
        form: the order's data.
        rules: where its data are found.
        masked: whether masked texts count too, where nothing better is there.
    """
    aliases = rules.aliases
    pieces = [each for text in form.texts(aliases.email) for each in split_emails(text)]
    codes = tuple(form.texts(aliases.tax_code))
    return Given(
        box=box_of(form, rules),
        name=_first(form.texts(aliases.company), masked=masked),
        address=_first(form.texts(aliases.address), masked=masked),
        emails=real_emails(pieces, rules),
        code=read_tax_code(_first(codes, masked=True) or _all_masked(codes)),
        flags=email_flags(pieces),
    )


def own_emails(order: Order, rules: BuyerRules) -> tuple[str, ...]:
    """Addresses of the order and its customer."""
    return real_emails((each for email in order.emails for each in split_emails(email)), rules)


def from_book(order: Order, known: KnownBuyer | None, rules: BuyerRules) -> Given | None:
    """The company that an order without invoice data is issued to; none where the book names none.

    Raises:
        Stopped: when the entry shall be used and is not good enough to print.
    """
    if rules.known_customers != "fill" or known is None or not known.always_company:
        return None
    if known.customer_id is None or order.customer is None or order.customer.id != known.customer_id:
        return None
    given = _of_book(known, rules)
    no_code = given.code.kind in {CodeKind.NONE, CodeKind.BAD, CodeKind.NINE_DIGITS}
    if lacking := (*given.lacking, *(("tax code",) if no_code else ())):
        stop(Reason.BUYER_KNOWN_INCOMPLETE, lacking=", ".join(lacking))
    return given


def filled(given: Given, known: KnownBuyer | None, rules: BuyerRules) -> Given:
    """The data with what they lack, from the book by the same tax code; another code is told and changes nothing."""
    if rules.known_customers != "fill" or known is None:
        return given
    book = _of_book(known, rules)
    if not book.code.text:
        return given
    if book.code.text != given.code.text:
        return replace(given, flags=(*given.flags, BuyerFlag.DIFFERS_FROM_BOOK))
    missing = replace(given, name=given.name or book.name, address=given.address or book.address)
    return given if missing == given else replace(missing, flags=(*given.flags, BuyerFlag.FILLED_FROM_BOOK))


def _of_book(known: KnownBuyer, rules: BuyerRules) -> Given:
    pieces = [each for text in known.emails for each in split_emails(text)]
    return Given(
        box=Box.TICKED,
        name=_first([known.name], masked=False),
        address=_first([known.address], masked=False),
        emails=real_emails(pieces, rules),
        code=read_tax_code(known.tax_code),
        flags=(BuyerFlag.FROM_BOOK, *email_flags(pieces)),
    )


@lru_cache(maxsize=256)
def _keys(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(key, values))


def _first(texts: Iterable[str], *, masked: bool) -> str:
    """The first value with a letter or digit that is not masked; where `masked`, a masked one is better than none."""
    cleaned = [value for value in map(clean, texts) if any(letter.isalnum() for letter in value)]
    readable = (value for value in cleaned if not _MASKED.search(value))
    return next(readable, cleaned[0] if cleaned and masked else "")


def _all_masked(codes: Iterable[str]) -> str:
    """A code of nothing but stars was given too: the buyer is not one without a code."""
    return next((code for code in codes if _MASKED.search(code)), "")


def _is_json(value: str) -> bool:
    """Whether it is an object or a list as programs write them, which nobody is called."""
    if value[0] not in "{[":
        return False
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True


def clean(value: str) -> str:
    """One line of text in one Unicode form, without control characters and signs that nobody sees."""
    if not value.isprintable():
        value = "".join(_INSTEAD.get(unicodedata.category(letter), letter) for letter in value)
    return " ".join(unicodedata.normalize("NFC", value).split())


def split_emails(text: str) -> list[str]:
    """The addresses of a text, whatever stands between them."""
    pieces = (each.removeprefix(_MAIL_TO) for each in _EMAIL_SEPARATORS.split(clean(text)))
    return [bare for each in pieces if (bare := each.strip("'").rstrip("."))]


def real_emails(found: Iterable[str], rules: BuyerRules) -> tuple[str, ...]:
    """Addresses that reach somebody: no placeholder, no mask, each once."""
    placeholders = {each.casefold() for each in rules.placeholder_emails}
    real = (each for each in found if _is_email(each) and each.casefold() not in placeholders)
    return tuple(dict.fromkeys(real))


def email_flags(pieces: Sequence[str]) -> tuple[BuyerFlag, ...]:
    """Told where somebody gave an address that is none; words beside an address are no fault."""
    unreadable = [each for each in pieces if not _is_email(each) and any(letter.isalnum() for letter in each)]
    fault = any("@" in each for each in unreadable) or len(unreadable) == len(pieces)
    return (BuyerFlag.EMAIL_LEFT_OUT,) if unreadable and fault else ()


def _is_email(text: str) -> bool:
    return text.isascii() and _EMAIL.fullmatch(text) is not None
