"""The vendor's objects as pydantic models, with the vendor's field names (meInvoice Open API §13)."""

from meinvoice.models.emails import SendEmailData
from meinvoice.models.invoice import CorrectionFields, InvoiceData
from meinvoice.models.lines import (
    FeeInfo,
    ItemType,
    OptionUserDefined,
    OriginalInvoiceDetail,
    OtherInfo,
    SpecialtyItem,
    TaxRateInfo,
)
from meinvoice.models.publishing import PublishInvoiceData
from meinvoice.models.received import InvoiceStatus, Template, Ticket
from meinvoice.models.series import SeriesKind
from meinvoice.models.special_trades import ClockInfo

__all__ = [
    "ClockInfo",
    "CorrectionFields",
    "FeeInfo",
    "InvoiceData",
    "InvoiceStatus",
    "ItemType",
    "OptionUserDefined",
    "OriginalInvoiceDetail",
    "OtherInfo",
    "PublishInvoiceData",
    "SendEmailData",
    "SeriesKind",
    "SpecialtyItem",
    "TaxRateInfo",
    "Template",
    "Ticket",
]
