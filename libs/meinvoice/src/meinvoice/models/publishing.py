"""Signed XML to publish, SignType 1 only (meInvoice Open API §13.10)."""

from typing import Annotated

from pydantic import StringConstraints

from meinvoice.models.base import SentModel
from meinvoice.models.emails import EmailList

_Filled = Annotated[str, StringConstraints(pattern=r"\S")]


class PublishInvoiceData(SentModel):
    """One signed invoice: `RefID`, `TransactionID` and `InvSeries` as the creating step gave them (§5.1, §5.3)."""

    RefID: _Filled
    TransactionID: _Filled
    InvSeries: _Filled
    InvoiceData: _Filled
    IsInvoiceCalculatingMachine: bool | None = None
    IsSendEmail: bool | None = None
    ReceiverName: str | None = None
    ReceiverEmail: EmailList | None = None
