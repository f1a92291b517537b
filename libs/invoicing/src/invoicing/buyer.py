"""Who the invoice names: from the order's note attributes, by the shop's aliases, or a consumer.

A business is named with name, address and tax code; a person who gave his data with them; who gave nothing is
"Bán cho người tiêu dùng" (Decree 254/2026 Annex 4). Nothing of the order's own customer or addresses is printed.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from invoicing.order import Order
from invoicing.reasons import Reason, stop
from invoicing.rules import BuyerRules
from invoicing.tax_codes import CodeKind, TaxCode, read_tax_code

_MASKED = re.compile(r"\*{2,}|(?<![0-9])\*")
"""Stars that stand for letters: all but one after a digit, as in "Khách sạn 5*"."""
_EMAIL_SEPARATORS = re.compile(r"[\s;,]+")
_EMAIL = re.compile(r"[^@*]+@[^@*]+\.[^@*.]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """The buyer's fields, by the vendor's names in our case (meInvoice Open API §13.3)."""

    legal_name: str | None = None
    full_name: str | None = None
    tax_code: str | None = None
    id_number: str | None = None
    budget_code: str | None = None
    address: str | None = None
    emails: tuple[str, ...] = field(default=(), repr=False)
    print_email: bool = True


class _Box(Enum):
    TICKED = "ticked"
    UNTICKED = "unticked"
    ABSENT = "absent"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What the form on the order says."""

    box: _Box
    name: str
    address: str
    emails: tuple[str, ...]
    code: TaxCode

    @property
    def lacking(self) -> tuple[str, ...]:
        fields = {"name": self.name, "address": self.address}
        return tuple(name for name, value in fields.items() if not value)

    @property
    def empty(self) -> bool:
        return not (self.name or self.address or self.emails) and self.code.kind is CodeKind.NONE


def buyer_of(order: Order, rules: BuyerRules) -> Buyer:
    """The buyer of this order.

    Raises:
        Stopped: when the data are neither good enough to print nor safely left out.
    """
    given = _read(order, rules)
    own = _real_emails((each for email in order.emails for each in _split(email)), rules)
    consumer = Buyer(full_name=rules.consumer_name, emails=own, print_email=False)
    if given.empty or given.box is _Box.UNTICKED:
        return consumer
    if given.box is _Box.UNCLEAR:
        stop(Reason.BUYER_BOX_UNCLEAR)
    if given.code.kind is CodeKind.NONE:
        return consumer if given.box is _Box.ABSENT else _named_person(given, own, rules)
    return _by_code(given, own, rules) or consumer


def _by_code(given: _Given, own: tuple[str, ...], rules: BuyerRules) -> Buyer | None:
    """The buyer that a code stands for; none where the shop then sells to a consumer."""
    emails = given.emails or own
    match given.code.kind:
        case CodeKind.COMPANY | CodeKind.NINE_DIGITS:
            if given.code.kind is CodeKind.NINE_DIGITS and rules.nine_digits == "hold":
                stop(Reason.BUYER_TAX_CODE_NINE_DIGITS)
            takes_consumer = given.box is _Box.ABSENT and rules.without_box == "consumer"
            return None if takes_consumer else _company(given, given.code.text, emails, rules)
        case CodeKind.PERSON:
            personal = rules.twelve_digits == "personal_id"
            return _person(given, emails, rules) if personal else _company(given, given.code.text, emails, rules)
        case CodeKind.BUDGET:
            return _budget_unit(given, emails, rules)
        case CodeKind.BAD | CodeKind.NONE:
            if rules.bad_tax_code == "hold":
                stop(Reason.BUYER_TAX_CODE_BAD, problem=given.code.problem)
            return None


def _company(given: _Given, tax_code: str, emails: tuple[str, ...], rules: BuyerRules) -> Buyer:
    if given.lacking:
        stop(Reason.BUYER_TAX_CODE_ALONE, lacking=", ".join(given.lacking))
    _check_lengths(given, rules.longest_name, rules)
    return Buyer(legal_name=given.name, tax_code=tax_code, address=given.address, emails=emails)


def _budget_unit(given: _Given, emails: tuple[str, ...], rules: BuyerRules) -> Buyer:
    if given.lacking:
        stop(Reason.BUYER_BUDGET_CODE_ALONE, lacking=", ".join(given.lacking))
    _check_lengths(given, rules.longest_name, rules)
    return Buyer(legal_name=given.name, budget_code=given.code.text, address=given.address, emails=emails)


def _person(given: _Given, emails: tuple[str, ...], rules: BuyerRules) -> Buyer:
    if not given.name:
        stop(Reason.BUYER_ID_WITHOUT_NAME)
    _check_lengths(given, rules.longest_person, rules)
    return Buyer(full_name=given.name, id_number=given.code.text, address=given.address or None, emails=emails)


def _named_person(given: _Given, own: tuple[str, ...], rules: BuyerRules) -> Buyer:
    if given.lacking:
        stop(Reason.BUYER_INCOMPLETE, lacking=", ".join(given.lacking))
    _check_lengths(given, rules.longest_person, rules)
    return Buyer(full_name=given.name, address=given.address, emails=given.emails or own)


def _check_lengths(given: _Given, longest_name: int, rules: BuyerRules) -> None:
    for name, value, limit in (("name", given.name, longest_name), ("address", given.address, rules.longest_name)):
        if len(value) > limit:
            stop(Reason.BUYER_TOO_LONG, field=name, length=len(value), limit=limit)


def _read(order: Order, rules: BuyerRules) -> _Given:
    aliases = rules.aliases
    attributes = [(_key(each.name), each.value) for each in order.note_attributes]
    emails = [each for text in _values(attributes, aliases.email) for each in _split(text)]
    return _Given(
        box=_box(attributes, rules),
        name=_first(attributes, aliases.company),
        address=_first(attributes, aliases.address),
        emails=_real_emails(emails, rules),
        code=read_tax_code(_code(attributes, aliases.tax_code)),
    )


def _box(attributes: Sequence[tuple[str, str]], rules: BuyerRules) -> _Box:
    """The box; a form that leaves it empty was left unticked, as the themes write it."""
    names = {_key(each) for each in rules.aliases.wanted}
    values = {_key(value) for name, value in attributes if name in names}
    if not values:
        return _Box.ABSENT
    ticked = values & {_key(each) for each in rules.aliases.yes}
    unticked = values & {"", *(_key(each) for each in rules.aliases.no)}
    if values - ticked - unticked or (ticked and values & {_key(each) for each in rules.aliases.no}):
        return _Box.UNCLEAR
    return _Box.TICKED if ticked else _Box.UNTICKED


def _values(attributes: Sequence[tuple[str, str]], aliases: Sequence[str]) -> list[str]:
    """Values of the aliases, in the order of the aliases."""
    return [value for alias in aliases for name, value in attributes if name == _key(alias)]


def _first(attributes: Sequence[tuple[str, str]], aliases: Sequence[str]) -> str:
    """The first value that is neither masked nor without any letter or digit."""
    cleaned = (_clean(value) for value in _values(attributes, aliases))
    return next((value for value in cleaned if _says_something(value) and not _MASKED.search(value)), "")


def _code(attributes: Sequence[tuple[str, str]], aliases: Sequence[str]) -> str:
    """The first readable code, else a masked one: it was given, so the buyer is not one without a code."""
    masked = (value for value in _values(attributes, aliases) if _MASKED.search(value))
    return _first(attributes, aliases) or next(masked, "")


def _says_something(value: str) -> bool:
    return any(letter.isalnum() for letter in value)


def _clean(value: str) -> str:
    """One line of text in one Unicode form, without control characters."""
    kept = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in value)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _key(name: str) -> str:
    """A name as it is compared: without case, accents and surrounding blanks."""
    plain = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).strip()


def _split(text: str) -> list[str]:
    return [each for each in _EMAIL_SEPARATORS.split(text) if each]


def _real_emails(found: Iterable[str], rules: BuyerRules) -> tuple[str, ...]:
    """Addresses that reach somebody: no placeholder, no mask, each once."""
    placeholders = {each.casefold() for each in rules.placeholder_emails}
    real = (each for each in found if _EMAIL.fullmatch(each) and each.casefold() not in placeholders)
    return tuple(dict.fromkeys(real))
