"""VAT rates as a shop states them: which goods, which rate, from when to when."""

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

RateLevel = Literal["sku", "barcode", "product_type", "vendor", "tag", "default"]
LEVELS: tuple[RateLevel, ...] = ("sku", "barcode", "product_type", "vendor", "tag", "default")
_NAMED = frozenset({"KCT", "KKKNT", "0%", "5%", "8%", "10%"})
_OTHER = re.compile(r"KHAC:([0-9]{1,2}(?:\.[0-9]{1,2})?)%")


def normalise_rate(text: str) -> str:
    """The rate as meInvoice spells it (meInvoice Open API §13.4).

    Raises:
        ValueError: when it is none of its names, saying so in both languages.
    """
    name = text.strip().upper().replace(" ", "").replace(",", ".")
    if name in _NAMED or _OTHER.fullmatch(name):
        return name
    raise ValueError(
        f"thuế suất '{text}' không đúng: dùng KCT, KKKNT, 0%, 5%, 8%, 10% hoặc KHAC:3.5% / rate '{text}' is not "
        "valid: write KCT, KKKNT, 0%, 5%, 8%, 10% or KHAC:3.5%"
    )


VatRate = Annotated[str, AfterValidator(normalise_rate)]


@lru_cache(maxsize=256)
def percent_of(rate: str) -> Decimal:
    """The percentage VAT is computed with; goods that are not taxed or not declared carry none."""
    if rate in {"KCT", "KKKNT"}:
        return Decimal(0)
    return Decimal(rate.removeprefix("KHAC:").removesuffix("%"))


def folded(text: str) -> str:
    """A value as it is compared: trimmed, without case, one Unicode form."""
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).strip().casefold()


_BETWEEN_WORDS = str.maketrans("", "", "_- ")


def unspaced(text: str) -> str:
    """A name as it is compared where ``gift_card``, ``Gift card`` and ``giftcard`` are one."""
    return folded(text).translate(_BETWEEN_WORDS)


class DatedRate(BaseModel):
    """A rate and the invoice dates (Vietnam) it is valid on, both ends included."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate: VatRate = Field(description="KCT, KKKNT, 0%, 5%, 8%, 10% or KHAC:3.5%.")
    valid_from: dt.date | None = Field(default=None, description="First invoice date; open when left out.")
    valid_to: dt.date | None = Field(default=None, description="Last invoice date; open when left out.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValueError(
                f"valid_from {self.valid_from} sau valid_to {self.valid_to}: đổi lại hai ngày / valid_from is after "
                "valid_to: swap them"
            )
        return self

    def valid_on(self, date: dt.date) -> bool:
        """Whether an invoice of this date may carry the rate."""
        return not ((self.valid_from and date < self.valid_from) or (self.valid_to and date > self.valid_to))

    def overlaps(self, other: "DatedRate") -> bool:
        """Whether some date is in both windows."""
        latest_start = max(self.valid_from or dt.date.min, other.valid_from or dt.date.min)
        return latest_start <= min(self.valid_to or dt.date.max, other.valid_to or dt.date.max)


class RateRule(DatedRate):
    """A rate for goods found by one property; the first level that has a rule for a line decides."""

    level: RateLevel = Field(description="What is compared: sku, barcode, product_type, vendor, tag, or default.")
    values: tuple[str, ...] = Field(
        default=(), description="Values it holds for, compared trimmed and without case; none for default."
    )
    sales_note: str = Field(
        default="",
        max_length=500,
        description="Sales series (digit 2): the note on the 20 % reduction, printed while these goods have it.",
    )

    @model_validator(mode="after")
    def _values_fit_level(self) -> Self:
        if (self.level == "default") == bool(self.values):
            raise ValueError(
                f"mức '{self.level}': 'default' không có values, các mức khác phải có / level '{self.level}': "
                "'default' takes no values, every other level needs some"
            )
        return self

    @property
    def folded_values(self) -> frozenset[str]:
        """The values as they are compared."""
        return frozenset(folded(each) for each in self.values)

    def clashes(self, other: "RateRule") -> bool:
        """Whether both would give the goods they share different rates on some date."""
        return self.rate != other.rate and self.overlaps(other)
