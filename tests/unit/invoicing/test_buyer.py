"""Who the invoice names."""

from typing import Any

import pytest
from invoicing.buyer import Buyer
from support.buyers import ADDRESS, EMAIL, NAME, buyer_with, held_with, is_consumer
from support.haravan_orders import attributes, company, order


@pytest.mark.parametrize(
    "given_attributes",
    (
        company(),
        attributes(
            invoice="có", company_name=NAME, tax_code="0101243150", company_address=ADDRESS, invoice_email=EMAIL
        ),
        attributes(
            Invoice="CO", COMPANY_NAME=NAME, Tax_Code=" 0101 243 150 ", company_address=ADDRESS, invoice_email=EMAIL
        ),
        attributes(bill_order_company=NAME, tax_code="0101243150", company_address=ADDRESS, bill_email=EMAIL),
    ),
)
def test_company_of_both_theme_families(given_attributes: list[dict[str, Any]]) -> None:
    """Both families of storefront forms, ticked or without box, name the company."""
    buyer = buyer_with(given_attributes)
    expected = Buyer(legal_name=NAME, tax_code="0101243150", address=ADDRESS, emails=(EMAIL,))
    assert buyer == expected


@pytest.mark.parametrize("email", (None, "guest@haravan.com", "GUEST@HARAVAN.COM", "n***@gmail.com", "no mail", "a@b"))
def test_placeholder_emails_are_never_used(email: str | None) -> None:
    """Neither the placeholder nor a mask nor a text without domain receives anything."""
    assert buyer_with([], email=email).emails == ()


def test_aliases_of_a_shop() -> None:
    """A shop's own form is read by its own names, without case and accents."""
    aliases = {"wanted": ["Xuất hóa đơn"], "company": ["Tên công ty"], "tax_code": ["MST"], "address": ["Địa chỉ"]}
    given_attributes = attributes(
        **{"xuat hoa don": "Có", "TÊN CÔNG TY": NAME, "mst": "0101243150", "dia chi": ADDRESS}
    )
    assert buyer_with(given_attributes, aliases=aliases).tax_code == "0101243150"


def test_names_are_one_clean_line() -> None:
    """Control characters and doubled blanks do not reach the invoice; accents have one form."""
    buyer = buyer_with(company(bill_order_company="Cô\u0301ng\tty\n  A "))
    assert buyer.legal_name == "Cống ty A"


def test_a_masked_tax_code_is_a_code_that_cannot_be_read() -> None:
    """Somebody gave a tax code: the company is never printed as a person without one."""
    assert held_with(company(bill_order_tax_code="01012*****")).reason == "buyer-tax-code-bad"
    clear = [*company(bill_order_tax_code="01012*****"), *attributes(tax_code="0101243150")]
    assert buyer_with(clear).tax_code == "0101243150"


@pytest.mark.parametrize("name", ("L*", "N*n", "*"))
def test_one_star_masks_a_name_too(name: str) -> None:
    """Short names are masked by a single star."""
    assert held_with(company(bill_order_company=name, bill_order_tax_code="")).reason == "buyer-incomplete"
    assert held_with(company(bill_order_company=name)).reason == "buyer-tax-code-alone"


def test_a_star_after_a_digit_is_no_mask() -> None:
    """Hotels count their stars."""
    assert buyer_with(company(bill_order_company="Khách sạn 5*")).legal_name == "Khách sạn 5*"


def test_signs_alone_are_no_data() -> None:
    """A dash in every field means that there is nothing to say."""
    dashes = company(bill_order_company="-", bill_order_tax_code="-", bill_order_address=".", bill_email="-")
    assert is_consumer(buyer_with(dashes))
    assert held_with(company(bill_order_company="--")).reason == "buyer-tax-code-alone"


@pytest.mark.parametrize("given_attributes", (company(invoice="maybe"), [*company(), *attributes(invoice="no")]))
def test_a_box_that_says_neither_holds(given_attributes: list[dict[str, Any]]) -> None:
    """An unknown value, or two boxes that contradict each other; without any data it does not matter."""
    assert held_with(given_attributes).reason == "buyer-box-unclear"
    assert is_consumer(buyer_with(attributes(invoice="maybe")))


@pytest.mark.parametrize("mask", ("L\uff0a", "N\u2022\u2022\u2022n", "\u25cf\u25cf"))
def test_masks_of_other_signs(mask: str) -> None:
    """Marketplaces mask with other signs than stars too."""
    assert held_with(company(bill_order_company=mask)).facts == {"lacking": "name"}


def test_invisible_signs_are_not_printed() -> None:
    """What a copy from a web page brings along is no part of a registered name."""
    assert buyer_with(company(bill_order_company="\ufeffCông\u200b ty A\u00ad")).legal_name == "Công ty A"


def test_a_buyers_data_are_in_no_log() -> None:
    """Neither the buyer nor the order shows them when it is printed for an engineer."""
    made = order(
        note_attributes=company(bill_order_tax_code="001099000001"),
        email="an@vidu.vn",
        note="Gọi 0900000001",
        customer={"id": 7, "first_name": "An", "last_name": "Trần", "note": "MST"},
        billing_address={"name": "Trần An", "address1": "1 Phố Mẫu"},
    )
    shown = repr(made) + repr(buyer_with(company(bill_order_tax_code="001099000001")))
    secrets = (NAME, ADDRESS, EMAIL, "001099000001", "an@vidu.vn", "0900000001", "Trần", "Phố Mẫu")
    assert not [each for each in secrets if each in shown]
