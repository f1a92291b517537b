"""The buyer by a person's word: the order's data unchecked, or others in their place."""

from dataclasses import replace

from invoicing.buyer_data import Box, Given, clean, email_flags, own_emails, read_given, real_emails, split_emails
from invoicing.buyer_flags import BuyerFlag
from invoicing.buyer_places import Form
from invoicing.order import Order
from invoicing.printed_buyer import Buyer, budget_unit, check_length, company, consumer, identified, person
from invoicing.reasons import Reason, stop
from invoicing.release import GivenBuyer
from invoicing.rules import BuyerRules
from invoicing.tax_codes import LONGEST_CODE, CodeKind, TaxCode, read_tax_code


def as_given(order: Order, rules: BuyerRules) -> Buyer:
    """What the order says, whatever its box and its code.

    Raises:
        Stopped: when there is no name, a budget code lacks what meInvoice asks for, or a text is longer than its field.
    """
    read = read_given(Form(order), rules, masked=True)
    given = replace(read, flags=(BuyerFlag.AS_GIVEN, *read.flags))
    match given.code.kind:
        case _ if given.empty:
            return consumer(order, rules, *given.flags)
        case CodeKind.BUDGET:
            return budget_unit(given, order, rules)
        case CodeKind.PERSON if rules.twelve_digits == "personal_id":
            return identified(given, order, rules)
        case CodeKind.NONE:
            return person(_with_name(given, Reason.BUYER_INCOMPLETE), order, rules)
        case _:
            return _company_as_given(_with_name(given, Reason.BUYER_TAX_CODE_ALONE), order, rules)


def corrected(word: GivenBuyer, order: Order, rules: BuyerRules) -> Buyer:
    """Who the person entered. A name without any tax code is a person's, as on an order.

    Raises:
        Stopped: when there is no name, the personal id has not twelve digits, a budget code lacks what meInvoice asks
            for, or a text is longer than its field.
    """
    name, full_name, address = clean(word.name), clean(word.full_name), clean(word.address)
    code = read_tax_code(clean(word.tax_code))
    if not (name or full_name):
        stop(Reason.BUYER_INCOMPLETE, lacking="name")
    if code.kind is CodeKind.NONE and not full_name:
        name, full_name = "", name
    budget = code.text if code.kind is CodeKind.BUDGET else None
    if budget and (lacking := [field for field, text in (("name", name), ("address", address)) if not text]):
        stop(Reason.BUYER_BUDGET_CODE_ALONE, lacking=", ".join(lacking))
    check_length("name", name, rules.longest_name)
    check_length("name", full_name, rules.longest_person)
    check_length("address", address, rules.longest_name)
    return Buyer(
        legal_name=name or None,
        full_name=full_name or None,
        tax_code=None if budget else _printed(code) or None,
        id_number=_personal_id(word.personal_id),
        budget_code=budget,
        address=address or None,
        emails=_emails(word, order, rules),
        flags=(BuyerFlag.CORRECTED, *_flags(code), *email_flags(_pieces(word))),
    )


def _with_name(given: Given, reason: Reason) -> Given:
    """An invoice names somebody (Decree 254/2026 Annex 4), whoever vouches for it."""
    if not given.name:
        stop(reason, lacking="name")
    return given


def _company_as_given(given: Given, order: Order, rules: BuyerRules) -> Buyer:
    flags = (*given.flags, *_flags(given.code))
    return company(replace(given, flags=flags), order, rules, tax_code=_printed(given.code))


def _printed(code: TaxCode) -> str:
    """A valid code in its printed form, another one as it was typed."""
    printed = code.typed if _flags(code) else code.text
    check_length("tax code", printed, LONGEST_CODE)
    return printed


def _flags(code: TaxCode) -> tuple[BuyerFlag, ...]:
    unchecked = code.kind in {CodeKind.BAD, CodeKind.NINE_DIGITS}
    return (BuyerFlag.CODE_UNCHECKED,) if unchecked else ()


def _personal_id(typed: str) -> str | None:
    """Twelve digits (meInvoice Open API §13.3), or none."""
    read = read_tax_code(clean(typed))
    if read.kind is CodeKind.NONE:
        return None
    if read.kind is not CodeKind.PERSON:
        stop(Reason.BUYER_ID_BAD)
    return read.text


def _pieces(word: GivenBuyer) -> list[str]:
    return [each for text in word.emails for each in split_emails(text)]


def _emails(word: GivenBuyer, order: Order, rules: BuyerRules) -> tuple[str, ...]:
    """The addresses entered, else those of the form where it counts, else the order's own."""
    if entered := real_emails(_pieces(word), rules):
        return entered
    form = read_given(Form(order), rules)
    return (() if form.box is Box.UNTICKED else form.emails) or own_emails(order, rules)
