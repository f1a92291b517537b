"""A shop's own rules on single kinds of orders: models only. They are tried in order, the first that holds decides."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from invoicing.rates import folded
from invoicing.reading import status_of

Trigger = Literal["created", "paid", "fulfilled", "delivered", "manual"]
Kind = Literal["sale", "return", "exchange", "cancellation"]
Then = Literal["issue", "draft", "skip", "hold", "manual"]

DEFAULT: Final = "default"
"""What facts name as the rule where none of the list held: the shop's trigger."""

ORDER_KINDS: Final[frozenset[Kind]] = frozenset({"sale", "exchange"})
"""What a rule that names no kind is about; corrections are ruled only by rules that name them."""

_FINANCIAL: Final = frozenset(
    {"pending", "authorized", "partiallypaid", "paid", "partiallyrefunded", "refunded", "voided"}
)
_FULFILLMENT: Final = frozenset({"notfulfilled", "partial", "fulfilled", "restocked"})
"""Haravan's statuses ("Omni API, orders") in the spelling of `reading.status_of`; null is notfulfilled."""

_ALTERNATIVES: Final = ("channel", "source", "gateway", "tags", "branch", "financial_status", "fulfillment_status")


def _listed(value: Any) -> Any:
    """One alternative may be written without a list."""
    return (value,) if isinstance(value, str | int) and not isinstance(value, bool) else value


def _known(text: str, known: frozenset[str]) -> str:
    status = status_of(text)
    if status not in known:
        names = ", ".join(sorted(known))
        raise ValueError(
            f"Haravan không có trạng thái '{text}', dùng: {names} / Haravan has no status '{text}', use: {names}"
        )
    return status


def _financial(text: str) -> str:
    return _known(text, _FINANCIAL)


def _fulfillment(text: str) -> str:
    return _known(text, _FULFILLMENT)


_Value = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Values = Annotated[tuple[_Value, ...], BeforeValidator(_listed), Field(min_length=1)]
Locations = Annotated[tuple[int, ...], BeforeValidator(_listed), Field(min_length=1)]
Kinds = Annotated[tuple[Kind, ...], BeforeValidator(_listed), Field(min_length=1)]
FinancialStatuses = Annotated[
    tuple[Annotated[str, AfterValidator(_financial)], ...], BeforeValidator(_listed), Field(min_length=1)
]
FulfillmentStatuses = Annotated[
    tuple[Annotated[str, AfterValidator(_fulfillment)], ...], BeforeValidator(_listed), Field(min_length=1)
]
Dong = Annotated[int, Field(ge=0)]


class OrderRule(BaseModel):
    """What becomes of orders for which every condition holds; one without conditions holds for all orders.

    A condition is a list of alternatives, or one alone; texts are compared trimmed and without case.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: _Name = Field(description="How decisions refer to it; not 'default', and not used twice.")
    channel: Values | None = Field(default=None, description="Sales channel (source_name).")
    source: Values | None = Field(default=None, description="Order source.")
    gateway: Values | None = Field(default=None, description="Way of payment: gateway or gateway_code.")
    tags: Values | None = Field(default=None, description="The order has one of these tags.")
    without_tags: Values | None = Field(default=None, description="The order has none of these tags.")
    branch: Locations | None = Field(default=None, description="Selling branch (location_id).")
    min_total: Dong | None = Field(default=None, description="total_price of at least so many đồng.")
    max_total: Dong | None = Field(default=None, description="total_price of at most so many đồng.")
    created_from: dt.date | None = Field(default=None, description="Created on or after this day (Vietnam).")
    created_to: dt.date | None = Field(default=None, description="Created on or before this day (Vietnam).")
    kind: Kinds | None = Field(
        default=None,
        description="sale, exchange (an order that refers to another), return or cancellation (of an issued invoice); "
        "none: sale and exchange.",
    )
    financial_status: FinancialStatuses | None = Field(
        default=None, description="Haravan's financial_status, in any spelling."
    )
    fulfillment_status: FulfillmentStatuses | None = Field(
        default=None, description="Haravan's fulfillment_status, in any spelling; null is notfulfilled."
    )
    then: Then = Field(
        description="issue or draft (for approval) once the trigger is met, hold then for a person, skip at once, or "
        "manual: wait until a person releases it. For returns and cancellations: issue automatically, draft, "
        "skip: nothing, hold and manual: flag."
    )
    trigger: Trigger | None = Field(default=None, description="Another trigger than the channel's or the shop's.")
    dry_run: bool = Field(
        default=False, description="Try the rule: what it would have issued or skipped is held and explained."
    )

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        """A rule that holds for no order, or says what has no effect, is a mistake."""
        for problem in (self._upside_down(), self._contradiction(), self._trigger_without_effect()):
            if problem:
                raise ValueError(problem)
        return self

    def _upside_down(self) -> str:
        if self.min_total is not None and self.max_total is not None and self.min_total > self.max_total:
            return "min_total lớn hơn max_total: đổi lại hai số / min_total exceeds max_total: swap them"
        if self.created_from and self.created_to and self.created_from > self.created_to:
            return "created_from sau created_to: đổi lại hai ngày / created_from is after created_to: swap them"
        return ""

    def _contradiction(self) -> str:
        if folded(self.name) == DEFAULT:
            return "name: 'default' đã dùng cho mặc định, đặt tên khác / name: 'default' is taken, choose another"
        wanted = self.alternatives.get("tags")
        if wanted and wanted <= self.excluded_tags:
            return (
                "tags và without_tags loại trừ nhau nên không đơn nào khớp: bỏ một bên / tags and without_tags exclude "
                "each other, so that no order matches: remove one"
            )
        return ""

    def _trigger_without_effect(self) -> str:
        if self.trigger and (self.then in {"skip", "manual"} or not self.kinds & ORDER_KINDS):
            return (
                "trigger không có tác dụng với then: skip, manual hay với return, cancellation: bỏ trigger / trigger "
                "has no effect with then: skip or manual, nor for return or cancellation: remove it"
            )
        return ""

    @cached_property
    def alternatives(self) -> Mapping[str, frozenset[str]]:
        """The conditions that are lists, by name, as they are compared."""
        given = ((name, getattr(self, name)) for name in _ALTERNATIVES)
        return {name: _folded(values) for name, values in given if values is not None}

    @cached_property
    def excluded_tags(self) -> frozenset[str]:
        """The tags an order must not have, as they are compared."""
        return _folded(self.without_tags or ())

    @cached_property
    def kinds(self) -> frozenset[Kind]:
        """The kinds it is about."""
        return frozenset(self.kind) if self.kind else ORDER_KINDS


def _folded(values: Iterable[str | int]) -> frozenset[str]:
    return frozenset(folded(str(each)) for each in values)


class DraftRules(BaseModel):
    """Which invoices wait for a person's approval, whatever rule decided."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Literal["none", "all", "above"] = Field(
        default="none", description="None, all, or those of more than 'above' đồng."
    )
    above: Dong | None = Field(
        default=None, description="What the buyer pays for what he keeps, in đồng, in the terms of the shop's prices."
    )

    @model_validator(mode="after")
    def _amount_fits_mode(self) -> Self:
        if (self.mode == "above") != (self.above is not None):
            raise ValueError(
                "mode: above cần số tiền ở 'above', các mode khác thì bỏ đi / mode: above needs an amount in 'above', "
                "the other modes take none"
            )
        return self

    def wanted_for(self, total: int) -> bool:
        """Whether an invoice of so many đồng waits for approval."""
        return self.mode == "all" or (self.above is not None and total > self.above)


def repeated_name(rules: Iterable[OrderRule]) -> str | None:
    """A name that two rules share, compared trimmed and without case."""
    counts = Counter(folded(each.name) for each in rules)
    return next((name for name, count in counts.items() if count > 1), None)
