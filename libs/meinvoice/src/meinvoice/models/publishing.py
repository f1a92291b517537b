"""Signed XML to publish, SignType 1 only (meInvoice Open API §13.10)."""

from meinvoice.models.base import SentModel


class PublishInvoiceData(SentModel):
    """One signed invoice: `RefID`, `TransactionID` and `InvSeries` as the creating step gave them (§5.1, §5.3)."""

    RefID: str
    TransactionID: str
    InvSeries: str
    InvoiceData: str
    IsInvoiceCalculatingMachine: bool | None = None
    IsSendEmail: bool | None = None
    ReceiverName: str | None = None
    ReceiverEmail: str | None = None
