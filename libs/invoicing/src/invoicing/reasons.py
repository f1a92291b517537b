"""Why an order is or is not invoiced: machine codes, and each one explained in Vietnamese and English."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final, Never

from invoicing.correction_texts import CORRECTION_TEXTS
from invoicing.reason_texts import IN_VIETNAMESE, TEXTS

_OF_WORDS = frozenset({"lacking", "problem", "field", "partial", "would"})
"""Facts made of words that are said in the sentence's language."""


class Reason(StrEnum):
    """One code per outcome; stored, counted and shown, so a code never changes its meaning."""

    PART_TRIGGERED = "part-triggered"
    RELEASED = "released"
    TRIGGERED = "triggered"

    NO_START_DATE = "no-start-date"
    NOT_PAID = "not-paid"
    NOT_FULFILLED = "not-fulfilled"
    NOT_DELIVERED = "not-delivered"
    NOT_CONFIRMED = "not-confirmed"
    PART_NOT_DELIVERED = "part-not-delivered"
    MANUAL = "manual"
    REREAD = "reread"

    ALL_PARTS_INVOICED = "all-parts-invoiced"
    CANCELLED = "cancelled"
    RULE_SKIPPED = "rule-skipped"
    TEST_ORDER = "test-order"
    BOTH_BEFORE_START = "both-before-start"
    NOTHING_KEPT = "nothing-kept"
    ZERO_TOTAL_SKIPPED = "zero-total-skipped"

    BEFORE_START = "before-start"
    PARTIAL_PAYLOAD = "partial-payload"
    REREAD_FAILED = "reread-failed"
    CANCEL_UNCLEAR = "cancel-unclear"
    PAYMENT_VOIDED = "payment-voided"
    PART_DELIVERED = "part-delivered"
    RULE_HELD = "rule-held"
    DRY_RUN = "dry-run"
    FOREIGN_CURRENCY = "foreign-currency"
    ORDER_TAX = "order-tax"
    NO_LINES = "no-lines"
    GIFT_CARD = "gift-card"
    GIFT_CARD_PAYS = "gift-card-pays"
    GIFT_CARDS_SHIPPED = "gift-cards-shipped"
    ONLY_GIFT_CARDS = "only-gift-cards"
    ZERO_TOTAL = "zero-total"
    MONEY_ONLY_REFUND = "money-only-refund"
    REFUND_UNCLEAR = "refund-unclear"
    ONLY_SHIPPING_KEPT = "only-shipping-kept"
    ONLY_GIFTS_KEPT = "only-gifts-kept"
    RETURNED_MORE_THAN_SOLD = "returned-more-than-sold"
    TOTAL_NOT_WHOLE = "total-not-whole"
    DOES_NOT_TIE = "does-not-tie"
    AMOUNT_TOO_LARGE = "amount-too-large"
    NEGATIVE_PRICE = "negative-price"
    NEGATIVE_QUANTITY = "negative-quantity"
    QUANTITY_DIGITS = "quantity-digits"
    DISCOUNT_TOO_LARGE = "discount-too-large"
    DISCOUNT_UNCLEAR = "discount-unclear"

    ROUTE_AMBIGUOUS = "route-ambiguous"
    ROUTE_GOODS_DIFFER = "route-goods-differ"
    NO_DEFAULT_ACCOUNT = "no-default-account"
    ROUTE_VALUE_MISSING = "route-value-missing"
    ROUTE_VALUE_UNKNOWN = "route-value-unknown"

    NO_RATE = "no-rate"
    RATE_NOT_VALID = "rate-not-valid"
    RATE_AMBIGUOUS = "rate-ambiguous"
    UNKNOWN_SKU = "unknown-sku"
    NO_SHIPPING_RATE = "no-shipping-rate"
    RATE_CHANGED_SINCE_DELIVERY = "rate-changed-since-delivery"
    MIXED_RATES = "mixed-rates"
    TAX_MISMATCH = "tax-mismatch"
    TOO_MANY_LINES = "too-many-lines"
    PAGES_CHANGED = "pages-changed"
    PART_BEYOND_ORDER = "part-beyond-order"
    ONLY_NOTES = "only-notes"
    COMBO_PRICE = "combo-price"
    COMBO_RATES = "combo-rates"
    GIFT_CARD_RATE = "gift-card-rate"
    NO_ITEM_NAME = "no-item-name"
    UNIT_PRICE_DIGITS = "unit-price-digits"

    BUYER_BOX_UNCLEAR = "buyer-box-unclear"
    BUYER_ID_BAD = "buyer-id-bad"
    BUYER_INCOMPLETE = "buyer-incomplete"
    BUYER_TAX_CODE_BAD = "buyer-tax-code-bad"
    BUYER_TAX_CODE_NINE_DIGITS = "buyer-tax-code-nine-digits"
    BUYER_TAX_CODE_ALONE = "buyer-tax-code-alone"
    BUYER_ID_WITHOUT_NAME = "buyer-id-without-name"
    BUYER_BUDGET_CODE_ALONE = "buyer-budget-code-alone"
    BUYER_KNOWN_INCOMPLETE = "buyer-known-incomplete"
    BUYER_TOO_LONG = "buyer-too-long"

    CONTENT_UNREADABLE = "content-unreadable"
    SERIES_MISMATCH = "series-mismatch"
    RATE_EXPIRED = "rate-expired"

    NOT_ISSUED_YET = "not-issued-yet"
    ADJUSTMENT_NOT_CORRECTED = "adjustment-not-corrected"
    CASH_REGISTER_ONLY_REPLACED = "cash-register-only-replaced"
    CORRECTION_OF_OTHER_KIND = "correction-of-other-kind"
    CORRECTION_UNDER_WAY = "correction-under-way"
    REPLACED_ALREADY = "replaced-already"
    REPLACEMENT_REPLACED_AGAIN = "replacement-replaced-again"
    CORRECTION_WITHOUT_NOTE = "correction-without-note"
    CORRECTION_INCOMPLETE = "correction-incomplete"
    CORRECTION_DOES_NOT_TIE = "correction-does-not-tie"
    REPLACEMENT_NEGATIVE = "replacement-negative"
    RETURN_NOT_NEGATIVE = "return-not-negative"
    RETURN_NOT_REPLACED = "return-not-replaced"
    CASH_REGISTER_RETURN = "cash-register-return"
    REPLACEMENT_AFTER_ADJUSTMENT = "replacement-after-adjustment"
    REPLACEMENT_SAYS_THE_SAME = "replacement-says-the-same"
    ONLY_FORM_04 = "only-form-04"
    CORRECTION_MORE_THAN_SOLD = "correction-more-than-sold"
    CORRECTION_WITHOUT_AGREEMENT = "correction-without-agreement"
    CORRECTED_BY_HAND = "corrected-by-hand"
    REOPENED_AFTER_CORRECTION = "reopened-after-correction"
    MONEY_WITHOUT_GOODS = "money-without-goods"
    BUYER_DATA_GONE = "buyer-data-gone"
    REFUNDED_WITHOUT_RECORD = "refunded-without-record"
    GIFTS_RETURNED = "gifts-returned"
    SPLIT_ORDER_EDITED = "split-order-edited"
    NOTHING_TO_APPROVE = "nothing-to-approve"
    EDITED_AFTER_PART = "edited-after-part"


class WayOut(StrEnum):
    """What a person can do about an order that is not issued; each text of a reason names its ways."""

    ISSUE = "issue"
    """Issue it now: `hoadon orders issue ORDER`."""
    ACCEPT = "accept"
    """Take the reason upon himself: `hoadon orders release ORDER --accept`, as the next four."""
    BUYER_CONSUMER = "buyer-consumer"
    """Sell to a consumer: `--buyer consumer`."""
    BUYER_AS_GIVEN = "buyer-as-given"
    """Print the order's data unchecked: `--buyer as-given`."""
    BUYER_CORRECTED = "buyer-corrected"
    """Give the right buyer: `--name`, `--tax-code`, `--address`."""
    TARGET = "target"
    """Name the account and series: `--account NAME --series SERIES`."""
    EDIT_ORDER = "edit-order"
    """Correct the order in Haravan; it is then judged again."""
    EDIT_RULES = "edit-rules"
    """Change the shop's rules or mapping, then `hoadon orders recheck`."""
    WAIT = "wait"
    """Nothing: it is judged again when the order changes."""


PASSABLE: Final[frozenset[Reason]] = frozenset(
    {
        Reason.BEFORE_START,
        Reason.CANCEL_UNCLEAR,
        Reason.PAYMENT_VOIDED,
        Reason.PART_DELIVERED,
        Reason.GIFT_CARD,
        Reason.GIFT_CARD_PAYS,
        Reason.GIFT_CARD_RATE,
        Reason.COMBO_RATES,
        Reason.RULE_HELD,
        Reason.ZERO_TOTAL,
        Reason.RATE_CHANGED_SINCE_DELIVERY,
        Reason.UNKNOWN_SKU,
        Reason.BUYER_TAX_CODE_NINE_DIGITS,
        Reason.EDITED_AFTER_PART,
        Reason.GIFT_CARD_PAYS,
        Reason.COMBO_RATES,
        Reason.GIFT_CARD_RATE,
    }
)
"""What a person may take upon himself; figures that do not tie are never among them."""

_BUYER: Final = (WayOut.BUYER_CORRECTED, WayOut.EDIT_ORDER, WayOut.BUYER_CONSUMER)
_TARGET: Final = (WayOut.TARGET, WayOut.EDIT_RULES)
_WAYS: Final[Mapping[Reason, tuple[WayOut, ...]]] = {
    Reason.NO_START_DATE: (WayOut.EDIT_RULES, WayOut.ISSUE),
    **dict.fromkeys(
        (Reason.NOT_PAID, Reason.NOT_FULFILLED, Reason.NOT_DELIVERED, Reason.NOT_CONFIRMED, Reason.PART_NOT_DELIVERED),
        (WayOut.WAIT, WayOut.ISSUE),
    ),
    Reason.MANUAL: (WayOut.ISSUE,),
    Reason.REREAD: (WayOut.WAIT,),
    Reason.REREAD_FAILED: (),
    Reason.ROUTE_VALUE_UNKNOWN: (WayOut.WAIT, WayOut.TARGET),
    **dict.fromkeys(
        (Reason.BOTH_BEFORE_START, Reason.RULE_SKIPPED, Reason.ZERO_TOTAL_SKIPPED), (WayOut.ISSUE, WayOut.EDIT_RULES)
    ),
    **dict.fromkeys((Reason.PART_TRIGGERED, Reason.RELEASED, Reason.TRIGGERED), ()),
    **dict.fromkeys((Reason.ALL_PARTS_INVOICED, Reason.CANCELLED, Reason.NOTHING_KEPT, Reason.TEST_ORDER), ()),
    **dict.fromkeys((Reason.CONTENT_UNREADABLE, Reason.SERIES_MISMATCH, Reason.RATE_EXPIRED), ()),
    Reason.BEFORE_START: (WayOut.EDIT_RULES,),
    Reason.PART_DELIVERED: (WayOut.WAIT, WayOut.EDIT_RULES),
    **dict.fromkeys((Reason.RULE_HELD, Reason.DRY_RUN, Reason.ZERO_TOTAL), (WayOut.EDIT_RULES,)),
    **dict.fromkeys((Reason.NO_RATE, Reason.RATE_NOT_VALID), (WayOut.EDIT_RULES,)),
    **dict.fromkeys((Reason.GIFT_CARD, Reason.GIFT_CARD_PAYS, Reason.GIFT_CARD_RATE), (WayOut.EDIT_RULES,)),
    **dict.fromkeys((Reason.COMBO_PRICE, Reason.COMBO_RATES), (WayOut.EDIT_RULES,)),
    Reason.ONLY_GIFT_CARDS: (),
    **dict.fromkeys((Reason.RATE_AMBIGUOUS, Reason.UNKNOWN_SKU, Reason.NO_SHIPPING_RATE), (WayOut.EDIT_RULES,)),
    **dict.fromkeys((Reason.ORDER_TAX, Reason.TAX_MISMATCH), (WayOut.EDIT_RULES, WayOut.EDIT_ORDER)),
    Reason.RATE_CHANGED_SINCE_DELIVERY: (),
    Reason.BUYER_ID_BAD: (),
    Reason.BUYER_KNOWN_INCOMPLETE: (WayOut.BUYER_CONSUMER,),
    **dict.fromkeys((Reason.ONLY_GIFT_CARDS, Reason.GIFT_CARDS_SHIPPED, Reason.ONLY_NOTES), ()),
    **dict.fromkeys((Reason.PAGES_CHANGED, Reason.PART_BEYOND_ORDER), ()),
    **dict.fromkeys(
        (Reason.GIFT_CARD_PAYS, Reason.COMBO_PRICE, Reason.COMBO_RATES, Reason.GIFT_CARD_RATE), (WayOut.EDIT_RULES,)
    ),
    Reason.TOO_MANY_LINES: (WayOut.EDIT_RULES,),
    **dict.fromkeys((Reason.ROUTE_AMBIGUOUS, Reason.NO_DEFAULT_ACCOUNT, Reason.MIXED_RATES), _TARGET),
    **dict.fromkeys((Reason.ROUTE_VALUE_MISSING, Reason.ROUTE_GOODS_DIFFER), (WayOut.TARGET, WayOut.EDIT_ORDER)),
    Reason.BUYER_BOX_UNCLEAR: (WayOut.EDIT_ORDER, WayOut.EDIT_RULES, WayOut.BUYER_CONSUMER, WayOut.BUYER_AS_GIVEN),
    **dict.fromkeys(
        (Reason.BUYER_TAX_CODE_BAD, Reason.BUYER_TAX_CODE_NINE_DIGITS),
        (*_BUYER, WayOut.BUYER_AS_GIVEN, WayOut.EDIT_RULES),
    ),
    **dict.fromkeys(
        (
            Reason.BUYER_INCOMPLETE,
            Reason.BUYER_TAX_CODE_ALONE,
            Reason.BUYER_ID_WITHOUT_NAME,
            Reason.BUYER_BUDGET_CODE_ALONE,
            Reason.BUYER_TOO_LONG,
        ),
        _BUYER,
    ),
}
"""The other ways; where nothing is said, the order has to be corrected."""


def ways_out(reason: Reason) -> tuple[WayOut, ...]:
    """What a person can do about this reason, the nearest first; nothing for what is as it should be.

    Corrections have ways of their own, which their texts tell.
    """
    if reason.value in CORRECTION_TEXTS:
        return ()
    accept = (WayOut.ACCEPT,) if reason in PASSABLE else ()
    return (*accept, *_WAYS.get(reason, (WayOut.EDIT_ORDER,)))


@dataclass(frozen=True, slots=True)
class Explanation:
    """One reason in words: what happened and what to do."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason and the facts it was based on; the root of every outcome of this library.

    ``facts`` are short texts without personal data, fit to be stored and shown.
    """

    reason: Reason
    facts: Mapping[str, str] = field(default_factory=dict)

    def explain(self) -> Explanation:
        """The reason in Vietnamese and English, with the facts filled in and the way out named."""
        vi, en = TEXTS[self.reason.value]
        in_vietnamese = {name: _translated(text) if name in _OF_WORDS else text for name, text in self.facts.items()}
        return Explanation(vi=vi.format_map(_Known(in_vietnamese)), en=en.format_map(_Known(self.facts)))


class Stopped(Exception):  # noqa: N818 (it is an outcome on its way to the caller, not a fault)
    """Carries a finding out of a calculation; never leaves this library."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.reason.value)
        self.finding = finding


def stop(reason: Reason, **facts: object) -> Never:
    """End the calculation with this reason."""
    raise Stopped(Finding(reason, {name: _text(value) for name, value in facts.items()}))


def _text(fact: object) -> str:
    """A fact as people read it: 424000, not 424000.0000."""
    if not isinstance(fact, Decimal):
        return str(fact)
    text = f"{fact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _translated(fact: str) -> str:
    """A fact made of English words, in Vietnamese: 'name, address' or '8 digits'."""
    return ", ".join(_word(part) for part in fact.split(", "))


def _word(part: str) -> str:
    count, _, word = part.rpartition(" ")
    if part in IN_VIETNAMESE or not count.isdecimal():
        return IN_VIETNAMESE.get(part, part)
    return f"{count} {IN_VIETNAMESE.get(word, word)}"


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"
