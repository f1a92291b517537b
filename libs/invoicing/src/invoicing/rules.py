"""A shop's rules: one validated document whose defaults are the safe choices."""

import datetime as dt
import itertools
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from invoicing.buyer_places import Place
from invoicing.correction_rules import CorrectionRules
from invoicing.mapping import DIMENSIONS, Assignment, Dimension, Mapping, Target
from invoicing.rates import LEVELS, DatedRate, RateLevel, RateRule, VatRate, folded, unspaced
from invoicing.rule_list import DraftRules, OrderRule, Trigger, repeated_name
from invoicing.series import SeriesPattern
from invoicing.words import WordOptions

__all__ = [
    "DIMENSIONS", "Assignment", "BuyerAliases", "BuyerRules", "CorrectionRules", "DatedRate", "Dimension", "DraftRules",
    "Mapping", "OrderRule", "RateLevel", "RateRule", "Rules", "SeriesPattern", "ShippingRules", "Target", "Trigger",
    "VatRate", "WordOptions",
]  # fmt: skip


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BuyerAliases(_Document):
    """Where the invoice data of a buyer are found: note attributes by name, or other fields of the order by path.

    Names are compared without case and accents. The defaults are those of the two families of Haravan storefront
    themes that have a company-invoice form; paths are those of :data:`invoicing.buyer_places.PATHS`.
    """

    wanted: tuple[Place, ...] = Field(default=("invoice",), description="The box 'I want a company invoice'.")
    company: tuple[Place, ...] = Field(default=("bill_order_company", "company_name"), description="Buyer's name.")
    tax_code: tuple[Place, ...] = Field(default=("bill_order_tax_code", "tax_code"), description="Tax code (MST).")
    address: tuple[Place, ...] = Field(default=("bill_order_address", "company_address"), description="Address.")
    email: tuple[Place, ...] = Field(default=("bill_email", "invoice_email"), description="Where the invoice is sent.")
    yes: tuple[str, ...] = Field(default=("yes", "có", "true", "1", "on", "x"), description="A ticked box.")
    no: tuple[str, ...] = Field(
        default=("no", "không", "false", "0", "off"), description="An unticked box; so is an empty one."
    )


class BuyerRules(_Document):
    """Who the invoice names, and what happens to data that are not good enough."""

    aliases: BuyerAliases = Field(
        default=BuyerAliases(),
        description=(
            "Where the buyer's data are found: note attributes by name, or paths such as billing_address.company or "
            "note.MST."
        ),
    )
    without_box: Literal["company", "consumer"] = Field(
        default="company", description="Valid tax code, but no box on the order: the company, or a consumer."
    )
    bad_tax_code: Literal["hold", "consumer"] = Field(
        default="hold", description="A tax code that is not valid: hold the order, or issue to a consumer."
    )
    nine_digits: Literal["hold", "repair"] = Field(
        default="hold", description="Nine digits that are valid with a leading zero: hold, or put the zero back."
    )
    twelve_digits: Literal["personal_id", "tax_code"] = Field(
        default="personal_id", description="Twelve digits: a person's id (BuyerIDNumber), or a household's tax code."
    )
    known_customers: Literal["ignore", "fill"] = Field(
        default="ignore",
        description=(
            "The book of buyers: not used, or it fills in name and address that the same tax code lacks on the order, "
            "and names the company of customers who are marked so."
        ),
    )
    longest_name: int = Field(default=400, ge=1, le=400, description="Longest registered name or address.")
    longest_person: int = Field(default=100, ge=1, le=100, description="Longest name of a person.")
    consumer_name: str = Field(
        default="Bán cho người tiêu dùng",
        min_length=1,
        max_length=100,
        description="What the invoice says of a buyer who gave no data.",
    )
    placeholder_emails: tuple[str, ...] = Field(
        default=("guest@haravan.com",), description="Addresses that stand for none; nothing is ever sent there."
    )


def _dated(value: Any) -> Any:
    """A single rate may be written without a list and without dates."""
    match value:
        case str():
            return ({"rate": value},)
        case dict():
            return (value,)
        case _:
            return value


class ShippingRules(_Document):
    """How transport that the buyer pays appears on the invoice."""

    name: str = Field(default="Phí vận chuyển", min_length=1, max_length=500, description="Name of the line.")
    code: str | None = Field(default=None, description="Item code of the line.")
    rates: Annotated[tuple[DatedRate, ...], BeforeValidator(_dated)] = Field(
        default=(), description="VAT rate with dates, or one rate alone; none: orders with paid shipping are held."
    )

    @model_validator(mode="after")
    def _one_rate_a_day(self) -> Self:
        if any(one.overlaps(other) for one, other in itertools.combinations(self.rates, 2)):
            raise ValueError(
                "rates: hai khoảng ngày chồng nhau, sửa valid_from/valid_to / rates: two windows overlap, mend "
                "valid_from or valid_to"
            )
        return self


class Rules(_Document):
    """When orders are invoiced, with which rates, and what the invoice shows."""

    start_date: dt.date | None = Field(
        default=None, description="Orders created on or after this day (Vietnam) are invoiced; none: nothing automatic."
    )
    trigger: Trigger = Field(default="delivered", description="What makes an order due for its invoice.")
    trigger_by_channel: dict[str, Trigger] = Field(
        default_factory=dict, description="Another trigger for a sales channel (source_name), for example pos: paid."
    )
    unconfirmed: Literal["ignore", "wait"] = Field(
        default="ignore", description="Whether an unconfirmed order waits although its trigger is met."
    )
    when: tuple[OrderRule, ...] = Field(
        default=(), description="Rules on single kinds of orders, tried in order; the first that holds decides."
    )
    drafts: DraftRules = Field(default=DraftRules(), description="Which invoices wait for a person's approval.")
    dry_run: bool = Field(
        default=False, description="Judge and explain everything, send nothing: what would be issued is held."
    )
    part_delivery: Literal["each", "wait"] = Field(
        default="each",
        description="A part was delivered: it gets an invoice of its own (Decree 254/2026 Art. 9.3), or waits for the "
        "rest.",
    )
    zero_total: Literal["issue", "skip", "hold"] = Field(default="issue", description="Orders of 0 đồng.")
    prices: Literal["include_vat", "exclude_vat"] = Field(
        default="include_vat", description="Whether the shop's prices contain VAT."
    )
    line_discount: Literal["show", "fold"] = Field(
        default="show", description="Show a line's discount beside its list price, or only the price paid."
    )
    gift_cards: Literal["hold", "when_sold", "when_paid_with"] = Field(
        default="hold",
        description="Gift cards: hold; invoice them when sold (an order that a card pays is held); or when they pay.",
    )
    gift_card_gateways: tuple[str, ...] = Field(
        default=("gift card", "thẻ quà tặng", "phiếu quà tặng"),
        description="Gateways that are gift cards, compared without case, blanks, hyphens and underscores.",
    )
    combos: Literal["keep", "expand"] = Field(
        default="keep",
        description="A combo is its priced line, its parts notes; or lines of its parts, shared by catalogue prices.",
    )
    too_many_lines: Literal["hold", "split"] = Field(
        default="hold", description="200 lines or more, which meInvoice refuses: hold, or several invoices."
    )
    unknown_sku: Literal["default", "hold"] = Field(
        default="default", description="Goods that no rate rule but the default covers: take the default, or hold."
    )
    rates: tuple[RateRule, ...] = Field(
        default=(), description="VAT rates by sku, barcode, product_type, vendor, tag or default; none: held."
    )
    unit_name: str | None = Field(default="Cái", description="Unit of goods that have none of their own.")
    shipping: ShippingRules = Field(default=ShippingRules(), description="Transport that the buyer pays.")
    buyer: BuyerRules = Field(default=BuyerRules(), description="The buyer on the invoice.")
    words: WordOptions = Field(default=WordOptions(), description="How the amount in words is spelled.")
    corrections: CorrectionRules = Field(default=CorrectionRules(), description="Corrections of issued invoices.")
    payment_method: str = Field(default="TM/CK", min_length=1, description="PaymentMethodName on the invoice.")

    @model_validator(mode="after")
    def _rules_have_names_of_their_own(self) -> Self:
        if name := repeated_name(self.when):
            raise ValueError(
                f"when: hai quy tắc cùng tên '{name}', đổi tên một / when: two rules are named '{name}', rename one"
            )
        return self

    @model_validator(mode="after")
    def _rates_do_not_clash(self) -> Self:
        for rules in self.rate_index.values():
            for one, other in itertools.combinations(rules, 2):
                if one.clashes(other):
                    raise ValueError(
                        f"rates: hai thuế suất {one.rate} và {other.rate} theo {one.level} cùng hiệu lực, sửa ngày "
                        f"hoặc bỏ một / rates: {one.rate} and {other.rate} by {one.level} hold on the same day, mend "
                        "their dates or remove one"
                    )
        return self

    @cached_property
    def rate_index(self) -> dict[tuple[RateLevel, str], tuple[RateRule, ...]]:
        """The rate rules by level and folded value; those of ``default`` under the empty value."""
        index: dict[tuple[RateLevel, str], tuple[RateRule, ...]] = {}
        for rule in self.rates:
            for value in rule.folded_values or ("",):
                index[rule.level, value] = (*index.get((rule.level, value), ()), rule)
        return index

    @cached_property
    def rate_levels(self) -> dict[RateLevel, dict[str, tuple[RateRule, ...]]]:
        """The same by level, in the order in which levels decide; only those that some rate rule has."""
        by_level: dict[RateLevel, dict[str, tuple[RateRule, ...]]] = {}
        for level in LEVELS:
            by_value = {value: rules for (of, value), rules in self.rate_index.items() if of == level}
            if by_value:
                by_level[level] = by_value
        return by_level

    @cached_property
    def gift_card_names(self) -> frozenset[str]:
        """The gateways that are gift cards, as they are compared."""
        return frozenset(map(unspaced, self.gift_card_gateways))

    def trigger_of(self, channel: str) -> Trigger:
        """The trigger of orders of one sales channel."""
        wanted = folded(channel)
        found = (trigger for name, trigger in self.trigger_by_channel.items() if folded(name) == wanted)
        return next(found, self.trigger)
