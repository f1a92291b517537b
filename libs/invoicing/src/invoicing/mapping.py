"""Which company and series an order goes to: the shop's assignments, models only."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from invoicing.series import SeriesPattern

Dimension = Literal["branch", "channel", "storefront", "source", "carrier"]
DIMENSIONS: tuple[Dimension, ...] = ("branch", "channel", "storefront", "source", "carrier")


class Target(BaseModel):
    """One account of the shop and one of its series."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: str = Field(min_length=1, description="Name of the meInvoice account, as under 'accounts'.")
    series: SeriesPattern


class Assignment(Target):
    """Orders with one of these values of one dimension go to this account and series."""

    dimension: Dimension = Field(
        description="branch (location_id), channel (source_name), storefront (marketplace branch id), source, "
        "or carrier (of the first fulfilment; 'none' where goods left without one)."
    )
    values: tuple[str, ...] = Field(min_length=1, description="Compared trimmed and without case.")


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
