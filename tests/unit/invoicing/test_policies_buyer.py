"""The table "Buyer" of the policies: one test for each row, its default and its settings."""

from typing import Any

import pytest
from invoicing.buyer import Buyer, BuyerFlag
from invoicing.reasons import Stopped
from invoicing.release import GivenBuyer, Release
from support.buyers import ADDRESS, CODE, CONSUMER, EMAIL, NAME, buyer_on, buyer_with, held_with, is_consumer
from support.haravan_orders import Json, attributes, company, converted, order

_UNTICKED = (company(invoice="no"), company(invoice="không"), company(invoice=""), company(invoice=None))
_NO_DATA: tuple[list[Json], ...] = ([], attributes(invoice="yes"), attributes(invoice="no"))
_MASKED = attributes(
    invoice="yes", bill_order_company="N******n", bill_order_address="1 P*** M**", bill_email="guest@haravan.com"
)

_REPAIR: Any = {"nine_digits": "repair"}


def _without_box(**values: Any) -> list[Json]:
    return [each for each in company(**values) if each["name"] != "invoice"]


@pytest.mark.parametrize("given", (*_NO_DATA, *_UNTICKED, _MASKED))
def test_no_data_or_box_unticked(given: list[Json]) -> None:
    """Sold to a consumer, without a legal name; masks, placeholders and stale fields are nowhere."""
    buyer = buyer_with(given, email="guest@haravan.com")
    assert is_consumer(buyer)
    assert buyer.emails == ()


@pytest.mark.parametrize("given", (*_NO_DATA, *_UNTICKED))
def test_no_data_or_box_unticked_keeps_a_real_email_for_sending(given: list[Json]) -> None:
    """The consumer's own address receives the invoice and is not printed on it; that of the stale form does not."""
    invoice = converted(order(note_attributes=given, email="an@vidu.vn")).invoice
    assert (invoice.BuyerFullName, invoice.BuyerLegalName) == (CONSUMER, None)
    assert (invoice.BuyerEmail, invoice.ReceiverEmail) == (None, "an@vidu.vn")


def test_box_absent_with_a_valid_tax_code() -> None:
    """Fields that are filled without any box name the company; by setting a consumer."""
    assert buyer_with(_without_box()).tax_code == CODE
    assert is_consumer(buyer_with(_without_box(), without_box="consumer"))
    assert is_consumer(buyer_with(_without_box(bill_order_tax_code="101243150"), without_box="consumer", **_REPAIR))
    assert buyer_with(company(), without_box="consumer").tax_code == CODE


def test_box_absent_without_any_code() -> None:
    """Name and address without a code and without a box: nobody asked for an invoice."""
    assert is_consumer(buyer_with(_without_box(bill_order_tax_code="")))


@pytest.mark.parametrize("without_box", ("company", "consumer"))
def test_box_absent_with_a_code_that_is_not_valid(without_box: str) -> None:
    """Such a code follows its own row, box or no box."""
    bad, nine = _without_box(bill_order_tax_code="0123456789"), _without_box(bill_order_tax_code="101243150")
    assert held_with(bad, without_box=without_box).reason == "buyer-tax-code-bad"
    assert held_with(nine, without_box=without_box).reason == "buyer-tax-code-nine-digits"


@pytest.mark.parametrize(
    ("typed", "printed"),
    ((CODE, CODE), ("0101243150732", "0101243150-732"), ("0101243150-732", "0101243150-732")),
)
def test_tax_code_with_name_and_address(typed: str, printed: str) -> None:
    """A company; a branch's code has its dash."""
    buyer = buyer_with(company(bill_order_tax_code=typed))
    assert buyer == Buyer(legal_name=NAME, tax_code=printed, address=ADDRESS, emails=(EMAIL,))
    assert buyer.kind == "company"


@pytest.mark.parametrize(
    ("missing", "lacking"),
    (
        ({"bill_order_company": ""}, "name"),
        ({"bill_order_address": None}, "address"),
        ({"bill_order_company": "C****y", "bill_order_address": "-"}, "name, address"),
    ),
)
def test_tax_code_without_name_or_address(missing: dict[str, Any], lacking: str) -> None:
    """Held, whatever the order's own addresses say."""
    finding = held_with(company(**missing))
    assert (finding.reason, finding.facts) == ("buyer-tax-code-alone", {"lacking": lacking})


def test_tax_code_without_name_or_address_never_takes_the_orders_own() -> None:
    """The billing address of the order does not stand in for the one of the form."""
    billed = {"name": "Trần An", "company": NAME, "address1": ADDRESS, "province": "Hà Nội"}
    given = company(bill_order_address="", bill_order_company="")
    with pytest.raises(Stopped) as caught:
        buyer_on(order(note_attributes=given, billing_address=billed, shipping_address=billed))
    assert caught.value.finding.facts == {"lacking": "name, address"}


def test_name_and_address_without_tax_code() -> None:
    """A person by name."""
    buyer = buyer_with(company(bill_order_tax_code="", bill_order_company="Trần An"))
    assert buyer == Buyer(full_name="Trần An", address=ADDRESS, emails=(EMAIL,))
    assert buyer.kind == "person"


@pytest.mark.parametrize(
    ("given", "lacking"),
    (
        (attributes(invoice="yes", bill_order_company=NAME), "address"),
        (attributes(invoice="yes", bill_order_address=ADDRESS), "name"),
        (attributes(invoice="yes", bill_email=EMAIL), "name, address"),
    ),
)
def test_a_name_an_address_or_an_email_alone_under_a_ticked_box(given: list[Json], lacking: str) -> None:
    """Held: the buyer wanted an invoice and cannot be named."""
    finding = held_with(given)
    assert (finding.reason, finding.facts) == ("buyer-incomplete", {"lacking": lacking})


_BAD = (
    ("0123456789", "check digit"),
    ("0101243150-000", "suffix or sequence 000"),
    ("0000000000", "suffix or sequence 000"),
    ("010124315A", "not digits"),
    ("không có", "not digits"),
    ("12345", "5 digits"),
    ("01012*****", "not digits"),
)


@pytest.mark.parametrize(("typed", "problem"), _BAD)
def test_bad_check_digit_letters_or_suffix_000(typed: str, problem: str) -> None:
    """Held, the fact says what is wrong and nothing of the code; by setting sold to a consumer, which is told."""
    finding = held_with(company(bill_order_tax_code=typed))
    assert (finding.reason, finding.facts) == ("buyer-tax-code-bad", {"problem": problem})
    sold = buyer_with(company(bill_order_tax_code=typed), bad_tax_code="consumer")
    assert is_consumer(sold)
    assert sold.flags == (BuyerFlag.CODE_DROPPED,)


@pytest.mark.parametrize("typed", [typed for typed, _ in _BAD[:4]])
def test_bad_code_that_the_accountant_corrects_drops_or_sends(typed: str) -> None:
    """The three ways out of the hold."""
    given = company(bill_order_tax_code=typed)
    assert is_consumer(buyer_with(given, Release(buyer="consumer")))
    as_is = buyer_with(given, Release(buyer="as-given"))
    assert (as_is.legal_name, as_is.tax_code, as_is.address, as_is.kind) == (NAME, typed, ADDRESS, "company")
    assert as_is.flags == (BuyerFlag.AS_GIVEN, BuyerFlag.CODE_UNCHECKED)
    corrected = buyer_with(given, Release(buyer=GivenBuyer(name=NAME, tax_code=CODE, address=ADDRESS)))
    assert corrected == Buyer(legal_name=NAME, tax_code=CODE, address=ADDRESS, emails=(EMAIL,))
    assert corrected.flags == (BuyerFlag.CORRECTED,)


@pytest.mark.parametrize(
    ("typed", "printed"), (("101243150", CODE), (101243150, CODE), ("101243150-732", "0101243150-732"))
)
def test_nine_digits_that_are_valid_with_a_leading_zero(typed: object, printed: str) -> None:
    """Held with the repair offered; by setting or by a person's word the zero is put back."""
    given = company(bill_order_tax_code=typed)
    finding = held_with(given)
    assert (finding.reason, finding.facts) == ("buyer-tax-code-nine-digits", {})
    assert "rules.buyer.nine_digits: repair" in finding.explain().en
    by_setting = buyer_with(given, nine_digits="repair")
    by_word = buyer_with(given, Release(accepts=frozenset({finding.reason})))
    assert by_setting.tax_code == by_word.tax_code == printed
    assert by_setting.flags == by_word.flags == (BuyerFlag.CODE_REPAIRED,)


def test_nine_digits_that_no_zero_makes_valid() -> None:
    """They are a bad code like any other, with or without the repair."""
    assert held_with(company(bill_order_tax_code="123456789"), nine_digits="repair").reason == "buyer-tax-code-bad"


@pytest.mark.parametrize("box", ({}, {"invoice": "yes"}))
@pytest.mark.parametrize("without_box", ("company", "consumer"))
def test_twelve_digits(box: dict[str, str], without_box: str) -> None:
    """The id of a named person, box or no box; the address is optional."""
    given = attributes(**box, bill_order_company="Trần An", bill_order_tax_code="001099000001")
    buyer = buyer_with(given, without_box=without_box)
    assert buyer == Buyer(full_name="Trần An", id_number="001099000001")
    assert buyer.kind == "person"


def test_twelve_digits_without_a_name() -> None:
    """Held."""
    given = attributes(invoice="yes", bill_order_tax_code="001099000001", bill_order_address=ADDRESS)
    assert held_with(given).reason == "buyer-id-without-name"


def test_twelve_digits_as_tax_code() -> None:
    """By setting they are a household's tax code, which wants name and address."""
    given = company(bill_order_tax_code="001099000001")
    buyer = buyer_with(given, twelve_digits="tax_code")
    assert buyer == Buyer(legal_name=NAME, tax_code="001099000001", address=ADDRESS, emails=(EMAIL,))
    alone = company(bill_order_tax_code="001099000001", bill_order_address="")
    assert held_with(alone, twelve_digits="tax_code").facts == {"lacking": "address"}


def test_seven_characters() -> None:
    """The code of a budget unit, with name and address."""
    buyer = buyer_with(company(bill_order_tax_code="1053629"))
    assert buyer == Buyer(legal_name=NAME, budget_code="1053629", address=ADDRESS, emails=(EMAIL,))
    assert buyer.kind == "company"


@pytest.mark.parametrize("missing", ("bill_order_company", "bill_order_address"))
def test_seven_characters_without_name_or_address(missing: str) -> None:
    """Held."""
    given = company(**{"bill_order_tax_code": "1053629", missing: ""})
    assert held_with(given).reason == "buyer-budget-code-alone"


def test_several_emails() -> None:
    """The first is printed, all receive the invoice."""
    invoice = converted(order(note_attributes=company(bill_email="a@b.vn; c@d.vn,guest@haravan.com e@f.vn"))).invoice
    assert (invoice.BuyerEmail, invoice.ReceiverEmail) == ("a@b.vn", "a@b.vn;c@d.vn;e@f.vn")


@pytest.mark.parametrize(
    ("given", "field", "limit"),
    (
        (company(bill_order_company="X" * 401), "name", "400"),
        (company(bill_order_address="X" * 401), "address", "400"),
        (company(bill_order_tax_code="1053629", bill_order_company="X" * 401), "name", "400"),
        (company(bill_order_tax_code="", bill_order_company="X" * 101), "name", "100"),
        (company(bill_order_tax_code="001099000001", bill_order_company="X" * 101), "name", "100"),
        (company(bill_order_tax_code="", bill_order_address="X" * 401), "address", "400"),
    ),
)
def test_a_name_or_address_longer_than_its_field(given: list[Json], field: str, limit: str) -> None:
    """Held: the law wants the registered name, so nothing is cut."""
    finding = held_with(given)
    assert (finding.reason, finding.facts["field"], finding.facts["limit"]) == ("buyer-too-long", field, limit)


def test_a_name_or_address_longer_than_its_field_by_settings() -> None:
    """Both lengths are settings; what has just the length is printed."""
    person = company(bill_order_tax_code="", bill_order_company="Trần An")
    assert buyer_with(company(), longest_name=len(NAME)).legal_name == NAME
    assert held_with(company(), longest_name=len(NAME) - 1).facts["limit"] == str(len(NAME) - 1)
    assert buyer_with(person, longest_person=7).full_name == "Trần An"
    assert held_with(person, longest_person=6).facts["limit"] == "6"
    assert buyer_with(company(bill_order_company="X" * 400)).legal_name == "X" * 400


@pytest.mark.parametrize("written", ({"ten": "Công ty"}, ["Công ty"], '{"ten": "Công ty"}'))
def test_json_in_an_attribute_is_nobodys_name(written: object) -> None:
    """Some apps keep objects in attributes: nothing of them is printed, and nobody becomes a consumer by them."""
    assert held_with(company(bill_order_company=written)).facts["lacking"] == "name"
    assert held_with(company(bill_order_address=written)).facts["lacking"] == "address"
    only = attributes(invoice="yes", bill_order_company=written)
    assert held_with(only).reason == "buyer-incomplete"
    of_person = company(bill_order_tax_code="079099012345", bill_order_company=written)
    assert held_with(of_person).reason == "buyer-id-without-name"
    without_address = buyer_with(company(bill_order_tax_code="079099012345", bill_order_address=written))
    assert (without_address.full_name, without_address.address) == (NAME, None)


def test_brackets_alone_are_no_json() -> None:
    """A name in brackets is a name."""
    assert buyer_with(company(bill_order_company="[ABC] Ví Dụ")).legal_name == "[ABC] Ví Dụ"
