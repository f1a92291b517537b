"""A person's word on the buyer of one order."""

from typing import Any

import pytest
from invoicing.buyer import Buyer, BuyerFlag
from invoicing.release import GivenBuyer, Release
from support.buyers import ADDRESS, CODE, EMAIL, NAME, buyer_with, held_with, is_consumer
from support.haravan_orders import Json, attributes, company

_AS_GIVEN, _CONSUMER = Release(buyer="as-given"), Release(buyer="consumer")
_LONG = "X" * 401


def _word(**fields: Any) -> Release:
    return Release(buyer=GivenBuyer(**fields))


@pytest.mark.parametrize(
    "given", (company(), company(invoice="maybe"), company(bill_order_tax_code="x"), company(bill_order_company=_LONG))
)
def test_sold_to_a_consumer(given: list[Json]) -> None:
    """Whatever the form says; the form's e-mail is not used."""
    buyer = buyer_with(given, _CONSUMER, email="an@vidu.vn")
    assert is_consumer(buyer)
    assert (buyer.emails, buyer.print_email) == (("an@vidu.vn",), False)


@pytest.mark.parametrize(
    ("given", "expected", "unchecked"),
    (
        (company(), {"legal_name": NAME, "tax_code": CODE, "address": ADDRESS}, False),
        (company(invoice="no"), {"legal_name": NAME, "tax_code": CODE, "address": ADDRESS}, False),
        (company(invoice="maybe"), {"legal_name": NAME, "tax_code": CODE, "address": ADDRESS}, False),
        (
            company(bill_order_tax_code="MST: 101243150"),
            {"legal_name": NAME, "tax_code": "101243150", "address": ADDRESS},
            True,
        ),
        (company(bill_order_address=""), {"legal_name": NAME, "tax_code": CODE}, False),
        (company(bill_order_company="C****y"), {"legal_name": "C****y", "tax_code": CODE, "address": ADDRESS}, False),
        (company(bill_order_tax_code=""), {"full_name": NAME, "address": ADDRESS}, False),
        (
            company(bill_order_tax_code="001099000001"),
            {"full_name": NAME, "id_number": "001099000001", "address": ADDRESS},
            False,
        ),
        (
            company(bill_order_tax_code="1053629"),
            {"legal_name": NAME, "budget_code": "1053629", "address": ADDRESS},
            False,
        ),
    ),
)
def test_printed_as_the_order_gives_it(given: list[Json], expected: dict[str, str], unchecked: bool) -> None:
    """Box, check digit, missing address and mask do not matter; it is told."""
    buyer = buyer_with(given, _AS_GIVEN)
    assert buyer == Buyer(**expected, emails=(EMAIL,))  # type: ignore[arg-type]
    flags = (BuyerFlag.AS_GIVEN, BuyerFlag.CODE_UNCHECKED) if unchecked else (BuyerFlag.AS_GIVEN,)
    assert buyer.flags == flags


def test_nothing_given_is_a_consumer() -> None:
    """There is nobody to print; a placeholder receives nothing."""
    buyer = buyer_with(attributes(invoice="yes", bill_email="guest@haravan.com"), _AS_GIVEN)
    assert is_consumer(buyer)
    assert (buyer.emails, buyer.flags) == ((), (BuyerFlag.AS_GIVEN,))


@pytest.mark.parametrize(
    ("given", "reason"),
    (
        (company(bill_order_company=""), "buyer-tax-code-alone"),
        (company(bill_order_company="", bill_order_tax_code=""), "buyer-incomplete"),
        (company(bill_order_company="", bill_order_tax_code="001099000001"), "buyer-id-without-name"),
        (company(bill_order_address="", bill_order_tax_code="1053629"), "buyer-budget-code-alone"),
        (company(bill_order_company=_LONG), "buyer-too-long"),
        (company(bill_order_tax_code="không có mã số thuế"), "buyer-too-long"),
    ),
)
def test_what_nobody_can_issue_as_given(given: list[Json], reason: str) -> None:
    """An invoice without any name, a field that does not fit, a budget code that meInvoice refuses."""
    assert held_with(given, _AS_GIVEN).reason == reason


@pytest.mark.parametrize(
    ("word", "expected"),
    (
        (
            {"name": f" {NAME}\n", "tax_code": "0101243150732", "address": ADDRESS},
            {"legal_name": NAME, "tax_code": "0101243150-732", "address": ADDRESS},
        ),
        ({"name": NAME, "tax_code": CODE}, {"legal_name": NAME, "tax_code": CODE}),
        (
            {"name": NAME, "tax_code": CODE, "full_name": "Trần An"},
            {"legal_name": NAME, "tax_code": CODE, "full_name": "Trần An"},
        ),
        ({"name": "Hộ An", "tax_code": "001099000001"}, {"legal_name": "Hộ An", "tax_code": "001099000001"}),
        (
            {"name": NAME, "tax_code": "1053629", "address": ADDRESS},
            {"legal_name": NAME, "budget_code": "1053629", "address": ADDRESS},
        ),
        (
            {"full_name": "Trần An", "personal_id": "001099000001"},
            {"full_name": "Trần An", "id_number": "001099000001"},
        ),
        ({"name": "Trần An", "address": ADDRESS}, {"full_name": "Trần An", "address": ADDRESS}),
    ),
)
def test_printed_as_the_person_entered_it(word: dict[str, str], expected: dict[str, str]) -> None:
    """Nothing of the order's form is mixed in; its e-mail still receives the invoice."""
    buyer = buyer_with(company(bill_order_tax_code="0123456789"), _word(**word))
    assert buyer == Buyer(**expected, emails=(EMAIL,))  # type: ignore[arg-type]
    assert buyer.flags == (BuyerFlag.CORRECTED,)


def test_a_code_entered_unchecked_is_told() -> None:
    """The person may know better than the check digit; meInvoice has the last word."""
    buyer = buyer_with([], _word(name=NAME, tax_code="0123456789", address=ADDRESS))
    assert (buyer.tax_code, buyer.flags) == ("0123456789", (BuyerFlag.CORRECTED, BuyerFlag.CODE_UNCHECKED))


def test_emails_entered() -> None:
    """They go before those of the order; those of an unticked form are stale."""
    word = {"name": NAME, "tax_code": CODE, "address": ADDRESS}
    entered = buyer_with(company(), _word(**word, emails=("a@b.vn;c@d.vn", "sai")))
    assert (entered.emails, entered.flags) == (("a@b.vn", "c@d.vn"), (BuyerFlag.CORRECTED,))
    wrong = buyer_with(company(), _word(**word, emails=("sai@",)))
    assert (wrong.emails, wrong.flags) == ((EMAIL,), (BuyerFlag.CORRECTED, BuyerFlag.EMAIL_LEFT_OUT))
    assert buyer_with(company(invoice="no"), _word(**word), email="an@vidu.vn").emails == ("an@vidu.vn",)


@pytest.mark.parametrize(
    ("word", "reason"),
    (
        ({}, "buyer-incomplete"),
        ({"tax_code": CODE, "address": ADDRESS}, "buyer-incomplete"),
        ({"name": NAME, "tax_code": "1053629"}, "buyer-budget-code-alone"),
        ({"full_name": "Trần An", "personal_id": "12345"}, "buyer-id-bad"),
        ({"name": _LONG, "tax_code": CODE}, "buyer-too-long"),
        ({"name": NAME, "tax_code": CODE, "address": _LONG}, "buyer-too-long"),
        ({"name": NAME, "tax_code": "0" * 15}, "buyer-too-long"),
        ({"full_name": "X" * 101}, "buyer-too-long"),
        ({"name": "X" * 101}, "buyer-too-long"),
    ),
)
def test_words_that_cannot_be_issued(word: dict[str, str], reason: str) -> None:
    """Nobody is named, or a field does not take it."""
    assert held_with([], _word(**word)).reason == reason
