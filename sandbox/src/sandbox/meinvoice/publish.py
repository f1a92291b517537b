"""`POST /invoice`: create XML, publish at once, publish what was signed, accept for later (Open API §5, §6)."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common.clock import to_text
from sandbox.common.control import answer
from sandbox.common.exchange import Exchange, exchange_of
from sandbox.common.faults import FaultKind
from sandbox.meinvoice.asynchronous import accept
from sandbox.meinvoice.batch import Batch, Step, check_account, read_batch
from sandbox.meinvoice.checks.refusal import RefusedError
from sandbox.meinvoice.envelope import EnvelopeError, as_told, business, describe
from sandbox.meinvoice.issuing import issue, judge
from sandbox.meinvoice.numbering import Register
from sandbox.meinvoice.payload import entries_of, is_truth_value
from sandbox.meinvoice.signed import create, publish_signed
from sandbox.meinvoice.state import MeInvoice, authorised, lanes_of, meinvoice_of, need_company_header
from sandbox.meinvoice.told import publish_element, refused_element

_NUMBER_FIELDS = ("TransactionID", "InvTemplateNo", "InvSeries", "InvNo", "InvCode")


async def publish(request: Request) -> Response:
    """Do what the request asks for, each invoice or none: a refused one does not stop those behind it."""
    meinvoice, exchange = meinvoice_of(request), exchange_of(request)
    try:
        batch = await _batch(request, exchange)
        check_account(batch)
    except EnvelopeError as error:
        meinvoice.basics.requests.tell(exchange.request, {"refusal": error.code})
        _note_whole(meinvoice, exchange, error.code)
        raise
    elements = _each(batch, _handler(batch))
    meinvoice.basics.requests.tell(
        exchange.request, {"step": batch.step, "elements": [_brief(element) for element in elements]}
    )
    return answer(_envelope(batch, elements))


async def _batch(request: Request, exchange: Exchange) -> Batch:
    meinvoice = meinvoice_of(request)
    tax_code, account = authorised(request)
    if is_truth_value(exchange.call.payload, "SignType"):
        raise EnvelopeError("APINotSupportTypeInvoice", errors=("SignType",))
    sign_type, step, entries = read_batch(exchange, meinvoice.options.current)
    if step is Step.PUBLISH_SIGNED:
        need_company_header(request)
    await meinvoice.traffic.turn(exchange.request, lanes_of(exchange.call))
    register = Register(meinvoice.database, tax_code)
    register.look_up(str(entry.get("RefID")) for entry in entries)
    now = meinvoice.basics.clock.now()
    return Batch(meinvoice, exchange, tax_code, account, sign_type, step, entries, now, register)


def _handler(batch: Batch) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def publish_now(invoice: dict[str, Any]) -> dict[str, Any]:
        judged = judge(batch, invoice)
        if batch.sign_type.asynchronous:
            return accept(batch, invoice, judged)
        return publish_element(issue(batch, invoice, judged), batch.at)

    match batch.step:
        case Step.CREATE:
            return lambda invoice: create(batch, invoice)
        case Step.PUBLISH_SIGNED:
            return lambda entry: publish_element(publish_signed(batch, entry), batch.at)
        case Step.PUBLISH:
            return publish_now


def _each(batch: Batch, handle: Callable[[dict[str, Any]], dict[str, Any]]) -> list[dict[str, Any]]:
    elements: list[dict[str, Any]] = []
    with batch.database.transaction():
        for entry in batch.entries:
            try:
                elements.append(handle(entry))
            except RefusedError as error:
                _note(batch.meinvoice, batch.exchange, entry, error.code, error.description)
                elements.append(_refused(batch, entry, error))
                if batch.options.after_refusal == "omit":
                    break
    return elements


def _refused(batch: Batch, entry: dict[str, Any], error: RefusedError) -> dict[str, Any]:
    """The element of a refused invoice; of a duplicate with what is known of the existing one (Open API §15.1)."""
    told: dict[str, Any] = {"ErrorCode": error.code, "DescriptionErrorCode": error.description}
    existing = batch.register.issued(str(entry.get("RefID")))
    if error.code == "DuplicateInvoiceRefID" and existing is not None:
        return publish_element(existing, batch.at) | told
    empty = {"InvoiceData": None} if batch.step is Step.CREATE else {}
    return refused_element(entry.get("RefID"), error.code, error.description) | empty


def _note(meinvoice: MeInvoice, exchange: Exchange, entry: dict[str, Any], code: str, description: str) -> None:
    told = [None if entry.get(name) is None else str(entry[name]) for name in ("InvSeries", "RefID")]
    meinvoice.database.execute(
        "INSERT INTO refusals (tax_code, series, ref_id, code, description, request, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (exchange.call.owner, *told, code, description, exchange.request, to_text(meinvoice.basics.clock.now())),
    )


def _note_whole(meinvoice: MeInvoice, exchange: Exchange, code: str) -> None:
    """For each invoice of the request: it is held up as if refused by itself. An unknown token tells no company."""
    if exchange.call.owner is None:
        return
    with meinvoice.database.transaction():
        for entry in entries_of(exchange.call.payload):
            _note(meinvoice, exchange, entry, code, describe(code))


def _envelope(batch: Batch, elements: list[dict[str, Any]]) -> dict[str, Any]:
    results_as = batch.options.results_as
    if batch.step is Step.CREATE:
        return business(created=as_told(elements, results_as))
    refused = any(element["ErrorCode"] for element in elements)
    if batch.sign_type.asynchronous and batch.options.asynchronous_answer == "none" and not refused:
        return business()
    return business(published=as_told(_spoiled(elements, batch.exchange), results_as))


def _spoiled(elements: list[dict[str, Any]], exchange: Exchange) -> list[dict[str, Any]]:
    """The answer as faults want it."""
    refuse = exchange.fault(FaultKind.ACCEPT_THEN_REFUSE)
    if refuse is not None:
        told = {"ErrorCode": refuse.code, "DescriptionErrorCode": describe(refuse.code)}
        return [element | dict.fromkeys(_NUMBER_FIELDS) | told for element in elements]
    if exchange.fault(FaultKind.ELEMENT_MISSING):
        return elements[1:]
    if exchange.fault(FaultKind.ELEMENT_TWICE):
        return [*elements[:1], *elements]
    if exchange.fault(FaultKind.ELEMENT_WITHOUT_NUMBER):
        return [element | dict.fromkeys(_NUMBER_FIELDS) for element in elements]
    return elements


def _brief(element: dict[str, Any]) -> dict[str, Any]:
    return {name: element[name] for name in ("RefID", "InvSeries", "InvNo", "ErrorCode")}
