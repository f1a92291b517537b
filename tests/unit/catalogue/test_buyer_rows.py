"""The book of buyers, out and in."""

import pytest
from catalogue.buyer_keys import buyer_key
from catalogue.buyer_rows import read_buyers, write_buyers
from catalogue.cells import DELIMITERS, BadFileError, Delimiter
from hypothesis import given
from hypothesis import strategies as st
from invoicing.known_buyers import KnownBuyer

HEAD = "customer_id,name,tax_code,address,emails,always_company\n"
COMPANY = KnownBuyer(
    customer_id=5,
    name="Công ty Mẫu",
    tax_code="0101243150",
    address="1 Phố Mẫu",
    emails=("a@vidu.vn", "b@vidu.vn"),
    always_company=True,
)


def said(rows: str, stored: dict[str, KnownBuyer] | None = None, head: str = HEAD) -> dict[str, KnownBuyer | None]:
    return {each.key: each.after for each in read_buyers((head + rows).encode()).changes(stored or {})}


def test_a_company() -> None:
    """Several addresses for mail in one cell, the mark in Vietnamese or English."""
    found = said('5,Công ty Mẫu,0101243150,1 Phố Mẫu,"a@vidu.vn; b@vidu.vn",Có\n')
    assert found == {"customer:5": COMPANY}
    assert said("5,,,,,\n", {"customer:5": COMPANY}) == {"customer:5": None}


def test_a_tax_code_without_a_customer() -> None:
    """However it is typed it is the same entry."""
    found = said(",Công ty Mẫu,0101243150-001,1 Phố Mẫu,,\n")
    assert list(found) == ["tax:0101243150-001"]
    assert said("Khác,0101243150 001\n", {k: v for k, v in found.items() if v}, "name,tax_code\n") == {
        "tax:0101243150-001": KnownBuyer(name="Khác", tax_code="0101243150-001", address="1 Phố Mẫu")
    }


@pytest.mark.parametrize(
    ("rows", "expected"),
    (
        (",Công ty,,,,\n", [(2, "customer_id")]),
        ("1.0E+09,x,,,,\n", [(2, "customer_id")]),
        ("5,x,0101243151,,,\n", [(2, "tax_code")]),
        ("5,x,101243150,,,\n", [(2, "tax_code")]),
        ("5,x,,,không phải,maybe\n", [(2, "emails"), (2, "always_company")]),
        (f"5,{'x' * 401},,,,\n", [(2, "name")]),
        ("5,x,,,,\n5,y,,,,\n", [(3, "customer_id")]),
        ("5,x,0101243150,,,yes\n", [(2, "always_company")]),
        (",x,0101243150,y,,yes\n", [(2, "always_company")]),
    ),
)
def test_every_bad_row_is_named(rows: str, expected: list[tuple[int, str]]) -> None:
    """With its remedy in both languages, none of which shows who it is."""
    with pytest.raises(BadFileError) as caught:
        said(rows)
    assert [(each.row, each.column) for each in caught.value.problems] == expected
    assert all(each.vi and each.en for each in caught.value.problems)
    assert "Công ty" not in " ".join(each.vi + each.en for each in caught.value.problems)


_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z", "Cn")), max_size=12)
_CODE = st.sampled_from(("", "0101243150", "0101243150-001", "001099012345"))


@st.composite
def _buyer(draw: st.DrawFn) -> KnownBuyer | None:
    buyer = KnownBuyer(
        customer_id=draw(st.none() | st.integers(1, 30)),
        name=draw(_TEXT),
        tax_code=draw(_CODE),
        address=draw(_TEXT),
        emails=tuple(draw(st.lists(st.sampled_from(("a@vidu.vn", "b@vidu.vn", "c@vidu.vn")), unique=True))),
    )
    if buyer.customer_id is None and not buyer.tax_code:
        return None
    read = read_buyers(write_buyers({}, [buyer]).encode()).changes({})
    return read[0].after if read else None


@given(st.lists(_buyer(), max_size=8), st.dictionaries(st.integers(1, 40), _TEXT), st.sampled_from(DELIMITERS))
def test_what_is_exported_and_imported_changes_nothing(
    buyers: list[KnownBuyer | None], names: dict[int, str], delimiter: Delimiter
) -> None:
    """Whatever is stored, with Haravan's customers beside it."""
    stored = {buyer_key(each): each for each in buyers if each is not None}
    read = read_buyers(write_buyers(names, stored.values(), delimiter).encode())
    assert read.changes(stored) == []
    assert {each.key: each.after for each in read.changes({})} == stored
