"""Tax codes as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invoicing.tax_codes import CodeKind, read_tax_code
from stdnum.vn import mst


@pytest.mark.parametrize(
    "typed",
    (
        "0101243150",
        " 0101 243 150 ",
        "01.01243150",
        "MST: 0101243150",
        "mst 0101243150",
        "MST0101243150",
        "M.S.T. 0101243150",
        "Mã số thuế: 0101243150",
        "MA SO THUE 0101243150",
        "Tax code: 0101243150",
        "\uff10\uff11\uff10\uff11\uff12\uff14\uff13\uff11\uff15\uff10",
        "\uff2d\uff33\uff34\uff1a\u30000101243150",
        "\u200b0101243150\ufeff",
    ),
)
def test_a_company_however_it_is_typed(typed: str) -> None:
    """Labels, blanks, full-width and invisible signs do not matter."""
    read = read_tax_code(typed)
    assert (read.kind, read.text) == (CodeKind.COMPANY, "0101243150")


@pytest.mark.parametrize("dash", ("", "-", " - ", "\u2013", "\u2212", "\uff0d", "."))
def test_a_branch_has_its_dash(dash: str) -> None:
    """The form that MISA's page asks for."""
    assert read_tax_code(f"0101243150{dash}732").text == "0101243150-732"


def test_nine_digits_and_a_branch_are_no_personal_id() -> None:
    """Twelve digits with a dash before the last three are a branch's code that lost its zero, or nothing."""
    assert read_tax_code("101243150-732").kind is CodeKind.NINE_DIGITS
    assert read_tax_code("101243151-732").kind is CodeKind.BAD
    assert read_tax_code("101243150732").kind is CodeKind.PERSON


def test_a_personal_id_that_may_be_a_branch_is_told() -> None:
    """Without a dash nobody can know; an id that begins with a zero is none."""
    assert read_tax_code("101243150732").may_be_branch
    assert not read_tax_code("001099000001").may_be_branch
    assert not read_tax_code("101243151732").may_be_branch


@pytest.mark.parametrize("typed", ("1053629", "105-3629", "105362a", "MST: 1053629"))
def test_budget_units(typed: str) -> None:
    """Seven letters or digits, one of them a digit."""
    assert read_tax_code(typed).kind is CodeKind.BUDGET


@pytest.mark.parametrize(
    "typed", ("KHONGCO", "10536\u01119", "1234\u00df6", "123\u0131567", "\u0661\u0662\u0663\u0664\u0665\u0666\u0667")
)
def test_seven_characters_that_are_no_budget_code(typed: str) -> None:
    """Letters alone, and letters that only look like those of a code when changed."""
    assert read_tax_code(typed).kind is CodeKind.BAD


@given(st.text(max_size=20) | st.from_regex(r"[0-9 .\-]{5,16}", fullmatch=True))
def test_whatever_is_typed(typed: str) -> None:
    """Only what passes its check is a company's; reading what is printed gives the same."""
    read = read_tax_code(typed)
    if read.kind in {CodeKind.COMPANY, CodeKind.NINE_DIGITS}:
        assert mst.is_valid(read.text)
        assert read_tax_code(read.text).kind is CodeKind.COMPANY
    if read.kind in {CodeKind.COMPANY, CodeKind.PERSON, CodeKind.BUDGET}:
        again = read_tax_code(read.text)
        assert (again.kind, again.text) == (read.kind, read.text)
    assert bool(read.problem) == (read.kind is CodeKind.BAD)
    assert all(
        word in "digits check digit not suffix or sequence 000" or word.isdigit() for word in read.problem.split()
    )
    assert typed not in repr(read) or len(typed) < 9
