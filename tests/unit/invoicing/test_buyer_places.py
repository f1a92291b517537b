"""Shops that keep their buyers' data in other places."""

from typing import Any

import pytest
from invoicing.buyer import Buyer, BuyerFlag
from invoicing.problems import problems_of
from invoicing.rules import BuyerAliases
from pydantic import ValidationError
from support.buyers import ADDRESS, CODE, NAME, buyer_on, held_with, is_consumer
from support.haravan_orders import Json, attributes, company, order

_BILLED: Json = {
    "name": " An",
    "company": NAME,
    "address1": "1 Phố Mẫu",
    "ward": None,
    "district": "Phường Mẫu",
    "province": "Thành phố Hà Nội",
}
_PATHS = {
    "company": ["billing_address.company", "customer.name"],
    "address": ["billing_address.address"],
    "tax_code": ["customer.note"],
    "email": ["customer.email"],
}
_NOTE = f"Giao giờ hành chính\n- Tên công ty: {NAME}\n- MST: 0101243150; Địa chỉ: {ADDRESS}\nEmail HĐ\uff1akt@vidu.vn"
_OF_NOTE = {
    "company": ["note.Tên công ty"],
    "address": ["note.địa chỉ"],
    "tax_code": ["note.MST"],
    "email": ["note.email hd"],
}


def _customer(**fields: Any) -> Json:
    return {"id": 7, "first_name": "An", "last_name": "Trần", "email": "an@vidu.vn", "note": None, **fields}


def test_customer_and_billing_address() -> None:
    """Address parts that are null are left out: since the reform of 2025 the ward may stand in the district."""
    made = order(customer=_customer(note="MST: 0101243150"), billing_address=_BILLED)
    expected = Buyer(
        legal_name=NAME,
        tax_code=CODE,
        address="1 Phố Mẫu, Phường Mẫu, Thành phố Hà Nội",
        emails=("an@vidu.vn",),
    )
    assert buyer_on(made, aliases=_PATHS) == expected
    assert buyer_on(order(customer=_customer(note=CODE), billing_address=[_BILLED]), aliases=_PATHS) == expected


def test_paths_are_used_only_where_a_shop_names_them() -> None:
    """By default the order's customer, notes and addresses are printed nowhere."""
    made = order(customer=_customer(note=CODE), billing_address=_BILLED, note=_NOTE, note_attributes=[])
    assert is_consumer(buyer_on(made))


@pytest.mark.parametrize("nothing", (None, []))
def test_parties_that_are_not_there(nothing: object) -> None:
    """Counter sales have neither customer nor address."""
    made = order(customer=None, billing_address=nothing, note=None)
    assert is_consumer(buyer_on(made, aliases=_PATHS))


def test_a_name_joined_from_its_parts() -> None:
    """Family name first; a part that is null leaves no blank, a mask is no name."""
    aliases = {**_PATHS, "company": ["billing_address.name", "customer.name"]}
    coded = {"note": CODE}
    assert buyer_on(order(customer=_customer(**coded), billing_address=_BILLED), aliases=aliases).legal_name == "An"
    masked = {**_BILLED, "name": "N******n"}
    assert buyer_on(order(customer=_customer(**coded), billing_address=masked), aliases=aliases).legal_name == "Trần An"
    parts = {**_BILLED, "name": None, "first_name": "Bình", "last_name": "Lê"}
    assert buyer_on(order(customer=_customer(**coded), billing_address=parts), aliases=aliases).legal_name == "Lê Bình"


def test_labelled_lines_of_a_note() -> None:
    """What follows a label on its line, compared without case and accents."""
    expected = Buyer(legal_name=NAME, tax_code=CODE, address=ADDRESS, emails=("kt@vidu.vn",))
    assert buyer_on(order(note=_NOTE), aliases=_OF_NOTE) == expected
    of_customer = {field: [f"customer.{each}" for each in names] for field, names in _OF_NOTE.items()}
    assert buyer_on(order(customer=_customer(note=_NOTE)), aliases=of_customer) == expected


@pytest.mark.parametrize("note", (None, "", "Giao giờ hành chính", "MST:", "Hỏi MST của khách"))
def test_a_note_without_the_label_says_nothing(note: str | None) -> None:
    """An ordinary note is no tax code."""
    assert is_consumer(buyer_on(order(note=note), aliases=_OF_NOTE))


def test_the_whole_note_as_code() -> None:
    """A shop may say that its note is the code; then whatever stands there is one."""
    aliases = {**_PATHS, "tax_code": ["note"]}
    assert buyer_on(order(note="0101243150", billing_address=_BILLED), aliases=aliases).tax_code == CODE


def test_a_note_attribute_of_a_paths_name() -> None:
    """The prefix names a note attribute, whatever its name."""
    aliases = {
        "tax_code": ["note_attributes.note"],
        "company": ["Công Ty"],
        "address": ["note_attributes.customer.note"],
    }
    given = attributes(**{"note": CODE, "cong ty": NAME, "customer.note": ADDRESS})
    assert buyer_on(order(note="khác", note_attributes=given), aliases=aliases).tax_code == CODE


@pytest.mark.parametrize(
    "alias", ("customer.tax_code", "billing_address.adress", "Shipping_Address.company", "customer")
)
def test_a_path_that_is_none_is_refused(alias: str) -> None:
    """A mistyped path would silently find nothing; the message names what there is, in both languages."""
    with pytest.raises(ValidationError) as caught:
        BuyerAliases.model_validate({"company": [alias]})
    (problem,) = problems_of(caught.value)
    assert problem.field == "company.0"
    assert all("billing_address.company" in text and alias in text for text in (problem.vi, problem.en))
    assert problem.vi != problem.en


def test_paths_without_case() -> None:
    """As names are."""
    made = order(customer=_customer(note=CODE), billing_address=_BILLED)
    aliases = {**_PATHS, "tax_code": ["Customer.Note"], "company": ["Billing_Address.Company"]}
    assert buyer_on(made, aliases=aliases).legal_name == NAME


def test_attributes_that_are_no_text() -> None:
    """Apps keep JSON there: it neither makes the order unreadable nor passes for a code."""
    given = [*company(), {"name": "app", "value": {"a": [1, "\ud83d"]}}, {"name": "list", "value": [1, 2.5]}]
    assert buyer_on(order(note_attributes=given)).tax_code == CODE
    assert held_with(company(bill_order_tax_code={"mst": CODE})).reason == "buyer-tax-code-bad"


@pytest.mark.parametrize(
    ("typed", "emails"),
    (
        ("Kế toán <kt@vidu.vn>", ("kt@vidu.vn",)),
        ("mailto:kt@vidu.vn.", ("kt@vidu.vn",)),
        ("o'brien@vidu.vn", ("o'brien@vidu.vn",)),
        ("kt@vidu.vn\u200b", ("kt@vidu.vn",)),
        ("guest@haravan.com", ()),
        ("-", ()),
    ),
)
def test_emails_that_can_be_read(typed: str, emails: tuple[str, ...]) -> None:
    """What stands around an address is left out; a placeholder and a dash are no fault."""
    buyer = buyer_on(order(note_attributes=company(bill_email=typed)))
    assert (buyer.emails, buyer.flags) == (emails, ())


@pytest.mark.parametrize("typed", ("kt.vidu.vn", "kt@vidu", "kế@vidu.vn", "n***@vidu.vn", "a@b.vn/c@d.vn", "a@b..vn"))
def test_emails_that_cannot_be_read_are_told(typed: str) -> None:
    """Left out rather than sent to a guess or refused by meInvoice."""
    buyer = buyer_on(order(note_attributes=company(bill_email=typed)))
    assert (buyer.emails, buyer.flags) == ((), (BuyerFlag.EMAIL_LEFT_OUT,))
