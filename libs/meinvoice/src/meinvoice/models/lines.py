"""Lines of an invoice, rate totals and the small lists beside them (meInvoice Open API §13.4 to §13.7, §13.9)."""

from enum import IntEnum
from typing import Literal

from pydantic import Field

from meinvoice.models.base import DateTime, Number, SentModel, VATRateNameText


class ItemType(IntEnum):
    """Kind of a line (§13.4)."""

    GOODS = 1
    PROMOTION = 2
    TRADE_DISCOUNT = 3
    NOTE = 4
    TRANSPORT = 5


class SpecialtyItem(SentModel):
    """One extra attribute of a line of the vehicle and transport trades (§13.4, "SpecialtyItem")."""

    TypicalItem: Literal[1, 2, 3] = Field(description="1 vehicle trade, 2 transport, 3 transport by a digital platform")
    FieldName: str = Field(description="SKhung, SMay (kind 1); BKSPTVChuyen (kinds 2 and 3)")
    FieldValue: str


_SpecialtyItem = SpecialtyItem


class _SpecialTradeAmounts(SentModel):
    """Wages, excise tax and service fees of a line: special trades only (§13.4)."""

    WageAmount: Number | None = None
    WageAmountOC: Number | None = None
    WagePriceAmount: Number | None = None
    WagePriceDiscountAmount: Number | None = None
    WageDiscountAmountOC: Number | None = None
    InWard: Number | None = Field(default=None, description="quantity received, warehouse transfer notes only")
    ExciseTaxAmountOC: Number | None = None
    ExciseTaxAmount: Number | None = None
    ExciseTaxRate: Number | None = None
    UnitPriceAfterExciseVAT: Number | None = None
    AmountAfterExciseTaxOC: Number | None = None
    AmountAfterExciseTax: Number | None = None
    ServiceAmountOC: Number | None = None
    ServiceAmount: Number | None = None
    ServiceFeeRate: Number | None = None
    SpecialtyItem: tuple[_SpecialtyItem, ...] | None = None


class _LineAmounts(SentModel):
    """Quantity, price, discount and tax of a line; `OC` is the invoice's currency, without it đồng (§13.4)."""

    Quantity: Number | None = None
    UnitPrice: Number | None = None
    AmountOC: Number | None = Field(default=None, description="Quantity * UnitPrice, before discount and tax")
    Amount: Number | None = None
    DiscountRate: Number | None = Field(default=None, description="per cent")
    DiscountAmountOC: Number | None = None
    DiscountAmount: Number | None = None
    AmountWithoutVATOC: Number | None = Field(default=None, description="AmountOC - DiscountAmountOC")
    AmountWithoutVAT: Number | None = None
    VATRateName: VATRateNameText | None = None
    VATAmountOC: Number | None = None
    VATAmount: Number | None = None


_AMOUNTS = tuple(_LineAmounts.model_fields)
_TAX = ("VATRateName", "VATAmountOC", "VATAmount")
_ItemType = ItemType
_NO_SORT_ORDER = (ItemType.TRADE_DISCOUNT, ItemType.NOTE)


class OriginalInvoiceDetail(_LineAmounts, _SpecialTradeAmounts):
    """One line (§13.4). `SortOrder` stays empty on discount and note lines; a note has no amounts."""

    ItemType: _ItemType
    SortOrder: int | None = Field(default=None, ge=1)
    LineNumber: int = Field(ge=1)
    ItemCode: str | None = None
    ItemName: str = Field(min_length=1)
    UnitName: str | None = None
    ExpiryDate: DateTime | None = None
    ChassisNumber: str | None = None
    EngineNumber: str | None = None
    LotNo: str | None = None

    @property
    def out_of_order(self) -> bool:
        """Whether it has a `SortOrder` that its kind must not have (§13.4)."""
        return self.ItemType in _NO_SORT_ORDER and self.SortOrder is not None

    def missing(self, *, with_vat: bool) -> tuple[str, ...]:
        """Names of the fields that §13.4 requires of this kind of line and that are empty."""
        asked = () if self.ItemType == ItemType.NOTE else tuple(n for n in _AMOUNTS if with_vat or n not in _TAX)
        if self.ItemType not in _NO_SORT_ORDER:
            asked = ("SortOrder", *asked)
        return tuple(name for name in asked if getattr(self, name) is None)


class TaxRateInfo(SentModel):
    """Totals of one rate: lines of type 1 less lines of type 3 (§13.5)."""

    VATRateName: VATRateNameText
    AmountWithoutVATOC: Number
    VATAmountOC: Number


class OtherInfo(SentModel):
    """A free extra field (§13.6)."""

    FieldName: str
    DataType: str
    FieldValue: str


class FeeInfo(SentModel):
    """Another fee (§13.7)."""

    FeeName: str
    FeeAmountOC: Number


class OptionUserDefined(SentModel):
    """How many decimals each kind of number shows, as texts; `ExchangRate` is the vendor's spelling (§13.9).

    The document names no defaults: what is not set is not sent, and meInvoice decides.
    """

    MainCurrency: str | None = Field(default=None, description="as CurrencyCode")
    QuantityDecimalDigits: str | None = None
    UnitPriceOCDecimalDigits: str | None = None
    AmountOCDecimalDigits: str | None = None
    AmountDecimalDigits: str | None = None
    CoefficientDecimalDigits: str | None = None
    ExchangRateDecimalDigits: str | None = None
