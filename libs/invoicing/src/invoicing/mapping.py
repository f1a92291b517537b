"""Which company and series an order goes to: the shop's assignments, models only."""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from invoicing.rates import folded
from invoicing.series import SeriesPattern

Dimension = Literal["branch", "channel", "storefront", "source", "carrier", "product_type", "buyer_kind"]
DIMENSIONS: tuple[Dimension, ...] = (
    *("branch", "channel", "storefront", "source", "carrier"),
    *("product_type", "buyer_kind"),
)

BUYER_KINDS: Final = ("company", "person", "consumer")
"""What a rule by buyer kind can name: who the invoice will be made out to."""


def _texts_of_numbers(value: Any) -> Any:
    """Haravan's ids may stand without quotes."""
    if not isinstance(value, list | tuple):
        return value
    return tuple(str(each) if isinstance(each, int) and not isinstance(each, bool) else each for each in value)


class Target(BaseModel):
    """One account of the shop and one of its series."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: str = Field(min_length=1, description="Name of the meInvoice account, as under 'accounts'.")
    series: SeriesPattern = Field(
        description="Invoice series, without its year. A shop file may leave it out where the account has one series "
        "only, or a default_series."
    )


class Assignment(Target):
    """Orders with one of these values of one dimension go to this account and series."""

    dimension: Dimension = Field(
        description="branch (location_id), channel (source_name), storefront (marketplace branch id, elsewhere "
        "'none'), source, carrier (of the first fulfilment; 'none' where goods left without one), product_type (of "
        "all goods of the order), or buyer_kind (company, person or consumer)."
    )
    values: Annotated[tuple[str, ...], BeforeValidator(_texts_of_numbers)] = Field(
        min_length=1, description="Compared trimmed and without case."
    )

    @model_validator(mode="after")
    def _values_can_be_met(self) -> Self:
        if any(not folded(each) for each in self.values):
            raise ValueError("values: có giá trị trống, xóa đi / values: an empty value is listed, remove it")
        unknown = [each for each in self.values if folded(each) not in BUYER_KINDS]
        if self.dimension == "buyer_kind" and unknown:
            kinds = ", ".join(BUYER_KINDS)
            raise ValueError(
                f"values: loại người mua '{unknown[0]}' không có, dùng {kinds} / values: there is no buyer kind "
                f"'{unknown[0]}', use {kinds}"
            )
        return self


class Mapping(BaseModel):
    """Assignments by dimension, tried in the shop's order, then the default; never a fallback from a failed account."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: Target | None = Field(default=None, description="Where orders go that no assignment names; none: held.")
    assignments: tuple[Assignment, ...] = Field(default=(), description="Overrides of the default.")
    dimensions: tuple[Dimension, ...] = Field(default=DIMENSIONS, description="The order dimensions are tried in.")
    branch_from: Literal["location_id", "assigned_location_id"] = Field(
        default="location_id", description="Which of Haravan's locations is the branch."
    )
    when_unknown: Literal["wait", "default"] = Field(
        default="wait",
        description="What happens while a value that could change the company is not known yet: wait, or use the "
        "default account.",
    )

    @model_validator(mode="after")
    def _every_dimension_is_tried(self) -> Self:
        unused = {each.dimension for each in self.assignments} - set(self.dimensions)
        if unused or len(set(self.dimensions)) != len(self.dimensions):
            raise ValueError(
                f"dimensions: thiếu hoặc trùng ({', '.join(sorted(unused))}): ghi mỗi chiều một lần / dimensions: "
                "missing or repeated: name each dimension that has assignments exactly once"
            )
        return self
