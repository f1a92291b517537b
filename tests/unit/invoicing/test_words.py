"""Amounts in words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invoicing.words import WordOptions, amount_in_words, number_in_words

_FROZEN = {
    0: "không",
    5: "năm",
    10: "mười",
    11: "mười một",
    14: "mười bốn",
    15: "mười lăm",
    21: "hai mươi mốt",
    24: "hai mươi bốn",
    25: "hai mươi lăm",
    31: "ba mươi mốt",
    44: "bốn mươi bốn",
    91: "chín mươi mốt",
    101: "một trăm lẻ một",
    105: "một trăm lẻ năm",
    110: "một trăm mười",
    111: "một trăm mười một",
    115: "một trăm mười lăm",
    121: "một trăm hai mươi mốt",
    1_000: "một nghìn",
    10_000: "mười nghìn",
    100_000: "một trăm nghìn",
    500_000: "năm trăm nghìn",
    1_001: "một nghìn không trăm lẻ một",
    1_005: "một nghìn không trăm lẻ năm",
    1_010: "một nghìn không trăm mười",
    1_015: "một nghìn không trăm mười lăm",
    1_021: "một nghìn không trăm hai mươi mốt",
    2_024: "hai nghìn không trăm hai mươi bốn",
    10_005: "mười nghìn không trăm lẻ năm",
    25_015: "hai mươi lăm nghìn không trăm mười lăm",
    100_001: "một trăm nghìn không trăm lẻ một",
    105_105: "một trăm lẻ năm nghìn một trăm lẻ năm",
    1_000_000: "một triệu",
    5_500_000: "năm triệu năm trăm nghìn",
    15_000_000: "mười lăm triệu",
    1_000_001: "một triệu không trăm lẻ một",
    1_001_000: "một triệu không trăm lẻ một nghìn",
    1_005_000: "một triệu không trăm lẻ năm nghìn",
    2_000_015: "hai triệu không trăm mười lăm",
    10_000_001: "mười triệu không trăm lẻ một",
    21_000_000: "hai mươi mốt triệu",
    24_000_000: "hai mươi bốn triệu",
    105_000_000: "một trăm lẻ năm triệu",
    1_000_000_000: "một tỷ",
    10_000_000_000: "mười tỷ",
    1_000_000_001: "một tỷ không trăm lẻ một",
    1_005_000_000: "một tỷ không trăm lẻ năm triệu",
    1_500_000_000: "một tỷ năm trăm triệu",
    2_005_000_015: "hai tỷ không trăm lẻ năm triệu không trăm mười lăm",
    2_025_000_000: "hai tỷ không trăm hai mươi lăm triệu",
    1_500_000_000_000: "một nghìn năm trăm tỷ",
    -1: "âm một",
    -105_000: "âm một trăm lẻ năm nghìn",
}
_UNITS = {"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6}
_UNITS |= {"bảy": 7, "tám": 8, "chín": 9}
_OPTIONS = st.builds(
    WordOptions,
    zero_tens=st.sampled_from(["lẻ", "linh"]),
    thousand=st.sampled_from(["nghìn", "ngàn"]),
    four=st.sampled_from(["bốn", "tư"]),
)


def _value(words: list[str]) -> int:
    """Read words back, by another way than they were written: from the largest unit down."""
    for names, factor in ((("tỷ",), 10**9), (("triệu",), 10**6), (("nghìn", "ngàn"), 10**3)):
        places = [index for index, word in enumerate(words) if word in names]
        if places:
            cut = places[-1]
            return _value(words[:cut]) * factor + _value(words[cut + 1 :])
    return _small(words)


def _small(words: list[str]) -> int:
    total = 0
    for word in words:
        match word:
            case "trăm":
                total *= 100
            case "mươi":
                total = total // 100 * 100 + total % 100 * 10
            case "mười":
                total += 10
            case "lẻ" | "linh":
                pass
            case _:
                total += _UNITS[word]
    return total


@pytest.mark.parametrize(("number", "words"), _FROZEN.items())
def test_frozen_table(number: int, words: str) -> None:
    """Amounts that common libraries get wrong are read as the formal written style wants."""
    assert number_in_words(number) == words


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=10**17), _OPTIONS)
def test_words_read_back(number: int, options: WordOptions) -> None:
    """Every amount can be read back from its words, whatever the spelling chosen."""
    assert _value(number_in_words(number, options).split()) == number


def test_sentence() -> None:
    """The sentence has a capital, the currency and a full stop, as in the vendor's sample."""
    assert amount_in_words(5_500_000) == "Năm triệu năm trăm nghìn đồng."
    assert amount_in_words(0) == "Không đồng."
    assert amount_in_words(-105_000) == "Âm một trăm lẻ năm nghìn đồng."


def test_options() -> None:
    """A shop may prefer the other correct spellings."""
    options = WordOptions(zero_tens="linh", thousand="ngàn", four="tư", even=True)
    assert amount_in_words(24_104, options) == "Hai mươi tư ngàn một trăm linh tư đồng chẵn."
    assert number_in_words(14, options) == "mười bốn"
