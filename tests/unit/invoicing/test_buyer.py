"""Who the invoice names."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invoicing.buyer import Buyer, buyer_of
from invoicing.reasons import Stopped
from invoicing.rules import BuyerRules
from support.haravan_orders import attributes, company, order

_CONSUMER = "Bán cho người tiêu dùng"
_NAME, _ADDRESS, _EMAIL = "Công ty TNHH Ví Dụ", "1 Phố Mẫu, Hà Nội", "ketoan@congtyvidu.vn"

_REST = {"company_address": _ADDRESS, "invoice_email": _EMAIL}


def _buyer(note_attributes: list[dict[str, Any]], email: str | None = None, **of_rules: Any) -> Buyer:
    made = order(note_attributes=note_attributes, email=email, contact_email=email)
    return buyer_of(made, BuyerRules.model_validate(of_rules))


def _stop(note_attributes: list[dict[str, Any]], **of_rules: Any) -> str:
    with pytest.raises(Stopped) as caught:
        _buyer(note_attributes, **of_rules)
    assert "?" not in caught.value.finding.explain().en
    return caught.value.finding.reason.value


def _is_consumer(buyer: Buyer) -> bool:
    nothing = (buyer.legal_name, buyer.tax_code, buyer.id_number, buyer.budget_code, buyer.address)
    return buyer.full_name == _CONSUMER and nothing == (None,) * 5


@pytest.mark.parametrize(
    "given_attributes",
    (
        company(),
        attributes(
            invoice="có", company_name=_NAME, tax_code="0101243150", company_address=_ADDRESS, invoice_email=_EMAIL
        ),
        attributes(
            Invoice="CO", COMPANY_NAME=_NAME, Tax_Code=" 0101 243 150 ", company_address=_ADDRESS, invoice_email=_EMAIL
        ),
        attributes(bill_order_company=_NAME, tax_code="0101243150", company_address=_ADDRESS, bill_email=_EMAIL),
    ),
)
def test_company_of_both_theme_families(given_attributes: list[dict[str, Any]]) -> None:
    """Both families of storefront forms, ticked or without box, name the company."""
    buyer = _buyer(given_attributes)
    expected = Buyer(legal_name=_NAME, tax_code="0101243150", address=_ADDRESS, emails=(_EMAIL,))
    assert buyer == expected


@pytest.mark.parametrize(
    ("typed", "printed"),
    (
        ("0101243150-732", "0101243150-732"),
        ("0101243150732", "0101243150-732"),
        ("01.01243150 732", "0101243150-732"),
        ("0101243150\u2013732", "0101243150-732"),
        (2222222222433, "2222222222-433"),
    ),
)
def test_branch_codes(typed: object, printed: str) -> None:
    """A branch's code is printed with its dash, however it was typed."""
    assert _buyer(company(bill_order_tax_code=typed)).tax_code == printed


@pytest.mark.parametrize(
    "given_attributes",
    (
        [],
        attributes(invoice="yes"),
        attributes(invoice="no"),
        company(invoice="không"),
        company(invoice="no", bill_order_tax_code="0123456789"),
        company(invoice="", bill_order_tax_code="001099000001"),
        company(invoice=None),
        attributes(bill_order_company=_NAME, bill_order_address=_ADDRESS, bill_email=_EMAIL),
        attributes(invoice="yes", bill_order_company="C****y", bill_email="guest@haravan.com"),
    ),
)
def test_consumer(given_attributes: list[dict[str, Any]]) -> None:
    """No data, an unticked box with stale fields, or a form without code: sold to a consumer."""
    assert _is_consumer(_buyer(given_attributes))


@pytest.mark.parametrize("email", (None, "guest@haravan.com", "GUEST@HARAVAN.COM", "n***@gmail.com", "no mail", "a@b"))
def test_placeholder_emails_are_never_used(email: str | None) -> None:
    """Neither the placeholder nor a mask nor a text without domain receives anything."""
    assert _buyer([], email=email).emails == ()


def test_consumers_real_email_is_kept_for_sending() -> None:
    """A consumer's own address is used for sending and not printed."""
    buyer = _buyer(company(invoice="no"), email="an@vidu.vn")
    assert (buyer.emails, buyer.print_email) == (("an@vidu.vn",), False)


@pytest.mark.parametrize(
    ("given_attributes", "reason"),
    (
        (company(bill_order_company=""), "buyer-tax-code-alone"),
        (company(bill_order_address=None), "buyer-tax-code-alone"),
        (company(bill_order_tax_code="", bill_order_address=""), "buyer-incomplete"),
        (company(bill_order_tax_code="", bill_order_company=""), "buyer-incomplete"),
        (attributes(invoice="yes", bill_email=_EMAIL), "buyer-incomplete"),
        (company(bill_order_tax_code="0123456789"), "buyer-tax-code-bad"),
        (company(bill_order_tax_code="0101243150-000"), "buyer-tax-code-bad"),
        (company(bill_order_tax_code="không có mã"), "buyer-tax-code-bad"),
        (company(bill_order_tax_code="khong co"), "buyer-tax-code-bad"),
        (company(bill_order_tax_code="12345"), "buyer-tax-code-bad"),
        (attributes(bill_order_tax_code="0123456789"), "buyer-tax-code-bad"),
        (company(bill_order_tax_code=101243150), "buyer-tax-code-nine-digits"),
        (company(bill_order_tax_code="001099000001", bill_order_company=""), "buyer-id-without-name"),
        (company(bill_order_tax_code="1053629", bill_order_address=""), "buyer-budget-code-alone"),
        (company(bill_order_company="X" * 401), "buyer-too-long"),
        (company(bill_order_address="X" * 401), "buyer-too-long"),
        (company(bill_order_tax_code="001099000001", bill_order_company="X" * 101), "buyer-too-long"),
        (company(bill_order_tax_code="", bill_order_company="X" * 101), "buyer-too-long"),
        (company(invoice="maybe"), "buyer-box-unclear"),
        ([*company(), *attributes(invoice="no")], "buyer-box-unclear"),
    ),
)
def test_held(given_attributes: list[dict[str, Any]], reason: str) -> None:
    """Data that are neither good enough nor safely left out hold the order with their own reason."""
    assert _stop(given_attributes) == reason


def test_named_person() -> None:
    """Name and address without a code: a person by name."""
    buyer = _buyer(company(bill_order_tax_code="", bill_order_company="Trần An"))
    assert buyer == Buyer(full_name="Trần An", address=_ADDRESS, emails=(_EMAIL,))


@pytest.mark.parametrize("box", ({}, {"invoice": "yes"}))
def test_personal_id(box: dict[str, str]) -> None:
    """Twelve digits are a person's id, box or no box; the address is optional."""
    buyer = _buyer(attributes(**box, bill_order_company="Trần An", bill_order_tax_code="001099000001"))
    assert (buyer.full_name, buyer.id_number, buyer.tax_code, buyer.address) == ("Trần An", "001099000001", None, None)


def test_budget_unit() -> None:
    """Seven characters are a budget unit's code."""
    buyer = _buyer(company(bill_order_tax_code="1053629"))
    assert (buyer.legal_name, buyer.budget_code, buyer.tax_code) == (_NAME, "1053629", None)


def test_settings() -> None:
    """A shop may repair, sell to a consumer, or take twelve digits as a household's tax code."""
    bad, nine = company(bill_order_tax_code="0123456789"), company(bill_order_tax_code="101243150")
    assert _is_consumer(_buyer(bad, bad_tax_code="consumer"))
    assert _buyer(nine, nine_digits="repair").tax_code == "0101243150"
    assert _buyer(company(bill_order_tax_code="001099000001"), twelve_digits="tax_code").tax_code == "001099000001"
    without_box = [each for each in company() if each["name"] != "invoice"]
    assert _is_consumer(_buyer(without_box, without_box="consumer"))
    assert _buyer(company(), longest_name=18).legal_name == _NAME
    assert _stop(company(), longest_name=17) == "buyer-too-long"


def test_aliases_of_a_shop() -> None:
    """A shop's own form is read by its own names, without case and accents."""
    aliases = {"wanted": ["Xuất hóa đơn"], "company": ["Tên công ty"], "tax_code": ["MST"], "address": ["Địa chỉ"]}
    given_attributes = attributes(
        **{"xuat hoa don": "Có", "TÊN CÔNG TY": _NAME, "mst": "0101243150", "dia chi": _ADDRESS}
    )
    assert _buyer(given_attributes, aliases=aliases).tax_code == "0101243150"


def test_several_emails() -> None:
    """Several addresses are told apart; what is none is left out."""
    buyer = _buyer(company(bill_email="a@b.vn; c@d.vn,guest@haravan.com e@f"))
    assert buyer.emails == ("a@b.vn", "c@d.vn")


def test_names_are_one_clean_line() -> None:
    """Control characters and doubled blanks do not reach the invoice; accents have one form."""
    buyer = _buyer(company(bill_order_company="Cô\u0301ng\tty\n  A "))
    assert buyer.legal_name == "Cống ty A"


_TEXT = st.text(max_size=12) | st.sampled_from(["yes", "no", "0101243150", "101243150", "001099000001", _NAME, _EMAIL])


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([each["name"] for each in company()]), _TEXT, max_size=5))
def test_a_code_is_printed_only_with_name_and_address(values: dict[str, str]) -> None:
    """Whatever was typed, the outcome is a whole buyer, a consumer, or a hold."""
    try:
        buyer = _buyer(attributes(**values))
    except Stopped:
        return
    if buyer.tax_code or buyer.budget_code:
        assert buyer.legal_name
        assert buyer.address
    assert bool(buyer.legal_name) != bool(buyer.full_name)


def test_a_masked_tax_code_is_a_code_that_cannot_be_read() -> None:
    """Somebody gave a tax code: the company is never printed as a person without one."""
    assert _stop(company(bill_order_tax_code="01012*****")) == "buyer-tax-code-bad"
    clear = [*company(bill_order_tax_code="01012*****"), *attributes(tax_code="0101243150")]
    assert _buyer(clear).tax_code == "0101243150"


@pytest.mark.parametrize("name", ("L*", "N*n", "*"))
def test_one_star_masks_a_name_too(name: str) -> None:
    """Short names are masked by a single star."""
    assert _stop(company(bill_order_company=name, bill_order_tax_code="")) == "buyer-incomplete"
    assert _stop(company(bill_order_company=name)) == "buyer-tax-code-alone"


def test_a_star_after_a_digit_is_no_mask() -> None:
    """Hotels count their stars."""
    assert _buyer(company(bill_order_company="Khách sạn 5*")).legal_name == "Khách sạn 5*"


def test_signs_alone_are_no_data() -> None:
    """A dash in every field means that there is nothing to say."""
    dashes = company(bill_order_company="-", bill_order_tax_code="-", bill_order_address=".", bill_email="-")
    assert _is_consumer(_buyer(dashes))
    assert _stop(company(bill_order_company="--")) == "buyer-tax-code-alone"
