"""Gift cards: a sale is invoiced once, when the card is sold or when it pays."""

from decimal import Decimal
from typing import Any

import pytest
from invoicing.amounts import amounts_of
from invoicing.decide import Hold, Issue, Skip, decide
from invoicing.order import Order
from invoicing.portions import Portion
from invoicing.reasons import Reason
from support.haravan_orders import (
    CONVERTED_ON,
    DEFAULT_RATE,
    accepting,
    converted,
    held,
    line,
    order,
    rules,
    whole_dong,
)

_CARD = line(500_000, id=21, name="Thẻ quà tặng 500K", sku="GC500", gift_card=True)
_RATES = [{"level": "sku", "values": ["gc500"], "rate": "KKKNT"}, DEFAULT_RATE]


def _paid_by(gateway: str, kind: str = "capture", **fields: Any) -> list[dict[str, Any]]:
    return [{"id": 5, "kind": kind, "amount": 108_000, "gateway": gateway, **fields}]


def test_cards_sold_are_held_until_the_shop_has_chosen() -> None:
    """By default nobody guesses; a person may issue the card as a line of goods."""
    made = order([_CARD])
    assert held(made) == "gift-card"
    assert converted(made, release=accepting(Reason.GIFT_CARD)).total == 500_000


def test_when_sold_a_card_is_a_line_at_its_own_rate() -> None:
    """The card's own rule decides; the default rate alone is not enough for it, unless a person says so."""
    made = order([line(108_000), _CARD], total_discounts=60_800)
    invoice = converted(made, rules(gift_cards="when_sold", rates=_RATES)).invoice
    first, card = invoice.OriginalInvoiceDetail
    # 60,800 over 608,000: 10 % of each line.
    assert whole_dong(first.AmountWithoutVATOC, first.VATAmountOC) == (90_000, 7_200)
    assert (card.VATRateName, *whole_dong(card.AmountWithoutVATOC, card.VATAmountOC)) == ("KKKNT", 450_000, 0)
    assert held(made, rules(gift_cards="when_sold")) == "gift-card-rate"
    passed = converted(made, rules(gift_cards="when_sold"), release=accepting(Reason.GIFT_CARD_RATE))
    assert passed.rates[1].rate == "8%"


@pytest.mark.parametrize("gateway", ("Gift card", "gift_card", "GIFTCARD", "Thẻ quà tặng", "  thẻ  quà tặng "))
@pytest.mark.parametrize("setting", ("hold", "when_sold"))
def test_orders_that_a_card_pays_are_held_where_its_sale_may_have_been_invoiced(gateway: str, setting: str) -> None:
    """The same money would be invoiced twice; a person who knows better may issue it."""
    made, of_rules = order(transactions=_paid_by(gateway)), rules(gift_cards=setting)
    assert held(made, of_rules) == "gift-card-pays"
    assert converted(made, of_rules, release=accepting(Reason.GIFT_CARD_PAYS)).total == 108_000
    assert converted(made, rules(gift_cards="when_paid_with")).total == 108_000


@pytest.mark.parametrize(
    "changes",
    (
        {"transactions": _paid_by("COD")},
        {"transactions": _paid_by("Gift card", kind="pending")},
        {"transactions": _paid_by("Gift card", status="failure")},
        {"gateway": "Chuyển khoản"},
    ),
)
def test_what_does_not_pay_by_card_is_issued(changes: dict[str, Any]) -> None:
    """Other gateways, and what was only tried, are no payment by card."""
    assert converted(order(**changes), rules(gift_cards="when_sold")).total == 108_000


def test_gateways_are_a_setting() -> None:
    """A shop names the gateways that are gift cards; the order's own gateway counts like its payments."""
    made = order(gateway="Got It")
    assert converted(made).total == 108_000
    assert held(made, rules(gift_card_gateways=["got-it"])) == "gift-card-pays"


def test_when_paid_with_a_card_is_left_out() -> None:
    """The card takes its share of the discount along; what is left is the rest of the order's total."""
    made = order([line(108_000), _CARD], total_discounts=60_800, shipping_lines=[{"price": 21_600}])
    result = converted(made, rules(gift_cards="when_paid_with"))
    assert result.content.sources == ("line:11", "shipping:0")
    assert result.total == 108_000 - 10_800 + 21_600 == made.total_price - (500_000 - 50_000)


def _decision(made: Order) -> tuple[type, str]:
    decision = decide(made, rules(gift_cards="when_paid_with"), today=CONVERTED_ON)
    return type(decision), decision.reason.value


def test_only_gift_cards() -> None:
    """Nothing but cards is skipped; with transport that was paid a person decides, with a gift it is issued."""
    assert _decision(order([_CARD])) == (Skip, "only-gift-cards")
    assert _decision(order([_CARD], shipping_lines=[{"price": 20_000}])) == (Hold, "gift-cards-shipped")
    assert _decision(order([_CARD], shipping_lines=[{"price": 0}])) == (Skip, "only-gift-cards")
    assert _decision(order([_CARD, line(0)])) == (Issue, "triggered")


def _back(line_id: int, money: int = 0) -> dict[str, Any]:
    paid = [{"id": 9, "kind": "refund", "amount": -money}] if money else []
    return {
        "refunds": [{"id": 1, "refund_line_items": [{"line_item_id": line_id, "quantity": 1}], "transactions": paid}]
    }


def test_a_card_that_came_back_is_no_riddle() -> None:
    """Its money explains itself; goods returned beside a card leave nothing, and only gifts are still held."""
    both = [line(108_000), _CARD]
    assert _decision(order(both, **_back(21, 500_000))) == (Issue, "triggered")
    assert _decision(order(both, **_back(11))) == (Skip, "only-gift-cards")
    assert _decision(order([*both, line(0, id=12)], **_back(11))) == (Hold, "only-gifts-kept")


def test_a_part_of_cards_alone_is_skipped() -> None:
    """A parcel with nothing but cards needs no invoice."""
    of_rules = rules(gift_cards="when_paid_with")
    portion = Portion(before={}, now={21: Decimal(1)}, shipping=False, last=False)
    assert held(order([line(108_000), _CARD]), of_rules, portion=portion) == "only-gift-cards"
    portion = Portion(before={21: Decimal(1)}, now={11: Decimal(1)}, shipping=True, last=True)
    assert amounts_of(order([line(108_000), _CARD]), of_rules, portion=portion).total == 108_000
