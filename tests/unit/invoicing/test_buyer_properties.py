"""Whatever stands on an order, in the book of buyers or in a person's word."""

import re

from hypothesis import given
from hypothesis import strategies as st
from invoicing.buyer import Buyer, buyer_of
from invoicing.buyer_flags import FLAG_TEXTS, BuyerFlag
from invoicing.known_buyers import KnownBuyer
from invoicing.order import Order, parse_order
from invoicing.reasons import Stopped
from invoicing.release import NOTHING, GivenBuyer, Release
from invoicing.rules import BuyerRules
from meinvoice.models import InvoiceData
from stdnum.vn import mst
from support.haravan_orders import converted, order, raw_order

_NAMES = (
    "Công ty TNHH Ví Dụ",
    "Trần An",
    "N******n",
    "L*",
    "Khách sạn 5*",
    "-",
    " ",
    "",
    "\ufeff",
    "Ca\u0301\tA",
    "X" * 401,
)
_CODES = (
    "0101243150", "0101243150-732", "0101243150-000", "0123456789", "101243150", "101243150-732", "001099000001",
    "101243150732", "1053629", "01012*****", "*****", "MST: 0101243150", "\uff10\uff11", "không có", "-", "",
)  # fmt: skip
_EMAILS = ("kt@vidu.vn", "a@b.vn; c@d.vn", "guest@haravan.com", "GUEST@haravan.com", "n***@gmail.com", "a@b", "@", "")
_VIETNAMESE = st.text("aăâeêioôơuưyđ ÀẢÃÁẠ0123456789*•-.@;\n", max_size=14)
_ANY = _VIETNAMESE | st.text(max_size=8)
_NAME, _CODE, _EMAIL = (st.sampled_from(each) | _ANY for each in (_NAMES, _CODES, _EMAILS))
_BOX = st.sampled_from(("yes", "Có", "no", "không", "", None, "maybe", True, False))
_FORMS = st.fixed_dictionaries(
    {},
    optional={
        "invoice": _BOX,
        "bill_order_company": _NAME,
        "company_name": _NAME,
        "bill_order_tax_code": _CODE | st.integers(0, 10**14),
        "bill_order_address": _NAME,
        "bill_email": _EMAIL,
    },
)
_PATHS = {
    "company": ["bill_order_company", "company_name", "customer.name"],
    "tax_code": ["bill_order_tax_code", "note.MST", "customer.note"],
    "address": ["bill_order_address", "billing_address.address"],
}
_RULES = st.builds(
    lambda **fields: BuyerRules.model_validate(fields),
    aliases=st.sampled_from(({}, _PATHS)),
    without_box=st.sampled_from(("company", "consumer")),
    bad_tax_code=st.sampled_from(("hold", "consumer")),
    nine_digits=st.sampled_from(("hold", "repair")),
    twelve_digits=st.sampled_from(("personal_id", "tax_code")),
    known_customers=st.sampled_from(("ignore", "fill")),
)
_KNOWN = st.none() | st.builds(
    KnownBuyer,
    customer_id=st.sampled_from((None, 7, 8)),
    name=_NAME,
    tax_code=_CODE,
    address=_NAME,
    emails=st.lists(_EMAIL, max_size=2).map(tuple),
    always_company=st.booleans(),
)
_WORDS = st.builds(
    GivenBuyer,
    name=_NAME,
    tax_code=_CODE,
    address=_NAME,
    emails=st.lists(_EMAIL, max_size=2).map(tuple),
    personal_id=_CODE,
    full_name=_NAME,
)
_WORDS_OF_FACTS = frozenset(
    ["name", "address", "tax", "code", "check", "digit", "digits", "not", "suffix", "or", "sequence"]
)
_BASE = converted(order()).invoice.model_dump()
_MASK = re.compile(r"\*\*|(?<![0-9])\*|••")


@st.composite
def _orders(draw: st.DrawFn) -> Order:
    form = draw(_FORMS)
    customer = {"id": 7, "first_name": draw(_NAME), "last_name": None, "note": draw(_CODE), "email": draw(_EMAIL)}
    return parse_order(
        raw_order(
            note_attributes=[{"name": name, "value": value} for name, value in form.items()],
            email=draw(_EMAIL),
            note=draw(st.sampled_from(("", "MST: 0101243150", "Giao giờ hành chính"))),
            customer=draw(st.sampled_from((None, customer))),
            billing_address=draw(st.sampled_from((None, {"address1": " 1 Phố Mẫu", "ward": None}))),
        )
    )


def _or_held(made: Order, of_rules: BuyerRules, release: Release, known: KnownBuyer | None) -> Buyer | None:
    """The buyer; None where the order is held, which must be told in both languages."""
    try:
        return buyer_of(made, of_rules, release, known)
    except Stopped as stopped:
        text = stopped.finding.explain()
        assert "?" not in text.vi + text.en
        return None


def _texts(buyer: Buyer) -> list[str]:
    fields = (buyer.legal_name, buyer.full_name, buyer.tax_code, buyer.id_number, buyer.budget_code, buyer.address)
    return [each for each in (*fields, *buyer.emails) if each is not None]


@given(_orders(), _RULES, _KNOWN)
def test_by_the_rules_only_what_is_good_is_printed(made: Order, of_rules: BuyerRules, known: KnownBuyer | None) -> None:
    """No mask, no placeholder, no code that fails its check; one name; a code only with name and address."""
    buyer = _or_held(made, of_rules, NOTHING, known)
    if buyer is None:
        return
    assert not [each for each in _texts(buyer) if _MASK.search(each)]
    assert "guest@haravan.com" not in [each.casefold() for each in buyer.emails]
    if buyer.tax_code:
        household = of_rules.twelve_digits == "tax_code" and re.fullmatch("[0-9]{12}", buyer.tax_code)
        assert household or mst.is_valid(buyer.tax_code)
    if buyer.tax_code or buyer.budget_code:
        assert buyer.legal_name
        assert buyer.address
    assert bool(buyer.legal_name) != bool(buyer.full_name)
    assert (buyer.kind == "consumer") == (buyer.full_name == of_rules.consumer_name)


@given(_orders(), _RULES, _KNOWN, st.sampled_from(("consumer", "as-given", "")) | _WORDS)
def test_whatever_comes_out_can_be_sent(
    made: Order, of_rules: BuyerRules, known: KnownBuyer | None, word: GivenBuyer | str
) -> None:
    """Whole texts of one line that meInvoice's fields take; nothing but a hold stops it."""
    release = Release(buyer=word)  # type: ignore[arg-type]
    buyer = _or_held(made, of_rules, release, known)
    if buyer is None:
        return
    assert all(each == " ".join(each.split()) and each.isprintable() for each in _texts(buyer) if each.isascii())
    assert all(0 < len(each) <= 400 for each in _texts(buyer))
    assert not {"\n", "\ufeff"} & set("".join(_texts(buyer)))
    assert "guest@haravan.com" not in [each.casefold() for each in buyer.emails]
    assert buyer.legal_name or buyer.full_name
    fields = {
        "BuyerLegalName": buyer.legal_name,
        "BuyerAddress": buyer.address,
        "BuyerEmail": next(iter(buyer.emails), None),
        "BuyerIDNumber": buyer.id_number,
        "BuyerBudgetCode": buyer.budget_code,
    }
    assert InvoiceData.model_validate({**_BASE, **fields}).check_sendable() == ("InvSeries", "InvDate")


@given(_orders(), _RULES, _KNOWN)
def test_flags_and_facts_carry_nothing_of_the_buyer(
    made: Order, of_rules: BuyerRules, known: KnownBuyer | None
) -> None:
    """They are codes and kinds that may be stored and logged."""
    try:
        buyer = buyer_of(made, of_rules, NOTHING, known)
    except Stopped as stopped:
        facts = " ".join(stopped.finding.facts.values())
        assert set(re.findall(r"[^\W\d]+", facts)) <= _WORDS_OF_FACTS
        assert not re.search(r"[0-9]{4}", facts)
    else:
        assert all(isinstance(flag, BuyerFlag) for flag in buyer.flags)


def test_every_flag_is_told_in_both_languages() -> None:
    """With a sentence of its own."""
    assert set(FLAG_TEXTS) == set(BuyerFlag)
    assert all(vi and en and vi != en for vi, en in FLAG_TEXTS.values())
