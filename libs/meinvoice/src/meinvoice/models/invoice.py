"""The invoice as meInvoice takes it (meInvoice Open API §13.3)."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from meinvoice.models import lines
from meinvoice.models.base import Number, SentModel
from meinvoice.models.special_trades import HotelFields, TransferNoteFields, UtilityFields

_OneEmail = Annotated[str, StringConstraints(pattern=r"^[^\s;,@]+@[^\s;,@]+$")]
_VAT_INVOICE = "1"
_TICKET = "5"
_TRANSFER_NOTE = "6"


class _General(SentModel):
    """Identity, dates, currency and mail."""

    RefID: UUID = Field(description="our reference; the vendor refuses a second invoice with the same one")
    InvSeries: str | None = Field(default=None, description="e.g. 1C26TAA; its year follows InvDate")
    InvDate: date | None = Field(default=None, description="date in Vietnam, written yyyy-MM-dd")
    CurrencyCode: str = "VND"
    ExchangeRate: Number = Field(default=Decimal(1))
    PaymentMethodName: str = "TM/CK"
    IsInvoiceSummary: bool = False
    IsInvoiceCalculatingMachine: bool | None = Field(
        default=None, description="true for cash-register series; named in the examples of §4 and in §13.10"
    )
    IsTaxReduction43: bool | None = Field(
        default=None, description="not in the Open API document; some accounts need it where a line has 8 %"
    )
    IsSendEmail: bool | None = None
    ReceiverName: str | None = None
    ReceiverEmail: str | None = Field(default=None, description="one or several, separated by ;")
    SellerShopCode: str | None = None
    SellerShopName: str | None = None


class _Buyer(SentModel):
    """The buyer."""

    BuyerCode: str | None = None
    BuyerLegalName: str | None = None
    BuyerTaxCode: str | None = None
    BuyerAddress: str | None = None
    BuyerFullName: str | None = None
    BuyerPhoneNumber: str | None = None
    BuyerEmail: _OneEmail | None = Field(default=None, description="one address only")
    BuyerBankAccount: str | None = None
    BuyerBankName: str | None = None
    BuyerIDNumber: Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")] | None = None
    BuyerPassport: Annotated[str, StringConstraints(max_length=20)] | None = None
    BuyerBudgetCode: Annotated[str, StringConstraints(min_length=7, max_length=7)] | None = Field(
        default=None, description="asks for BuyerLegalName and BuyerAddress"
    )


class _Totals(SentModel):
    """Totals; `OC` is the invoice's currency, without it đồng. The vendor wants both."""

    TotalSaleAmountOC: Number
    TotalSaleAmount: Number
    TotalDiscountAmountOC: Number
    TotalDiscountAmount: Number
    TotalAmountWithoutVATOC: Number
    TotalAmountWithoutVAT: Number
    TotalVATAmountOC: Number
    TotalVATAmount: Number
    TotalAmountOC: Number
    TotalAmount: Number
    TotalAmountInWords: str = Field(min_length=1)
    TotalAmountInWordsByENG: str | None = None
    TotalAmountInWordsUnsignNormalVN: str | None = None


class _CustomFields(SentModel):
    """Extra fields of the account's own template."""

    CustomField1: str | None = None
    CustomField2: str | None = None
    CustomField3: str | None = None
    CustomField4: str | None = None
    CustomField5: str | None = None
    CustomField6: str | None = None
    CustomField7: str | None = None
    CustomField8: str | None = None
    CustomField9: str | None = None
    CustomField10: str | None = None


class CorrectionFields(SentModel):
    """What a replacing (1) or adjusting (2) invoice says of its original (§9); `models.corrections` fills them."""

    ReferenceType: Literal[1, 2] | None = None
    OrgInvoiceType: Literal[1, 3] | None = Field(default=None, description="1 Decree 123 and later, 3 Decree 51")
    OrgInvTemplateNo: str | None = Field(default=None, description="first character of the original's series")
    OrgInvSeries: str | None = Field(default=None, description="the original's series without its first character")
    OrgInvNo: str | None = None
    OrgInvDate: date | None = None
    InvoiceNote: str | None = Field(default=None, description="the reason")


_CORRECTION_NEEDS = tuple(CorrectionFields.model_fields)


class InvoiceData(
    TransferNoteFields, HotelFields, UtilityFields, CorrectionFields, _CustomFields, _Totals, _Buyer, _General
):
    """One invoice to publish. `InvSeries` and `InvDate` may be set last: `check_sendable()` tells what is missing."""

    OriginalInvoiceDetail: tuple[lines.OriginalInvoiceDetail, ...] = Field(min_length=1)
    TaxRateInfo: tuple[lines.TaxRateInfo, ...] | None = None
    OptionUserDefined: lines.OptionUserDefined | None = None
    OtherInfo: tuple[lines.OtherInfo, ...] | None = None
    FeeInfo: tuple[lines.FeeInfo, ...] | None = None

    def check_sendable(self) -> tuple[str, ...]:
        """Names of what meInvoice requires and this invoice lacks; empty when it can be sent.

        A line's field is named `OriginalInvoiceDetail[2].VATRateName`, with the line's `LineNumber`.
        """
        absent = [name for name in ("InvSeries", "InvDate") if getattr(self, name) is None]
        return (*absent, *self._missing_of_buyer(), *self._missing_of_correction(), *self._missing_of_lines())

    def _missing_of_buyer(self) -> tuple[str, ...]:
        asked = ("BuyerLegalName", "BuyerAddress") if self.BuyerBudgetCode else ()
        return tuple(name for name in asked if not getattr(self, name))

    def _missing_of_correction(self) -> tuple[str, ...]:
        """A correction names all of these (§9); without `ReferenceType` it would be an ordinary invoice."""
        absent = tuple(name for name in _CORRECTION_NEEDS if not str(getattr(self, name) or "").strip())
        return absent if len(absent) < len(_CORRECTION_NEEDS) else ()

    def _missing_of_lines(self) -> tuple[str, ...]:
        kind = (self.InvSeries or _VAT_INVOICE)[0]
        if kind == _TRANSFER_NOTE:
            return ()
        with_vat = kind in (_VAT_INVOICE, _TICKET)
        of_lines = [
            f"OriginalInvoiceDetail[{line.LineNumber}].{name}"
            for line in self.OriginalInvoiceDetail
            for name in line.missing(with_vat=with_vat)
        ]
        return tuple(of_lines) if self.TaxRateInfo or kind != _VAT_INVOICE else ("TaxRateInfo", *of_lines)
