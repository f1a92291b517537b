"""An amount of đồng in Vietnamese words, as an invoice prints it (Decree 254/2026 Art. 10 and Annex 5)."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_BILLION = 1_000_000_000
_HUNDRED = 100
_TEN = 10
_ONE = 1
_FOUR = 4
_FIVE = 5


class WordOptions(BaseModel):
    """How a shop likes its amounts spelled; every choice is correct Vietnamese."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zero_tens: Literal["lẻ", "linh"] = Field(default="lẻ", description="The zero of 101.")
    thousand: Literal["nghìn", "ngàn"] = Field(default="nghìn", description="The word for 1.000.")
    four: Literal["bốn", "tư"] = Field(default="bốn", description="The four of 24 and 104: 'bốn' or 'tư'.")
    even: bool = Field(default=False, description="Whether 'chẵn' follows 'đồng'.")


STANDARD = WordOptions()


def number_in_words(number: int, options: WordOptions = STANDARD) -> str:
    """The number read aloud, in lower case; a negative one begins with ``âm``."""
    if number < 0:
        return f"âm {number_in_words(-number, options)}"
    if number == 0:
        return _DIGITS[0]
    return " ".join(_read(number, options, leading=True))


def amount_in_words(amount: int, options: WordOptions = STANDARD) -> str:
    """The sentence for ``TotalAmountInWords``: "Năm triệu năm trăm nghìn đồng."."""
    text = number_in_words(amount, options)
    ending = "đồng chẵn." if options.even else "đồng."
    return f"{text[0].upper()}{text[1:]} {ending}"


def _read(number: int, options: WordOptions, *, leading: bool) -> list[str]:
    """Groups of nine digits, each higher one followed by "tỷ"."""
    high, low = divmod(number, _BILLION)
    words: list[str] = []
    if high:
        words = [*_read(high, options, leading=leading), "tỷ"]
        leading = False
    units = (("triệu", low // 1_000_000), (options.thousand, low // 1_000 % 1_000), ("", low % 1_000))
    for name, group in units:
        if group:
            words += [*_read_group(group, options, leading=leading), *([name] if name else [])]
            leading = False
    return words


def _read_group(group: int, options: WordOptions, *, leading: bool) -> list[str]:
    """Three digits; only the first group of a number leaves its missing hundreds unread."""
    hundreds, rest = divmod(group, _HUNDRED)
    if leading and not hundreds:
        return _read_tens(rest, options, after_hundreds=False)
    return [_DIGITS[hundreds], "trăm", *_read_tens(rest, options, after_hundreds=True)]


def _read_tens(rest: int, options: WordOptions, *, after_hundreds: bool) -> list[str]:
    tens, unit = divmod(rest, _TEN)
    match tens:
        case 0:
            return _read_bare_unit(unit, options, after_hundreds=after_hundreds)
        case 1:
            last = "lăm" if unit == _FIVE else _DIGITS[unit]
            return ["mười", *([last] if unit else [])]
        case _:
            special = {_ONE: "mốt", _FOUR: options.four, _FIVE: "lăm"}
            return [_DIGITS[tens], "mươi", *([special.get(unit, _DIGITS[unit])] if unit else [])]


def _read_bare_unit(unit: int, options: WordOptions, *, after_hundreds: bool) -> list[str]:
    if not unit:
        return []
    if not after_hundreds:
        return [_DIGITS[unit]]
    return [options.zero_tens, options.four if unit == _FOUR else _DIGITS[unit]]
