"""E-mails about published invoices (meInvoice Open API §10)."""

from typing import Annotated

from pydantic import Field, StringConstraints

from meinvoice.models.base import SentModel

EmailList = Annotated[str, StringConstraints(pattern=r"^\s*[^\s;,@]+@[^\s;,@]+\s*(;\s*[^\s;,@]+@[^\s;,@]+\s*)*$")]
"""One address, or several separated by `;` (§10, §13.10)."""


class SendEmailData(SentModel):
    """One invoice to send by e-mail; several addresses are separated by `;`."""

    TransactionID: str = Field(min_length=1, description="lookup code")
    ReceiverName: str | None = None
    ReceiverEmail: EmailList
    CCEmail: EmailList | None = None
    ReplyEmail: EmailList | None = Field(default=None, description="where answers go")
