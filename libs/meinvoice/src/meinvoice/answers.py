"""What a call of meInvoice can end in, as closed unions to be matched exhaustively."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pydantic import SecretStr

from meinvoice.errors import ErrorMeaning
from meinvoice.models import InvoiceStatus, Template, Ticket


@dataclass(frozen=True, slots=True)
class Issued:
    """The invoice exists. `inv_code` is the tax authority's code, None while there is none.

    `already` tells that an earlier request issued it and this one was refused as a duplicate.
    """

    transaction_id: str
    inv_no: str
    inv_code: str | None
    inv_series: str
    inv_date: date | None
    already: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The vendor refused this invoice for a reason we know; `meaning.error_class` says what to do.

    Class `issued-already` says that an invoice may exist: look it up by RefID.
    """

    code: str
    description: str
    meaning: ErrorMeaning


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nobody can tell from the answer whether this invoice was issued: look it up by RefID."""

    reason: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The vendor took the invoice and works on it (SignType 3 and 6 only): its status by RefID tells the number.

    Not issued yet as far as anybody knows, and not refused either. `resolving.resolve` asks until it is.
    """

    transaction_id: str | None = None


InvoiceAnswer = Issued | Accepted | Refused | Unclear
"""What became of one invoice of a publish request."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that speaks of each invoice, by the RefID as it was sent; each RefID asked for is there.

    `unexpected` are RefIDs the vendor told of that were not asked for.
    """

    results: Mapping[str, InvoiceAnswer]
    unexpected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WholeRefusal:
    """The request was refused as a whole and certainly did nothing.

    `errors` are the sub-codes beside `code`; `meaning` is that of the most telling of them all. `retry_after` is in
    seconds, given with HTTP 429.
    """

    code: str
    description: str
    errors: tuple[str, ...]
    meaning: ErrorMeaning
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class NotSent:
    """Certainly no byte of the request reached the vendor."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The vendor may or may not have done it: timeout, broken connection, 5xx, unreadable answer."""

    reason: str


@dataclass(frozen=True, slots=True)
class TokenGranted:
    """A token, good for 14 days; the vendor asks not to fetch one more than once in 7 (meInvoice Open API §2)."""

    token: SecretStr


@dataclass(frozen=True, slots=True)
class Statuses:
    """Rows of `/invoice/status`.

    Ids that the vendor does not know, or knows under another `invoiceWithCode`, are simply absent.
    `unreadable` counts rows that could not be understood.
    """

    rows: tuple[InvoiceStatus, ...]
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Templates:
    """Templates of the account (meInvoice Open API §13.1). `unreadable` counts rows that could not be understood."""

    rows: tuple[Template, ...]
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Tickets:
    """Ticket templates of the account (meInvoice Open API §13.2). `unreadable` counts rows as in `Templates`."""

    rows: tuple[Ticket, ...]
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Created:
    """The XML of an invoice to be signed, SignType 1 (meInvoice Open API §5.1). Nothing is issued yet.

    `inv_no` is the number the vendor set aside for it, None where it did not say.
    """

    ref_id: str
    transaction_id: str
    inv_series: str
    xml: str = field(repr=False)
    inv_no: str | None = None


CreationAnswer = Created | Issued | Refused | Unclear
"""What creating one invoice's XML ended in; `Issued` (already) when its RefID was published before."""


@dataclass(frozen=True, slots=True)
class Creations:
    """An answer that speaks of each invoice, by the RefID as it was sent; each RefID asked for is there."""

    results: Mapping[str, CreationAnswer]


@dataclass(frozen=True, slots=True)
class ViewLink:
    """Where an invoice can be seen. The link works for 5 minutes at most, for whoever has it: never log it."""

    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class InvoiceFiles:
    """The files of one invoice; both when both were asked for and given."""

    xml: bytes | None = field(default=None, repr=False)
    pdf: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something came for this invoice, but not what was asked for in a form that can be read."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotMentioned:
    """The answer says nothing of this invoice: unknown, or known under other flags of the series."""


FileAnswer = InvoiceFiles | Refused | Unreadable | NotMentioned
"""What came for one invoice. `Refused` of class `try-later`, as `InvoiceNotExist` right after issue: ask again."""


@dataclass(frozen=True, slots=True)
class Downloads:
    """An answer to a download, by the lookup code as it was sent; each one asked for is there."""

    results: Mapping[str, FileAnswer]


@dataclass(frozen=True, slots=True)
class PaperCopies:
    """Invoices converted to paper, as PDF files."""

    pdfs: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class EmailsTaken:
    """The vendor took the e-mails. It sends them in production only (meInvoice Open API §10)."""


Failure = WholeRefusal | NotSent | Unknown
PublishAnswer = Answered | Failure
TokenAnswer = TokenGranted | Failure
StatusAnswer = Statuses | Failure
TemplatesAnswer = Templates | Failure
TicketsAnswer = Tickets | Failure
CreateAnswer = Creations | Failure
ViewAnswer = ViewLink | Failure
DownloadAnswer = Downloads | Failure
PaperAnswer = PaperCopies | Failure
EmailAnswer = EmailsTaken | Failure
