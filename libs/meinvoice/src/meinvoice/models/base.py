"""What all models of the vendor share: exact numbers, dates, JSON text, tolerant keys."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID
from zoneinfo import ZoneInfo

import simplejson
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, model_validator

from meinvoice.parsing import Odd, lower_keys

_MOST_DIGITS = 27
_NOT_EXACT = (float, bool)
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def _no_float(value: object) -> object:
    if isinstance(value, _NOT_EXACT):
        raise ValueError("an amount is a Decimal, an int or its text, never a float or a flag")  # noqa: TRY004 (pydantic wants ValueError)
    return value


def _without_exponent(value: Decimal) -> Decimal:
    """1E+2 becomes 100 and -0 becomes 0; digits after the point stay as they are."""
    if value.adjusted() > _MOST_DIGITS:
        raise ValueError(f"an amount has at most {_MOST_DIGITS} digits before the point")
    plain = Decimal(format(value, "f")) if "E" in str(value) else value
    return plain or abs(plain)


def _vietnam_time(value: date | datetime) -> date | datetime:
    """The vendor's DateTime carries no zone: an aware time is told as Vietnam's clock shows it."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(VIETNAM).replace(tzinfo=None)
    return value


Number = Annotated[Decimal, BeforeValidator(_no_float), AfterValidator(_without_exponent)]
"""An exact number; floats are refused, exponents written out."""

DateTime = Annotated[date | datetime, AfterValidator(_vietnam_time)]
"""A date, or a time on Vietnam's clock, written as ISO 8601 without a zone."""

VATRateNameText = Annotated[str, StringConstraints(pattern=r"^(KCT|KKKNT|0%|5%|8%|10%|KHAC:\d+(\.\d+)?%)$")]
"""`KCT` not taxable, `KKKNT` not declared, `8%`, `KHAC:3.5%` for any other rate (meInvoice Open API §13.4)."""


_PLAIN = frozenset({str, int, bool, type(None)})


def to_plain(value: object) -> Any:
    """The same value in JSON's own kinds; Decimals stay, but for what would be written with an exponent."""
    kind = type(value)  # what nearly every value is, before the slower questions: this is most of what a body costs
    if kind in _PLAIN:
        return value
    match value:
        case Decimal():
            return simplejson.RawJSON(format(value, "f")) if "E" in str(value) else value
        case dict() | Mapping():
            return {key: to_plain(item) for key, item in value.items()}
        case list() | tuple() | Sequence() if not isinstance(value, str):
            return [to_plain(item) for item in value]
        case _:
            return _plain_scalar(value)


def _plain_scalar(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case _:
            return value


class SentModel(BaseModel):
    """What we send: frozen, unknown names refused, absent values left out of the JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    @classmethod
    def unchecked(cls, **values: Any) -> Self:
        """The same object as `cls(**values)`, several times as fast, since nothing is checked or converted.

        Only for values that the caller has just computed in the very kinds that the fields have, every required one
        among them, and where it is read back by `from_json` before it is sent: that checks everything.

        Raises:
            TypeError: There is no field of such a name.

        """
        members = _members(cls)
        filled = members | values
        if len(filled) != len(members):
            raise TypeError(f"{cls.__name__} has no {', '.join(values.keys() - members.keys())}")
        made = cls.__new__(cls)
        _set(made, "__dict__", filled)
        _set(made, "__pydantic_fields_set__", _names(cls))
        _set(made, "__pydantic_extra__", None)
        _set(made, "__pydantic_private__", None)
        return made

    def to_json(self) -> str:
        """The exact JSON text of an object of §13: Decimals without exponent, None left out, Vietnamese as it is."""
        plain = to_plain(self.model_dump(exclude_none=True))
        return simplejson.dumps(plain, use_decimal=True, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read back what `to_json()` wrote, an object of §13, every number exact.

        Raises:
            pydantic.ValidationError: The text does not describe this object.
            ValueError: The text is not JSON.

        """
        return cls.model_validate(simplejson.loads(text, use_decimal=True))


_set = object.__setattr__
"""As pydantic itself fills a frozen model (`BaseModel.model_construct`)."""


@cache
def _members(model: type[SentModel]) -> dict[str, Any]:
    """Every field with its default, in the order in which they are written; never to be changed."""
    return {name: None if field.is_required() else field.default for name, field in model.model_fields.items()}


@cache
def _names(model: type[SentModel]) -> set[str]:
    """Every field counts as given."""
    return set(model.model_fields)


class ReceivedModel(BaseModel):
    """What we are sent: keys in any case, unknown ones ignored, nulls read as the field's default."""

    named_by: ClassVar[tuple[str, ...]] = ()
    """Fields that say what a row is about: a row that fills none of them cannot be understood."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _any_case(cls, data: object) -> object:
        if not isinstance(data, Mapping):
            return data
        names = {name.lower(): name for name in cls.model_fields}
        members = lower_keys(data)
        if twice := [names[key] for key, value in members.items() if key in names and value is Odd.CONTRADICTORY]:
            raise ValueError(f"says two things about {', '.join(twice)}")
        return {names[key]: value for key, value in members.items() if key in names and value is not None}
