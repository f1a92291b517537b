"""E-mails about published invoices (meInvoice Open API §10)."""

from typing import Annotated

from pydantic import Field, StringConstraints

from meinvoice.models.base import SentModel

_Emails = Annotated[str, StringConstraints(pattern=r"^\s*[^\s;,@]+@[^\s;,@]+\s*(;\s*[^\s;,@]+@[^\s;,@]+\s*)*$")]


class SendEmailData(SentModel):
    """One invoice to send by e-mail; several addresses are separated by `;`."""

    TransactionID: str = Field(min_length=1, description="lookup code")
    ReceiverName: str | None = None
    ReceiverEmail: _Emails
    CCEmail: _Emails | None = None
    ReplyEmail: _Emails | None = Field(default=None, description="where answers go")
