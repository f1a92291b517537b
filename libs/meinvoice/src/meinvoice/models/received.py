"""What meInvoice tells about templates, tickets and published invoices (meInvoice Open API §13.1, §13.2, §13.11)."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator

from meinvoice.models.base import ReceivedModel
from meinvoice.models.series import with_template

_INV_NO_LENGTH = 8


def pad_inv_no(value: object) -> object:
    """An invoice number has 8 characters; a number that lost its zeros gets them back."""
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else value
    return text.zfill(_INV_NO_LENGTH) if isinstance(text, str) and text.isdigit() else text


class Template(ReceivedModel):
    """An invoice template (§13.1); `IsSendSummary` decides `IsInvoiceSummary` of what is published with it."""

    named_by: ClassVar[tuple[str, ...]] = ("IPTemplateID", "InvSeries")

    IPTemplateID: str = ""
    CompanyID: int | None = None
    TemplateName: str = ""
    InvTemplateNo: str = ""
    InvSeries: str = ""
    OrgInvSeries: str = ""
    CreatedDate: str | None = None
    ModifiedDate: str | None = None
    Inactive: bool = False
    IsInheritFromOldTemplate: bool = False
    IsSendSummary: bool = False
    IsTemplatePetrol: bool = False
    IsMoreVATRate: bool = False


class Ticket(ReceivedModel):
    """A ticket template (§13.2)."""

    named_by: ClassVar[tuple[str, ...]] = ("TicketTemplateID", "InvSeries")

    TicketTemplateID: str = ""
    TemplateName: str = ""
    InvSeries: str = ""
    Inactive: bool = False
    TicketType: int | None = None
    ServiceName: str | None = None
    IsInheritFromOldTemplate: bool = False
    IsTicketCode: bool | None = None


class InvoiceStatus(ReceivedModel):
    """State of a published invoice (§13.11).

    `SendTaxStatus` means different things by series: with code (`C`) 0 waiting, 1 sending failed, 2 code granted,
    3 refused; without code (`K`) 0 not sent, 1 sent, 2 accepted, 3 not accepted, 4 error. The tax authority's code is
    called `InvoiceCode` here and `InvCode` in the answer to publishing.
    """

    named_by: ClassVar[tuple[str, ...]] = ("RefID", "TransactionID")

    RefID: str = ""
    InvSeries: str = ""
    InvTempl: str = ""
    BuyerName: str | None = None
    BuyerTaxCode: str | None = None
    BuyerCode: str | None = None
    BuyerFullName: str | None = None
    TransactionID: str = ""
    PublishStatus: int | None = None
    EInvoiceStatus: int | None = None
    ReferenceType: int | None = None
    InvoiceCode: str | None = None
    SourceType: str | None = None
    SendTaxStatus: int | None = None
    PublishedTime: str | None = None
    InvNo: Annotated[str, BeforeValidator(pad_inv_no)] = ""

    @property
    def series(self) -> str:
        """`InvSeries` with its template digit, which some answers tell as `InvTempl` alone (§13.11)."""
        return with_template(self.InvSeries, self.InvTempl)
