"""What the book of buyers adds to an order, and what it never does."""

from dataclasses import replace
from typing import Any

import pytest
from invoicing.buyer import Buyer, BuyerFlag, buyer_of
from invoicing.known_buyers import KnownBuyer
from invoicing.reasons import Stopped
from invoicing.release import Release
from invoicing.rules import BuyerRules
from support.buyers import ADDRESS, CODE, EMAIL, NAME, buyer_with, held_with, is_consumer
from support.haravan_orders import Json, attributes, company, order

_KNOWN = KnownBuyer(customer_id=7, name=NAME, tax_code=CODE, address=ADDRESS, emails=(EMAIL,))
_ALWAYS = replace(_KNOWN, always_company=True)
_FILL: Any = {"known_customers": "fill"}


def _without_box(**values: Any) -> list[Json]:
    return [each for each in company(**values) if each["name"] != "invoice"]


def _of_customer(customer: object, given: list[Json], known: KnownBuyer = _ALWAYS, **of_rules: Any) -> Buyer:
    made = order(note_attributes=given, customer=customer, email="an@vidu.vn")
    return buyer_of(made, BuyerRules.model_validate({**_FILL, **of_rules}), known=known)


@pytest.mark.parametrize("form", (company, _without_box))
@pytest.mark.parametrize(
    "missing", ({"bill_order_company": ""}, {"bill_order_address": None}, {"bill_order_company": "C****y"})
)
def test_name_and_address_of_the_same_code(form: Any, missing: dict[str, Any]) -> None:
    """They are filled in, and it is told; by default the order is held as without a book."""
    given = form(**missing)
    buyer = buyer_with(given, known=_KNOWN, **_FILL)
    assert buyer == Buyer(legal_name=NAME, tax_code=CODE, address=ADDRESS, emails=(EMAIL,))
    assert buyer.flags == (BuyerFlag.FILLED_FROM_BOOK,)
    assert held_with(given, known=_KNOWN).reason == "buyer-tax-code-alone"
    assert held_with(given, known=None, **_FILL).reason == "buyer-tax-code-alone"


def test_what_the_order_says_is_never_overridden() -> None:
    """Only what is missing comes from the book."""
    buyer = buyer_with(company(bill_order_address="", bill_order_company="Tên Mới"), known=_KNOWN, **_FILL)
    assert (buyer.legal_name, buyer.address) == ("Tên Mới", ADDRESS)
    whole = company(bill_order_company="Tên Mới", bill_order_address="2 Phố Mẫu", bill_email="moi@vidu.vn")
    kept = buyer_with(whole, known=_KNOWN, **_FILL)
    assert (kept.legal_name, kept.address, kept.emails, kept.flags) == ("Tên Mới", "2 Phố Mẫu", ("moi@vidu.vn",), ())


def test_another_code_counts_as_the_order_says() -> None:
    """The book is not used, and the contradiction is told."""
    other = replace(_ALWAYS, tax_code="0100109106")
    buyer = buyer_with(company(), known=other, **_FILL)
    assert (buyer.tax_code, buyer.flags) == (CODE, (BuyerFlag.DIFFERS_FROM_BOOK,))
    assert held_with(company(bill_order_address=""), known=other, **_FILL).reason == "buyer-tax-code-alone"


@pytest.mark.parametrize("book", ("0101243150", "0101.243.150", "101243150", "MST 0101243150"))
def test_codes_are_the_same_in_any_spelling(book: str) -> None:
    """The book's code is read like one on an order."""
    known = replace(_KNOWN, tax_code=book)
    assert buyer_with(company(bill_order_company=""), known=known, **_FILL).legal_name == NAME


def test_masked_entries_fill_nothing() -> None:
    """A book that was filled from a marketplace does not bring its masks onto an invoice."""
    known = replace(_KNOWN, name="N******n")
    assert held_with(company(bill_order_company=""), known=known, **_FILL).facts == {"lacking": "name"}


def test_a_code_that_is_not_valid_is_held_as_without_a_book() -> None:
    """The book never makes a wrong code right."""
    assert held_with(company(bill_order_tax_code="0123456789"), known=_KNOWN, **_FILL).reason == "buyer-tax-code-bad"
    nine = company(bill_order_tax_code="101243150")
    assert held_with(nine, known=_KNOWN, **_FILL).reason == "buyer-tax-code-nine-digits"


@pytest.mark.parametrize("given", ([], attributes(invoice="yes"), attributes(bill_order_company="-")))
def test_a_customer_who_is_always_a_company(given: list[Json]) -> None:
    """An order without invoice data goes to the company of the book, and it is told."""
    buyer = _of_customer({"id": 7}, given)
    assert buyer == Buyer(legal_name=NAME, tax_code=CODE, address=ADDRESS, emails=(EMAIL,))
    assert (buyer.kind, buyer.flags) == ("company", (BuyerFlag.FROM_BOOK,))
    without_email = _of_customer({"id": 7}, given, replace(_ALWAYS, emails=()))
    assert without_email.emails == ("an@vidu.vn",)


@pytest.mark.parametrize(
    ("customer", "given", "known", "of_rules"),
    (
        ({"id": 7}, [], _ALWAYS, {"known_customers": "ignore"}),
        ({"id": 7}, [], _KNOWN, {}),
        ({"id": 8}, [], _ALWAYS, {}),
        ({"id": 0}, [], replace(_ALWAYS, customer_id=0), {}),
        (None, [], replace(_ALWAYS, customer_id=None), {}),
        ({"id": 7}, company(invoice="no"), _ALWAYS, {}),
        ({"id": 7}, attributes(invoice="không"), _ALWAYS, {}),
        ({"id": 7}, attributes(invoice="maybe"), _ALWAYS, {}),
        ({"id": 7}, attributes(bill_order_company="Trần An", bill_order_address=ADDRESS), _ALWAYS, {}),
    ),
)
def test_who_stays_a_consumer(customer: object, given: list[Json], known: KnownBuyer, of_rules: dict[str, Any]) -> None:
    """Setting off, customer not marked, somebody else's entry, an unticked box, or data of another sort."""
    assert is_consumer(_of_customer(customer, given, known, **of_rules))


@pytest.mark.parametrize(
    ("change", "lacking"),
    (
        ({"tax_code": ""}, "tax code"),
        ({"tax_code": "0123456789"}, "tax code"),
        ({"tax_code": "101243150"}, "tax code"),
        ({"name": "", "address": "-"}, "name, address"),
        ({"name": "N***n", "tax_code": "x"}, "name, tax code"),
    ),
)
def test_an_entry_that_is_not_good_enough(change: dict[str, Any], lacking: str) -> None:
    """Held: a company was meant, so a consumer would be wrong; a person may still say so."""
    known = replace(_ALWAYS, **change)
    with pytest.raises(Stopped) as caught:
        _of_customer({"id": 7}, [], known)
    finding = caught.value.finding
    assert (finding.reason, finding.facts) == ("buyer-known-incomplete", {"lacking": lacking})
    assert "?" not in finding.explain().vi + finding.explain().en
    made = order(customer={"id": 7})
    assert is_consumer(buyer_of(made, BuyerRules.model_validate(_FILL), Release(buyer="consumer"), known))


def test_a_household_in_the_book() -> None:
    """Twelve digits follow their own row."""
    known = replace(_ALWAYS, tax_code="001099000001", name="Trần An")
    assert _of_customer({"id": 7}, [], known) == Buyer(
        full_name="Trần An", id_number="001099000001", address=ADDRESS, emails=(EMAIL,)
    )
    assert _of_customer({"id": 7}, [], known, twelve_digits="tax_code").tax_code == "001099000001"


def test_an_entry_shows_nothing_in_a_log() -> None:
    """Names, addresses and codes are not in its printed form."""
    assert not [each for each in (NAME, ADDRESS, EMAIL, CODE) if each in repr(_ALWAYS)]
