"""Every kind of sample order and what must become of it. Reason codes are those of the rules (`invoicing.reasons`)."""

from dataclasses import dataclass

from local_stack.demo import changes, life
from local_stack.demo.changes import Change
from local_stack.demo.draft import MoneyStyle
from local_stack.demo.life import Life
from local_stack.demo.model import Ending
from local_stack.demo.places import FASHION

UNKNOWN_CHANNEL = "kenh-moi"
"""A sales channel that no shop file names."""

WAITING_REASONS = {"delivered": "not-delivered", "paid": "not-paid", "fulfilled": "not-fulfilled"}
"""Why an order that is not due waits, by its shop's trigger."""


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of order. `weight` says how often it comes beyond its first time; 0: only once."""

    name: str
    change: Change = changes.nothing
    life: Life = life.complete
    ending: Ending = Ending.ISSUED
    reason: str | None = None
    weight: int = 0
    channel: str | None = None
    """The sales channel; None: any of the shop's."""
    shop: str | None = None
    """The shop it belongs to; None: any."""
    place: str | None = None
    """Branch and channel where it is placed; None: any that has the channel."""
    before_start: bool = False
    """Placed before the shop's start date."""
    ended_before_start: bool = False
    """Also paid, shipped and delivered before it."""


_ISSUED = (
    Case("ordinary", weight=24),
    Case("paid by bank transfer", changes.bank_transfer, weight=12, channel="web"),
    Case("amounts with decimals", changes.money(MoneyStyle.DECIMAL), weight=6),
    Case("amounts as text", changes.money(MoneyStyle.TEXT), weight=3),
    Case("guest without e-mail", changes.guest, weight=6, channel="web"),
    Case("company, first form", changes.company_a, weight=8, channel="web"),
    Case("company, second form", changes.company_b, weight=6, channel="web"),
    Case("form unticked again", changes.unticked, weight=1, channel="web"),
    Case("form left empty", changes.empty_form, weight=2, channel="web"),
    Case("person with personal id", changes.personal_id, weight=1, channel="web"),
    Case("named person", changes.named_person, weight=1, channel="web"),
    Case("line discount", changes.line_discount, weight=8),
    Case("order discount", changes.order_discount, weight=8),
    Case("percentage off", changes.percentage, weight=6),
    Case("free shipping", changes.free_shipping, weight=3, channel="web"),
    Case("two discount codes", changes.two_codes, weight=3, channel="web"),
    Case("gift", changes.gift, weight=4),
    Case("zero total", changes.zero_total, weight=1, channel="web"),
    Case("unit price with fractions", changes.fraction, weight=1),
    Case("sold by weight", changes.by_weight, weight=1, shop="demo-thuc-pham"),
    Case("line without SKU", changes.custom_line, weight=2),
    Case("many lines", changes.many_lines, channel="web"),
    Case("not confirmed", changes.unconfirmed, weight=1, channel="web"),
    Case("unknown channel", channel=UNKNOWN_CHANNEL),
    Case("counter sale", channel="pos", weight=8),
    *(Case(place.name, shop="demo-thoi-trang", place=place.name, weight=2) for place in FASHION),
)
_NOT_DUE = (
    Case("not due yet", life=life.not_yet_due, ending=Ending.WAITING, weight=8, channel="web"),
    Case("cancelled", life=life.cancelled, ending=Ending.SKIPPED, reason="cancelled", weight=3, channel="web"),
    Case("before the start", ending=Ending.HELD, reason="before-start", channel="web", before_start=True),
    Case(
        "all before the start", ending=Ending.SKIPPED, reason="both-before-start", channel="web",
        before_start=True, ended_before_start=True,
    ),
)  # fmt: skip


def _held(name: str, reason: str, change: Change) -> Case:
    return Case(name, change, ending=Ending.HELD, reason=reason, channel="web")


_HELD = (
    _held("totals do not tie", "does-not-tie", changes.wrong_total),
    _held("half đồng", "does-not-tie", changes.halves),
    _held("foreign currency", "foreign-currency", changes.override(currency="USD")),
    _held("no lines", "no-lines", changes.override(line_items=[], total_price=0, shipping_lines=[])),
    _held("lines are null", "partial-payload", changes.override(line_items=None)),
    _held("tax on top", "order-tax", changes.override(total_tax=10_000)),
    _held("negative price", "negative-price", changes.negative_price),
    _held("gift card sold", "gift-card", changes.gift_card),
    _held("too many lines", "too-many-lines", changes.too_many_lines),
    _held("bad tax code", "buyer-tax-code-bad", changes.tax_code("0101243151")),
    _held("tax code of nine digits", "buyer-tax-code-nine-digits", changes.tax_code("101243150")),
    _held("tax code alone", "buyer-tax-code-alone", changes.tax_code_alone),
)
CASES: tuple[Case, ...] = (*_ISSUED, *_NOT_DUE, *_HELD)
