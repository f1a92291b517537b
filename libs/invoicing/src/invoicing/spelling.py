"""One spelling for invoices that say the same: 5500000.0 is 5500000, and what is set here is left out."""

from decimal import Decimal
from typing import TypeVar, cast
from uuid import UUID

from meinvoice.models import InvoiceData
from meinvoice.models.base import SentModel
from meinvoice.models.invoice import CorrectionFields

from invoicing.money import plain

_Sent = TypeVar("_Sent", bound=SentModel)
_SET_HERE = {
    **dict.fromkeys(CorrectionFields.model_fields),
    "RefID": UUID(int=0),
    "InvDate": None,
    "InvSeries": None,
    "IsInvoiceCalculatingMachine": None,
    "TotalAmountInWords": "",
}
"""What an invoice is given when it becomes a correction and is claimed; a file may carry it or not."""


def with_plain_numbers(sent: _Sent) -> _Sent:
    """The same with every number in its shortest spelling."""
    return sent.model_copy(update={name: _plain(value) for name, value in sent})


def _plain(value: object) -> object:
    match value:
        case Decimal():
            return plain(value)
        case SentModel():
            return with_plain_numbers(value)
        case tuple():
            return tuple(map(_plain, cast("tuple[object, ...]", value)))
        case _:
            return value


def as_said(invoice: InvoiceData) -> InvoiceData:
    """What the invoice says by itself, spelled in one way."""
    return with_plain_numbers(invoice).model_copy(update=_SET_HERE)
