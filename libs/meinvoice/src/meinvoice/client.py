"""The client of one meInvoice account."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import IntEnum
from typing import Any

import simplejson

from meinvoice.answers import (
    CreateAnswer,
    DownloadAnswer,
    EmailAnswer,
    EmailsTaken,
    PaperAnswer,
    PublishAnswer,
    StatusAnswer,
    Statuses,
    Templates,
    TemplatesAnswer,
    Tickets,
    TicketsAnswer,
    Unknown,
    ViewAnswer,
)
from meinvoice.calls import Caller
from meinvoice.creations import create_answer
from meinvoice.exchanges import without_files, without_link_queries
from meinvoice.files import FileKind, download_answer, paper_answer, view_answer
from meinvoice.limits import MOST_IDS, MOST_INVOICES, LimitError, check_request, guard_filled, guard_ids, limits_of
from meinvoice.login import fetch_token, log_in
from meinvoice.models import InvoiceStatus, PublishInvoiceData, SendEmailData, Template, Ticket
from meinvoice.outcomes import Sent, publish_answer, sent_of
from meinvoice.parsing import Envelope, load, says_nothing
from meinvoice.settings import OPEN_API, Paths
from meinvoice.sign_types import SignType
from meinvoice.tokens import TokenProvider
from meinvoice.transport import BeforeFirstByte, Reply, Request, Transport

__all__ = ["MOST_IDS", "MOST_INVOICES", "FileKind", "MeInvoiceClient", "StatusBy", "fetch_token", "log_in"]


class StatusBy(IntEnum):
    """What the ids given to `status` are: `inputType` (meInvoice Open API §11)."""

    TRANSACTION_ID = 1
    REF_ID = 2


class MeInvoiceClient:
    """Typed functions of the Open API for one tax code. No function retries, but for a refused token, once.

    `tokens` gives the bearer token. `extra_headers` go with every request. Every function that is given more than
    the vendor's limits raises `meinvoice.limits.LimitError` (a `ValueError`) and sends nothing.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        tax_code: str,
        tokens: TokenProvider,
        paths: Paths = OPEN_API,
        extra_headers: Mapping[str, str] | None = None,
    ) -> None:
        """Work for the account of `tax_code`."""
        self._caller = Caller(transport, tax_code=tax_code, tokens=tokens, extra_headers=extra_headers or {})
        self._paths = paths

    async def publish(
        self,
        sign_type: int,
        invoices: Sequence[str],
        *,
        deadline_seconds: float,
        before_first_byte: BeforeFirstByte | None = None,
    ) -> PublishAnswer:
        """Publish up to 30 invoices or tickets of one series in one request (meInvoice Open API §6), never repeated.

        Each invoice is the exact JSON text of one `InvoiceData`, sent as it is. With SignType 3 and 6 an invoice may
        be `Accepted`: `resolving.resolve` asks its status for the number. `before_first_byte` may raise to keep the
        request from being sent (`NotSent`); it is asked again before the repetition after a refused token.

        Raises:
            LimitError: None or more than 30 invoices, 200 lines or more, a RefID missing or twice, a field too long;
                `limits.check_invoices` tells the same per invoice, without raising.
            ValueError: SignType 1, which is `create_xml` and `publish_signed`, or one that does not exist.

        """
        if SignType(sign_type) is SignType.KEY:
            raise ValueError("SignType 1 takes three steps: create_xml, SignService.sign, publish_signed")
        sent = _guarded(invoices)
        request = Request("POST", self._paths.publish, _publish_body(sign_type, invoices))
        reply = await self._caller.reply(request, deadline_seconds, before_first_byte)
        return publish_answer(reply, sent, SignType(sign_type)) if isinstance(reply, Reply) else reply

    async def create_xml(
        self,
        invoices: Sequence[str],
        *,
        deadline_seconds: float,
        before_first_byte: BeforeFirstByte | None = None,
    ) -> CreateAnswer:
        """SignType 1, first step: have the XML of up to 30 invoices made (meInvoice Open API §5.1). Issues nothing.

        MISA's newer portal refuses it with `APINotSupportTypeInvoice`: signing by key needs the Open API.

        Raises:
            LimitError: As `publish`.

        """
        sent = _guarded(invoices)
        request = Request("POST", self._paths.publish, _publish_body(SignType.KEY, invoices))
        reply = await self._caller.reply(request, deadline_seconds, before_first_byte)
        return create_answer(reply, sent) if isinstance(reply, Reply) else reply

    async def publish_signed(
        self,
        invoices: Sequence[PublishInvoiceData],
        *,
        deadline_seconds: float,
        before_first_byte: BeforeFirstByte | None = None,
    ) -> PublishAnswer:
        """SignType 1, last step: publish signed XML (meInvoice Open API §5.3), never repeated. Answers as `publish`.

        `signing.to_publish` makes each item of what `create_xml` gave and the tool signed. Send an item whose outcome
        is unknown again as it is: signing or creating anew makes another invoice of it.

        Raises:
            LimitError: None or more than 30 invoices, or a RefID twice. `PublishInvoiceData` keeps the others.

        """
        checked = check_request([{"RefID": one.RefID} for one in invoices])
        if checked.problems:
            raise LimitError(checked.problems)
        items = ",".join(one.to_json() for one in invoices)
        body = f'{{"SignType":{int(SignType.KEY)},"InvoiceData":null,"PublishInvoiceData":[{items}]}}'
        request = Request("POST", self._paths.publish, body)
        reply = await self._caller.reply(request, deadline_seconds, before_first_byte)
        sent = [Sent.of_signed(one) for one in invoices]
        return publish_answer(reply, sent, SignType.KEY) if isinstance(reply, Reply) else reply

    async def unpublish_view(self, invoice: str, *, deadline_seconds: float = 30.0) -> ViewAnswer:
        """A link that shows one invoice before it is published (meInvoice Open API §4); it works for 5 minutes.

        Asking again ends the link given before. `invoice` is the JSON text of one `InvoiceData`.

        Raises:
            LimitError: A field breaks a limit.

        """
        if problems := limits_of(load(invoice)):
            raise LimitError(problems)
        request = Request("POST", self._paths.unpublish_view, invoice, veil=without_link_queries)
        envelope = await self._caller.envelope(request, deadline_seconds)
        return view_answer(envelope) if isinstance(envelope, Envelope) else envelope

    async def publish_view(self, transaction_ids: Sequence[str], *, deadline_seconds: float = 30.0) -> ViewAnswer:
        """A link that shows published invoices (meInvoice Open API §7); it works for 5 minutes: store the PDF instead.

        Raises:
            LimitError: No lookup codes, or more than 50 (§7 names no number; this is that of the other lists, §8).

        """
        guard_ids(transaction_ids, "TransactionID")
        request = Request("POST", self._paths.publish_view, _ids(transaction_ids), veil=without_link_queries)
        envelope = await self._caller.envelope(request, deadline_seconds)
        return view_answer(envelope) if isinstance(envelope, Envelope) else envelope

    async def download(
        self,
        transaction_ids: Sequence[str],
        *,
        kind: FileKind,
        invoice_with_code: bool,
        calculating_machine: bool,
        deadline_seconds: float = 60.0,
    ) -> DownloadAnswer:
        """Files of up to 50 published invoices (meInvoice Open API §8).

        The vendor tells of each invoice on its own: `InvoiceNotExist` right after issue means that the file is not
        there yet, and an invoice asked for with the wrong flags is not mentioned.

        Raises:
            LimitError: No lookup codes, or more than 50.

        """
        guard_ids(transaction_ids, "TransactionID")
        params = {**_flags(invoice_with_code, calculating_machine), "downloadDataType": kind.value}
        request = Request("POST", self._paths.download, _ids(transaction_ids), params=params, veil=without_files)
        listed = await self._caller.listed(request, deadline_seconds)
        return download_answer(listed, transaction_ids, kind) if isinstance(listed, list) else listed

    async def voucher_paper(
        self,
        transaction_ids: Sequence[str],
        *,
        invoice_with_code: bool,
        calculating_machine: bool,
        converter: str,
        convert_date: date,
        deadline_seconds: float = 60.0,
    ) -> PaperAnswer:
        """Convert up to 50 published invoices to paper (meInvoice Open API §12).

        `converter` is the name of who converts; `convert_date` is a date in Vietnam.

        Raises:
            LimitError: No lookup codes, more than 50, or no converter.

        """
        guard_ids(transaction_ids, "TransactionID")
        guard_filled(converter, "Converter")
        params = {
            **_flags(invoice_with_code, calculating_machine),
            "Converter": converter,
            "ConvertDate": f"{convert_date:%Y-%m-%d}",
        }
        request = Request(
            "POST",
            self._paths.voucher_paper,
            _ids(transaction_ids),
            params=params,
            veil=without_files,
            private=frozenset({"Converter"}),
        )
        envelope = await self._caller.envelope(request, deadline_seconds)
        return paper_answer(envelope) if isinstance(envelope, Envelope) else envelope

    async def send_email(
        self,
        emails: Sequence[SendEmailData],
        *,
        invoice_with_code: bool,
        calculating_machine: bool,
        deadline_seconds: float = 30.0,
    ) -> EmailAnswer:
        """Send published invoices by e-mail (meInvoice Open API §10). The test environment sends nothing.

        All invoices of a request are of one kind, which is what the two flags tell. `Unknown` may have been sent:
        another request mails the buyer once more.

        Raises:
            LimitError: No e-mails, or more than 50 (the document names no number; this is that of its other lists).

        """
        guard_ids([email.TransactionID for email in emails], "SendEmailDatas")
        body = {
            "SendEmailDatas": [simplejson.RawJSON(email.to_json()) for email in emails],
            "IsInvoiceCode": invoice_with_code,
            "IsInvoiceCalculatingMachine": calculating_machine,
        }
        request = Request("POST", self._paths.send_email, simplejson.dumps(body, ensure_ascii=False))
        envelope = await self._caller.envelope(request, deadline_seconds)
        if not isinstance(envelope, Envelope):
            return envelope
        return EmailsTaken() if says_nothing(envelope.data) else Unknown("success with data that cannot be read")

    async def status(
        self,
        ids: Sequence[str],
        *,
        invoice_with_code: bool,
        calculating_machine: bool,
        by: StatusBy,
        deadline_seconds: float = 30.0,
    ) -> StatusAnswer:
        """State of up to 50 published invoices (meInvoice Open API §11).

        The vendor drops ids it does not know without a word, and knows none under the wrong `invoice_with_code`:
        ask with the other flag before concluding that an invoice does not exist.

        Raises:
            LimitError: No ids, or more than 50.

        """
        guard_ids(ids, "RefID" if by is StatusBy.REF_ID else "TransactionID")
        params = {**_flags(invoice_with_code, calculating_machine), "inputType": str(int(by))}
        request = Request("POST", self._paths.status, _ids(ids), params=params)
        answer = await self._caller.rows(request, deadline_seconds, InvoiceStatus)
        return Statuses(*answer) if isinstance(answer, tuple) else answer

    async def templates(self, *, invoice_with_code: bool, deadline_seconds: float = 30.0) -> TemplatesAnswer:
        """Invoice templates of the account (meInvoice Open API §3)."""
        params = {"invoiceWithCode": _flag(invoice_with_code), "ticket": "false"}
        request = Request("GET", self._paths.templates, params=params)
        answer = await self._caller.rows(request, deadline_seconds, Template)
        return Templates(*answer) if isinstance(answer, tuple) else answer

    async def tickets(self, *, invoice_with_code: bool, deadline_seconds: float = 30.0) -> TicketsAnswer:
        """Ticket templates of the account (meInvoice Open API §3)."""
        params = {"invoiceWithCode": _flag(invoice_with_code), "ticket": "true"}
        request = Request("GET", self._paths.templates, params=params)
        answer = await self._caller.rows(request, deadline_seconds, Ticket)
        return Tickets(*answer) if isinstance(answer, tuple) else answer


def _guarded(invoices: Sequence[str]) -> list[Sent]:
    read: list[Any] = [load(invoice) for invoice in invoices]
    if problems := check_request(read).problems:
        raise LimitError(problems)
    return [sent_of(invoice) for invoice in read]


def _publish_body(sign_type: int, invoices: Sequence[str]) -> str:
    return f'{{"SignType":{int(sign_type)},"InvoiceData":[{",".join(invoices)}],"PublishInvoiceData":null}}'


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _flags(invoice_with_code: bool, calculating_machine: bool) -> dict[str, str]:
    return {"invoiceWithCode": _flag(invoice_with_code), "invoiceCalcu": _flag(calculating_machine)}


def _ids(ids: Sequence[str]) -> str:
    return simplejson.dumps(list(ids))
