"""`POST /invoice` with SignType 2 and 5 (Open API §6)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common.clock import to_text, vietnam_date
from sandbox.common.control import answer
from sandbox.common.exchange import Exchange, exchange_of
from sandbox.common.faults import FaultKind
from sandbox.meinvoice import invoices
from sandbox.meinvoice.accounts import Account
from sandbox.meinvoice.checks.content import check_content
from sandbox.meinvoice.checks.fields import check_date, check_not_in_future, check_reference
from sandbox.meinvoice.checks.refusal import RefusedError, invalid, missing
from sandbox.meinvoice.envelope import EnvelopeError, as_told, business, describe
from sandbox.meinvoice.series import Series, parse_series
from sandbox.meinvoice.state import MeInvoice, authorised, lanes_of, meinvoice_of

_SHOWN_SIGNATURE, _WITHOUT_SIGNATURE = 2, 5
_RACE = "InvoiceNumberNotCotinuous"
_NUMBER_FIELDS = ("TransactionID", "InvTemplateNo", "InvSeries", "InvNo", "InvCode")


@dataclass(frozen=True, slots=True)
class Batch:
    """One publish request whose envelope is in order."""

    meinvoice: MeInvoice
    exchange: Exchange
    tax_code: str
    account: Account
    sign_type: int
    invoices: list[dict[str, Any]]
    at: datetime


async def publish(request: Request) -> Response:
    """Issue invoices, each or none: a refused one does not stop those behind it."""
    meinvoice, exchange = meinvoice_of(request), exchange_of(request)
    try:
        tax_code, account = authorised(request)
        sign_type, entries = _read_batch(exchange, meinvoice)
        await meinvoice.traffic.turn(exchange.request, lanes_of(exchange.call))
        batch = Batch(meinvoice, exchange, tax_code, account, sign_type, entries, meinvoice.basics.clock.now())
        _check_account(batch)
    except EnvelopeError as error:
        meinvoice.basics.requests.tell(exchange.request, {"refusal": error.code})
        raise
    elements = _issue_all(batch)
    meinvoice.basics.requests.tell(exchange.request, {"elements": [_brief(element) for element in elements]})
    told = as_told(_spoiled(elements, exchange), meinvoice.options.current.results_as)
    return answer(business(published=told))


def _read_batch(exchange: Exchange, meinvoice: MeInvoice) -> tuple[int, list[dict[str, Any]]]:
    payload = exchange.call.payload
    entries = payload.get("InvoiceData") if isinstance(payload, dict) else None
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise EnvelopeError("InvalidInvoiceData", errors=("InvoiceData",))
    if payload.get("SignType") not in {_SHOWN_SIGNATURE, _WITHOUT_SIGNATURE}:
        raise EnvelopeError("APINotSupportTypeInvoice", errors=("SignType",))
    if len(entries) > meinvoice.options.current.max_invoices_per_request:
        raise EnvelopeError("InvoiceQuantityTooLarge")
    return int(payload["SignType"]), entries


def _check_account(batch: Batch) -> None:
    if not batch.account.declaration_accepted:
        raise EnvelopeError("InvalidDeclaration")
    left = batch.meinvoice.accounts.licence_left(batch.tax_code)
    database = batch.meinvoice.database
    new = sum(invoices.find(database, batch.tax_code, str(i.get("RefID"))) is None for i in batch.invoices)
    if batch.exchange.fault(FaultKind.LICENCE_USED_UP) or (left is not None and new > left):
        raise EnvelopeError("LicenseInfo_OutOfInvoice")


def _issue_all(batch: Batch) -> list[dict[str, Any]]:
    elements: list[dict[str, Any]] = []
    with batch.meinvoice.database.transaction():
        for invoice in batch.invoices:
            try:
                elements.append(_issue(batch, invoice))
            except RefusedError as error:
                _note_refusal(batch, invoice, error)
                elements.append(_refused(batch, invoice, error))
                if batch.meinvoice.options.current.after_refusal == "omit":
                    break
    return elements


def _issue(batch: Batch, invoice: dict[str, Any]) -> dict[str, Any]:
    ref_id = check_reference(invoice)
    if invoices.find(batch.meinvoice.database, batch.tax_code, ref_id) is not None:
        raise RefusedError("DuplicateInvoiceRefID", describe("DuplicateInvoiceRefID"))
    series = _series(batch, invoice)
    _check_race(batch, series)
    check_content(invoice, most_lines=batch.meinvoice.options.current.max_lines_per_invoice)
    day = check_date(invoice)
    check_not_in_future(day, vietnam_date(batch.at))
    batch.meinvoice.numbering.check_date(batch.tax_code, series, day)
    visibility = batch.exchange.fault(FaultKind.DELAYED_VISIBILITY)
    options = batch.meinvoice.options.current
    issue = invoices.Issue(
        tax_code=batch.tax_code,
        series=series,
        number=batch.meinvoice.numbering.next_number(batch.tax_code, series),
        day=day,
        sign_type=batch.sign_type,
        request=batch.exchange.request,
        at=batch.at,
        visible_after=visibility.seconds if visibility else options.visibility_delay_seconds,
        refused=batch.exchange.fault(FaultKind.VERDICT_REFUSED) is not None,
    )
    invoices.insert(batch.meinvoice.database, invoice, issue, options)
    return _existing(batch, ref_id)


def _series(batch: Batch, invoice: dict[str, Any]) -> Series:
    """The series that the invoice goes to: an active template of the company, of the right kind and year."""
    if not invoice.get("InvSeries"):
        raise missing("InvSeries")
    series = parse_series(invoice["InvSeries"])
    template = None if series is None else batch.account.template_of(series)
    if series is None or template is None:
        raise RefusedError("InvoiceTemplateNotExist", f"Mẫu hóa đơn không tồn tại: {invoice['InvSeries']}")
    if batch.sign_type == _WITHOUT_SIGNATURE and not series.from_cash_register:
        raise RefusedError("APINotSupportTypeInvoice", "SignType 5 chỉ dùng cho hóa đơn từ máy tính tiền")
    from_register = invoice.get("IsInvoiceCalculatingMachine")
    if from_register is not None and from_register is not series.from_cash_register:
        raise invalid("IsInvoiceCalculatingMachine", f"không khớp với ký hiệu {series.text}")
    year = check_date(invoice).year
    if year != series.year and batch.meinvoice.options.current.series_year == "strict":
        raise RefusedError("InvoiceTemplateNotExist", f"Ký hiệu {series.text} không phải của năm {year}")
    return series.in_year(year)


def _check_race(batch: Batch, series: Series) -> None:
    raced = series.base in batch.exchange.overlapping and batch.meinvoice.options.current.on_overlap == "race"
    if raced or batch.exchange.fault(FaultKind.NUMBER_RACE):
        raise RefusedError(_RACE, describe(_RACE))


def _existing(batch: Batch, ref_id: str) -> dict[str, Any]:
    row = invoices.find(batch.meinvoice.database, batch.tax_code, ref_id)
    if row is None:  # it has just been inserted or found
        raise AssertionError(ref_id)
    return invoices.publish_element(row, batch.at)


def _refused(batch: Batch, invoice: dict[str, Any], error: RefusedError) -> dict[str, Any]:
    """The element of a refused invoice; of a duplicate with what is known of the existing one (Open API §15.1)."""
    told = {"ErrorCode": error.code, "DescriptionErrorCode": error.description}
    if error.code == "DuplicateInvoiceRefID":
        return _existing(batch, str(invoice["RefID"])) | told
    return invoices.refused_element(invoice.get("RefID"), error.code, error.description)


def _note_refusal(batch: Batch, invoice: dict[str, Any], error: RefusedError) -> None:
    told = [None if invoice.get(name) is None else str(invoice[name]) for name in ("InvSeries", "RefID")]
    batch.meinvoice.database.execute(
        "INSERT INTO refusals (tax_code, series, ref_id, code, description, request, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (batch.tax_code, *told, error.code, error.description, batch.exchange.request, to_text(batch.at)),
    )


def _spoiled(elements: list[dict[str, Any]], exchange: Exchange) -> list[dict[str, Any]]:
    """The answer as faults want it."""
    if exchange.fault(FaultKind.ELEMENT_MISSING):
        return elements[1:]
    if exchange.fault(FaultKind.ELEMENT_TWICE):
        return [*elements[:1], *elements]
    if exchange.fault(FaultKind.ELEMENT_WITHOUT_NUMBER):
        return [element | dict.fromkeys(_NUMBER_FIELDS) for element in elements]
    return elements


def _brief(element: dict[str, Any]) -> dict[str, Any]:
    return {name: element[name] for name in ("RefID", "InvSeries", "InvNo", "ErrorCode")}
