"""One publish request and what it is judged by before its invoices are looked at."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sandbox.common.database import Database
from sandbox.common.exchange import Exchange
from sandbox.common.faults import FaultKind
from sandbox.meinvoice.accounts import Account
from sandbox.meinvoice.checks.fields import check_date
from sandbox.meinvoice.checks.refusal import RefusedError, invalid, missing
from sandbox.meinvoice.envelope import EnvelopeError, describe
from sandbox.meinvoice.numbering import Register
from sandbox.meinvoice.options import MeInvoiceOptions
from sandbox.meinvoice.series import Series, parse_series
from sandbox.meinvoice.state import MeInvoice

_RACE = "InvoiceNumberNotCotinuous"
_DECLARATION = {
    "none": "DeclarationNotExist",
    "not-accepted": "InvalidDeclaration",
    "sent": "ExistDeclarationNotReceive",
}
_LICENCE = {"not-bought": "LicenseInfo_NotBuy", "expired": "LicenseInfo_Expired"}


class SignType(IntEnum):
    """How an invoice is signed (Open API §1.6)."""

    LOCAL = 1
    """USB or file, in three steps (§5)."""
    HSM = 2
    HSM_LATER = 3
    """Asynchronous."""
    TICKET = 4
    """Tickets without code, signed later."""
    REGISTER = 5
    """Cash-register invoices, signed later."""
    REGISTER_LATER = 6
    """Cash-register invoices and tickets, asynchronous."""

    @property
    def asynchronous(self) -> bool:
        """Whether the answer comes before the invoice."""
        return self in {SignType.HSM_LATER, SignType.REGISTER_LATER}

    @property
    def signed(self) -> bool:
        """Whether a certificate is used."""
        return self in {SignType.LOCAL, SignType.HSM, SignType.HSM_LATER}

    def suits(self, series: Series) -> bool:
        """Whether invoices of that series may be signed so; with 2 any, as the example in §6 does."""
        match self:
            case SignType.TICKET:
                return series.is_ticket and not series.with_code
            case SignType.REGISTER:
                return series.from_cash_register and not series.is_ticket
            case SignType.REGISTER_LATER:
                return series.from_cash_register
            case _:
                return True


class Step(StrEnum):
    """What a request of `/invoice` asks for."""

    CREATE = "create"
    PUBLISH = "publish"
    PUBLISH_SIGNED = "publish-signed"


@dataclass(frozen=True, slots=True)
class Batch:
    """One publish request whose envelope is in order."""

    meinvoice: MeInvoice
    exchange: Exchange
    tax_code: str
    account: Account
    sign_type: SignType
    step: Step
    entries: list[dict[str, Any]]
    at: datetime
    register: Register = field(repr=False)

    @property
    def database(self) -> Database:
        """Where everything is kept."""
        return self.meinvoice.database

    @property
    def options(self) -> MeInvoiceOptions:
        """The options in force."""
        return self.meinvoice.options.current


def read_batch(exchange: Exchange, options: MeInvoiceOptions) -> tuple[SignType, Step, list[dict[str, Any]]]:
    """SignType, step and entries of the request's body.

    Raises:
        EnvelopeError: the body is not of the documented form, or has too many invoices.
    """
    payload = exchange.call.payload
    if not isinstance(payload, dict):
        raise EnvelopeError("InvalidInvoiceData", errors=("body",))
    local = payload.get("SignType") == SignType.LOCAL
    if local and payload.get("PublishInvoiceData") is not None:
        step, name, other = Step.PUBLISH_SIGNED, "PublishInvoiceData", "InvoiceData"
    else:
        step, name, other = Step.CREATE if local else Step.PUBLISH, "InvoiceData", "PublishInvoiceData"
    if payload.get(other):
        raise EnvelopeError("InvalidInvoiceData", errors=(other,))
    entries = payload.get(name)
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise EnvelopeError("InvalidInvoiceData", errors=(name,))
    if payload.get("SignType") not in tuple(SignType):
        raise EnvelopeError("APINotSupportTypeInvoice", errors=("SignType",))
    if len(entries) > options.max_invoices_per_request:
        raise EnvelopeError("InvoiceQuantityTooLarge")
    return SignType(payload["SignType"]), step, entries


def check_account(batch: Batch) -> None:
    """Declaration and licence allow the whole batch.

    Raises:
        EnvelopeError: they do not.
    """
    account = batch.account
    if account.declaration in _DECLARATION:
        raise EnvelopeError(_DECLARATION[account.declaration])
    if account.licence_state in _LICENCE:
        raise EnvelopeError(_LICENCE[account.licence_state])
    left = batch.meinvoice.accounts.licence_left(batch.tax_code)
    new = sum(batch.register.is_new(str(entry.get("RefID"))) for entry in batch.entries)
    if batch.exchange.fault(FaultKind.LICENCE_USED_UP) or (left is not None and new > left):
        raise EnvelopeError("LicenseInfo_OutOfInvoice")


def series_of(batch: Batch, invoice: dict[str, Any]) -> Series:
    """The series that the invoice goes to: an active, declared template of the company, of the right kind and year.

    Raises:
        RefusedError: it is none.
    """
    if not invoice.get("InvSeries"):
        raise missing("InvSeries")
    series = parse_series(invoice["InvSeries"])
    template = None if series is None else batch.account.template_of(series)
    if series is None or template is None:
        raise RefusedError("InvoiceTemplateNotExist", f"Mẫu hóa đơn không tồn tại: {invoice['InvSeries']}")
    if not batch.account.declares(series):
        code = "InvoiceTemplateNotValidInDeclaration"
        raise RefusedError(code, describe(code))
    if not batch.sign_type.suits(series):
        raise RefusedError("APINotSupportTypeInvoice", f"SignType {batch.sign_type:d} không dùng cho {series.text}")
    check_flags(invoice, series)
    if bool(invoice.get("IsInvoiceSummary")) != (template.send_summary and not series.with_code):
        raise invalid("IsInvoiceSummary", "không khớp với IsSendSummary của mẫu hóa đơn")
    if not template.more_vat_rates:
        _check_one_rate(invoice)
    return series.in_year(_year(batch, invoice, series))


def check_flags(entry: dict[str, Any], series: Series) -> None:
    """`IsInvoiceCalculatingMachine`, where it is given, is what the series says."""
    from_register = entry.get("IsInvoiceCalculatingMachine")
    if from_register is not None and from_register is not series.from_cash_register:
        raise invalid("IsInvoiceCalculatingMachine", f"không khớp với ký hiệu {series.text}")


def _check_one_rate(invoice: dict[str, Any]) -> None:
    rates = invoice.get("TaxRateInfo")
    if isinstance(rates, list) and len(rates) > 1:
        raise RefusedError("TaxRateInfo_VATRateName", "Mẫu hóa đơn chỉ có một mức thuế suất")


def _year(batch: Batch, invoice: dict[str, Any], series: Series) -> int:
    year = check_date(invoice).year
    if year != series.year and batch.options.series_year == "strict":
        raise RefusedError("InvoiceTemplateNotExist", f"Ký hiệu {series.text} không phải của năm {year}")
    return year


def check_race(batch: Batch, series: Series) -> None:
    """Nobody else is publishing in the series, and no fault says so.

    Raises:
        RefusedError: somebody is, or a fault refuses every invoice.
    """
    refuse = batch.exchange.fault(FaultKind.REFUSE)
    if refuse is not None:
        raise RefusedError(refuse.code, describe(refuse.code))
    raced = series.base in batch.exchange.overlapping and batch.options.on_overlap == "race"
    if raced or batch.exchange.fault(FaultKind.NUMBER_RACE):
        raise RefusedError(_RACE, describe(_RACE))
