"""Tolerant readers for Haravan's JSON, which comes in several spellings of the same thing.

Webhook bodies carry whole numbers, REST bodies four decimals, some captured bodies text; lists may be null;
timestamps have 0 to 7 fraction digits, and ``0001-01-01T00:00:00`` stands for none (Haravan order documentation).
"""

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Never
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_MOST_DIGITS = 22
_MOST_FRACTION = 12
_LEAST_UNREAD = 10**_MOST_DIGITS
_SURELY_WITHIN = re.compile(f"-?[0-9]{{1,{_MOST_DIGITS}}}(?:[.][0-9]{{1,{_MOST_FRACTION}}})?")
_NUMBERS = frozenset({int, Decimal})
_HALF_PAIR = re.compile("[\ud800-\udfff]")
"""Half a surrogate pair, left where a text was cut inside one; it cannot be written as UTF-8."""
_NOT_IN_STATUS = str.maketrans("", "", "_- ")


class UnreadableOrder(ValueError):  # noqa: N818 (named for what the caller has in hand)
    """The bytes are not an order of Haravan's.

    Attributes:
        field: where it went wrong, such as ``line_items[2].price``; empty for the whole body.
        reason: what is wrong and what was expected; carries no value of the order.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason


def load(raw: str | bytes | Mapping[str, Any]) -> Mapping[str, Any]:
    """The JSON object, its fractions exact."""
    if isinstance(raw, Mapping):
        return raw
    try:
        text = raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw.removeprefix("\ufeff")
        body = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, InvalidOperation, RecursionError) as error:
        raise UnreadableOrder("", f"not readable as UTF-8 JSON ({type(error).__name__})") from error
    if not isinstance(body, Mapping):
        raise UnreadableOrder("", f"a JSON object was expected, not {_kind(body)}")
    return body


class Reader:
    """One JSON object with the way that leads to it, so that an error can say where.

    Values are mostly of the kind that is expected: each reader asks for that first, and then for the rest.
    """

    __slots__ = ("_inside", "_name", "_values")

    def __init__(self, values: Mapping[str, Any], inside: "Reader | None" = None, name: str = "") -> None:
        self._values = values
        self._inside = inside
        self._name = name

    def at(self, name: str) -> str:
        """The full path of one of this object's fields."""
        return name if self._inside is None else f"{self._inside.at(self._name)}.{name}"

    def fail(self, name: str, reason: str) -> Never:
        """Raise for one of this object's fields."""
        raise UnreadableOrder(self.at(name), reason)

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self._values.get(name) is not None

    def text(self, name: str) -> str:
        """Text without surrounding blanks (an address's name begins with one when the last name is null)."""
        value = self._values.get(name)
        if value is None:
            return ""
        if type(value) is str and value.isascii():
            return value.strip()
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, str | int | Decimal | float):
            self.fail(name, f"a text was expected, not {_kind(value)}")
        if type(value) is Decimal and value.adjusted() < _MOST_DIGITS and value == value.to_integral_value():
            return str(int(value))  # a code that went through a number: REST bodies write 101243150.0
        return unicodedata.normalize("NFC", _HALF_PAIR.sub("", str(value))).strip()

    def any_text(self, name: str) -> str:
        """A text whatever it is: an object or a list is given as JSON, since apps write note attributes freely."""
        value = self._values.get(name)
        if not isinstance(value, Mapping | list):
            return self.text(name)
        return unicodedata.normalize("NFC", _HALF_PAIR.sub("", json.dumps(value, ensure_ascii=False, default=str)))

    def status(self, name: str) -> str:
        """A status in the one spelling we use: ``partially_paid`` and ``partiallypaid`` are the same."""
        return status_of(self.text(name))

    def number(self, name: str) -> Decimal | None:
        """An exact number written as number or text; null and empty text are none."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if type(value) in _NUMBERS and _SURELY_WITHIN.fullmatch(str(value)):
            return Decimal(value)
        if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
            self.fail(name, f"a number was expected, not {_kind(value)}")
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            self.fail(name, "a number was expected, written with a point before its decimals")
        return self._within_bounds(name, number)

    def money(self, name: str) -> Decimal:
        """A number, nothing being 0."""
        return self.number(name) or Decimal(0)

    def integer(self, name: str) -> int | None:
        """A whole number, such as an id; Haravan writes 0 for none in places, which stays 0."""
        value = self._values.get(name)
        if type(value) is int and -_LEAST_UNREAD < value < _LEAST_UNREAD:
            return value
        number = self.number(name)
        if number is None:
            return None
        if number != number.to_integral_value():
            self.fail(name, "a whole number was expected")
        return int(number)

    def flag(self, name: str) -> bool | None:
        """A truth value, also as the text ``true`` or ``false``."""
        match self.text(name).lower():
            case "true":
                return True
            case "false":
                return False
            case _:
                return None

    def moment(self, name: str) -> dt.datetime | None:
        """A moment in UTC; one without zone is UTC, the first and the last year of the calendar are none."""
        text = self.text(name)
        if not text:
            return None
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            self.fail(name, "a timestamp such as 2026-03-14T03:05:41.27Z was expected")
        if moment.year in {dt.MINYEAR, dt.MAXYEAR}:
            return None
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)

    def child(self, name: str) -> "Reader | None":
        """An object inside this one."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.fail(name, f"an object was expected, not {_kind(value)}")
        return Reader(value, self, name)

    def child_or_first(self, name: str) -> "Reader | None":
        """An object inside this one, or the first of a list of them."""
        if isinstance(self._values.get(name), list):
            return next(iter(self.children(name)), None)
        return self.child(name)

    def children(self, name: str) -> "tuple[Reader, ...]":
        """A list of objects; null is an empty list, null elements are left out."""
        value = self._values.get(name)
        if value is None:
            return ()
        if type(value) is not list and (not isinstance(value, Sequence) or isinstance(value, str | bytes)):
            self.fail(name, f"a list was expected, not {_kind(value)}")
        return tuple([self._element(name, i, item) for i, item in enumerate(value) if item is not None])

    def _element(self, name: str, index: int, item: object) -> "Reader":
        place = f"{name}[{index}]"
        if type(item) is not dict and not isinstance(item, Mapping):
            self.fail(place, f"an object was expected, not {_kind(item)}")
        return Reader(item, self, place)

    def _within_bounds(self, name: str, number: Decimal) -> Decimal:
        exponent = number.as_tuple().exponent
        if not isinstance(exponent, int) or number.adjusted() >= _MOST_DIGITS or exponent < -_MOST_FRACTION:
            self.fail(name, f"at most {_MOST_DIGITS} digits before the point and {_MOST_FRACTION} after it are read")
        return number


def status_of(text: str) -> str:
    """A status in the one spelling we use."""
    return text.lower().translate(_NOT_IN_STATUS)


def vietnam_date(moment: dt.datetime) -> dt.date:
    """The calendar day in Vietnam."""
    return moment.astimezone(VIETNAM).date()


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a truth value"
        case Mapping():
            return "an object"
        case str():
            return "a text"
        case Sequence():
            return "a list"
        case _:
            return "a number"
