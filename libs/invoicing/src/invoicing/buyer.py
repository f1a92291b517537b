"""Who the invoice names: from the order's data by the shop's aliases, by a person's word, or a consumer.

A business is named with name, address and tax code; a person who gave his data with them; who gave nothing is
"Bán cho người tiêu dùng" (Decree 254/2026 Annex 4). Nothing of the order's own customer or addresses is printed
unless the shop's aliases name it.
"""

from dataclasses import replace

from invoicing.buyer_data import Box, Given, box_of, filled, from_book, read_given
from invoicing.buyer_flags import BuyerFlag
from invoicing.buyer_places import Form
from invoicing.known_buyers import KnownBuyer
from invoicing.order import Order
from invoicing.printed_buyer import Buyer, BuyerKind, budget_unit, company, consumer, identified, person
from invoicing.reasons import Reason, stop
from invoicing.release import NOTHING, GivenBuyer, Release
from invoicing.released_buyer import as_given, corrected
from invoicing.rules import BuyerRules
from invoicing.tax_codes import CodeKind

__all__ = ["Buyer", "BuyerFlag", "BuyerKind", "buyer_of"]


def buyer_of(order: Order, rules: BuyerRules, release: Release = NOTHING, known: KnownBuyer | None = None) -> Buyer:
    """The buyer of this order.

    Args:
        order: the newest state of the order.
        rules: where its data are found, and what becomes of those that are not good enough.
        release: a person's word, which goes before the rules.
        known: the entry of the book of buyers for the order's customer or tax code.

    Raises:
        Stopped: when the data are neither good enough to print nor safely left out.
    """
    match release.buyer:
        case "consumer":
            return consumer(order, rules)
        case "as-given":
            return as_given(order, rules)
        case GivenBuyer() as word:
            return corrected(word, order, rules)
        case _:
            return _by_rules(order, rules, release, known)


def _by_rules(order: Order, rules: BuyerRules, release: Release, known: KnownBuyer | None) -> Buyer:
    form = Form(order)
    if box_of(form, rules) is Box.UNTICKED:
        return consumer(order, rules)
    given = read_given(form, rules)
    if given.empty:
        book = None if given.box is Box.UNCLEAR else from_book(order, known, rules)
        return _by_code(book, order, rules, release) if book else consumer(order, rules, *given.flags)
    if given.box is Box.UNCLEAR:
        stop(Reason.BUYER_BOX_UNCLEAR)
    if given.code.kind is CodeKind.NONE:
        return consumer(order, rules) if given.box is Box.ABSENT else _named_person(given, order, rules)
    return _by_code(filled(given, known, rules), order, rules, release)


def _by_code(given: Given, order: Order, rules: BuyerRules, release: Release) -> Buyer:
    """The buyer that a code stands for."""
    match given.code.kind:
        case CodeKind.COMPANY:
            return _business(given, order, rules)
        case CodeKind.NINE_DIGITS:
            if rules.nine_digits == "hold" and not release.passes(Reason.BUYER_TAX_CODE_NINE_DIGITS):
                stop(Reason.BUYER_TAX_CODE_NINE_DIGITS)
            return _business(replace(given, flags=(*given.flags, BuyerFlag.CODE_REPAIRED)), order, rules)
        case CodeKind.PERSON:
            return _twelve_digits(given, order, rules)
        case CodeKind.BUDGET:
            return budget_unit(given, order, rules)
        case CodeKind.BAD | CodeKind.NONE:
            if rules.bad_tax_code == "hold":
                stop(Reason.BUYER_TAX_CODE_BAD, problem=given.code.problem)
            return consumer(order, rules, BuyerFlag.CODE_DROPPED)


def _business(given: Given, order: Order, rules: BuyerRules) -> Buyer:
    """A valid tax code; without the box the shop may sell to a consumer all the same."""
    if given.box is Box.ABSENT and rules.without_box == "consumer":
        return consumer(order, rules)
    return _company(given, order, rules)


def _company(given: Given, order: Order, rules: BuyerRules) -> Buyer:
    if given.lacking:
        stop(Reason.BUYER_TAX_CODE_ALONE, lacking=", ".join(given.lacking))
    return company(given, order, rules, tax_code=given.code.text)


def _twelve_digits(given: Given, order: Order, rules: BuyerRules) -> Buyer:
    """A personal id, or a household's tax code, box or no box."""
    if rules.twelve_digits == "tax_code":
        return _company(given, order, rules)
    doubtful = (BuyerFlag.ID_MAY_BE_BRANCH,) if given.code.may_be_branch else ()
    return identified(replace(given, flags=(*given.flags, *doubtful)), order, rules)


def _named_person(given: Given, order: Order, rules: BuyerRules) -> Buyer:
    if given.lacking:
        stop(Reason.BUYER_INCOMPLETE, lacking=", ".join(given.lacking))
    return person(given, order, rules)
