"""What a shop wants done when an order changes after its invoice (Circular 91/2026 Art. 10)."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Mode = Literal["none", "flag", "draft", "automatic"]


class CorrectionRules(BaseModel):
    """What follows by itself, what waits for approval, and what has to be there before a correction is issued."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    returns: Mode = Field(
        default="draft",
        description="Goods came back: nothing, show it, an adjustment that waits for approval, or one that is issued.",
    )
    cancellations: Mode = Field(default="draft", description="The order was cancelled after its invoice: the same.")
    edits: Mode = Field(default="draft", description="Its goods or prices were changed after its invoice: the same.")
    buyer_changes: Mode = Field(
        default="draft", description="The buyer's tax code was changed after the invoice: the same, by a replacement."
    )
    money_only: Literal["flag", "adjust"] = Field(
        default="flag",
        description="Money went back without goods: show it, or adjust the value alone (as 'returns' says).",
    )
    agreement: Literal["required", "not-needed"] = Field(
        default="required",
        description="Whether an error in a company's invoice waits for number and date of the written agreement.",
    )
