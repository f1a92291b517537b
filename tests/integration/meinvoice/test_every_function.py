"""Every function of the client against the strict stand-in, over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
import simplejson
from meinvoice.answers import (
    Accepted,
    Answered,
    Created,
    Creations,
    Downloads,
    EmailsTaken,
    InvoiceFiles,
    Issued,
    NotMentioned,
    PaperCopies,
    Refused,
    Statuses,
    Templates,
    Tickets,
    ViewLink,
    WholeRefusal,
)
from meinvoice.client import FileKind, MeInvoiceClient, StatusBy, log_in
from meinvoice.error_texts import ErrorClass
from meinvoice.exchanges import Exchange
from meinvoice.models import CorrectionFields, InvoiceData, InvoiceStatus, SendEmailData, SeriesKind
from meinvoice.models.corrections import Form, Original, Refusal, correct, corrected, refusal_of
from meinvoice.sign_types import SignType
from meinvoice.signing import Signed, SignRefused, SignService, to_publish
from meinvoice.tokens import Credentials, FixedToken
from meinvoice.transport import Transport, new_http_client
from pydantic import SecretStr
from sandbox.meinvoice.app import make_app as make_meinvoice_app
from sandbox.meinvoice.app import make_meinvoice
from sandbox.signing.app import make_app as make_signing_app
from sandbox.signing.app import make_sign_service
from support.sandbox_callers import MeInvoiceCaller
from support.sandboxes import ACCOUNT, TAX_CODE, invoice, serving

LOGIN = Credentials(SecretStr("app"), TAX_CODE, "ke-toan", SecretStr("mat-khau"))
DAY = date(2026, 3, 16)
PIN = "12345678"


@dataclass
class World:
    """The client, the signing tool, the stand-in's control, and everything an observer saw."""

    client: MeInvoiceClient
    tool_url: str
    http: httpx.AsyncClient
    vendor: MeInvoiceCaller
    exchanges: list[Exchange]

    async def observe(self, exchange: Exchange) -> None:
        """Keep an exchange."""
        self.exchanges.append(exchange)

    async def issue(self, body: InvoiceData, sign_type: int = SignType.HSM) -> Issued:
        """Publish one invoice, which must be issued."""
        answer = await self.client.publish(sign_type, [body.to_json()], deadline_seconds=10)
        assert isinstance(answer, Answered), answer
        issued = answer.results[str(body.RefID)]
        assert isinstance(issued, Issued), issued
        return issued

    async def row(self, body: InvoiceData) -> InvoiceStatus:
        """The invoice's status by RefID."""
        await self.vendor.move_clock(60)
        (row,) = await self.rows(body)
        return row

    async def rows(self, body: InvoiceData) -> tuple[InvoiceStatus, ...]:
        """The status rows that its RefID finds."""
        kind = SeriesKind.of(body.InvSeries or "")
        answer = await self.client.status(
            [str(body.RefID)],
            invoice_with_code=kind.invoice_with_code,
            calculating_machine=kind.calculating_machine,
            by=StatusBy.REF_ID,
        )
        assert isinstance(answer, Statuses)
        return answer.rows


@pytest.fixture(params=("string", "array"))
async def world(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """The stand-ins of meInvoice and of its signing tool; results come as texts, or as lists."""
    parts, service = make_meinvoice(tmp_path), make_sign_service(tmp_path)
    exchanges: list[Exchange] = []
    async with AsyncExitStack() as opened:
        url = await opened.enter_async_context(serving(make_meinvoice_app(parts)))
        tool_url = await opened.enter_async_context(serving(make_signing_app(service)))
        control = await opened.enter_async_context(httpx.AsyncClient(base_url=url, timeout=10))
        http = await opened.enter_async_context(new_http_client())
        vendor = MeInvoiceCaller(control)
        templates = [*ACCOUNT["templates"], "1K26TKK", "5K26TVE"]
        await vendor.control("PUT", f"accounts/{TAX_CODE}", ACCOUNT | {"templates": templates})
        await vendor.options(results_as=request.param)

        async def observe(exchange: Exchange) -> None:
            exchanges.append(exchange)

        transport = Transport(http, f"{url}/api/integration", observe=observe)
        tokens = FixedToken(await log_in(transport, LOGIN))
        client = MeInvoiceClient(transport, tax_code=TAX_CODE, tokens=tokens)
        yield World(client, tool_url, http, vendor, exchanges)
    parts.database.close()
    service.basics.database.close()


def sale(**changed: object) -> InvoiceData:
    """An invoice that the stand-in issues."""
    return InvoiceData.from_json(simplejson.dumps(invoice(**changed)))


@pytest.mark.parametrize("envelope", ("camel", "pascal"))
async def test_templates_and_tickets(world: World, envelope: str) -> None:
    """Each list has its own, under its own flags, which are always sent; the document's envelope is read, too."""
    await world.vendor.set_time(datetime(2026, 6, 1, tzinfo=UTC))
    await world.vendor.options(templates_envelope=envelope)
    templates = await world.client.templates(invoice_with_code=True)
    assert isinstance(templates, Templates)
    assert {row.InvSeries for row in templates.rows} == {"1C26TAA", "1C26MAB"}
    tickets = await world.client.tickets(invoice_with_code=False)
    assert isinstance(tickets, Tickets)
    assert [row.InvSeries for row in tickets.rows] == ["5K26TVE"]
    await world.vendor.faults({"kind": "refuse-all", "code": "InvalidTokenCode"})
    refused = await world.client.templates(invoice_with_code=True)
    assert isinstance(refused, WholeRefusal)
    assert refused.code == "InvalidTokenCode"


async def test_a_draft_and_an_issued_invoice_can_be_seen(world: World) -> None:
    """Both links show the invoice, and no observer could follow them."""
    body = sale()
    draft = await world.client.unpublish_view(body.to_json())
    issued = await world.issue(body)
    view = await world.client.publish_view([issued.transaction_id])
    for link in (draft, view):
        assert isinstance(link, ViewLink)
        assert "Áo sơ mi Nam 40" in (await world.http.get(link.url)).text
        path, _, query = link.url.partition("?")
        assert not query or query not in repr(world.exchanges)
        assert path


@pytest.mark.parametrize(
    ("sign_type", "series"),
    (
        (SignType.HSM, "1C26TAA"),
        (SignType.CASH_REGISTER, "1C26MAB"),
        (SignType.HSM, "1K26TKK"),
        (SignType.TICKET, "5K26TVE"),
    ),
)
async def test_invoices_are_issued_and_found(world: World, sign_type: SignType, series: str) -> None:
    """Signed by HSM or not at all, with code and without, tickets too; by RefID and by lookup code."""
    body = sale(InvSeries=series, IsInvoiceCalculatingMachine=SeriesKind.of(series).calculating_machine)
    issued = await world.issue(body, sign_type)
    assert (issued.inv_no, issued.inv_series, issued.inv_date) == ("00000001", series, DAY)
    row = await world.row(body)
    assert (row.TransactionID, row.InvNo, row.EInvoiceStatus) == (issued.transaction_id, issued.inv_no, 1)
    again = await world.client.publish(sign_type, [body.to_json()], deadline_seconds=10)
    assert isinstance(again, Answered)
    duplicate = again.results[str(body.RefID)]
    assert isinstance(duplicate, Issued)
    assert (duplicate.already, duplicate.inv_no) == (True, issued.inv_no)


@pytest.mark.parametrize("series", ("1C26TAA", "1K26TKK", "1C26MAB"))
async def test_tickets_are_no_way_to_sign_an_invoice(world: World, series: str) -> None:
    """SignType 4 on a series of invoices: certainly nothing, and every invoice of it would fail alike."""
    body = sale(InvSeries=series, IsInvoiceCalculatingMachine=SeriesKind.of(series).calculating_machine)
    answer = await world.client.publish(SignType.TICKET, [body.to_json()], deadline_seconds=10)
    assert isinstance(answer, Answered)
    refused = answer.results[str(body.RefID)]
    assert isinstance(refused, Refused)
    assert (refused.code, refused.meaning.error_class) == ("APINotSupportTypeInvoice", ErrorClass.ACCOUNT_FAULT)
    assert await world.rows(body) == ()


@pytest.mark.parametrize(
    ("sign_type", "series"), ((SignType.HSM_LATER, "1C26TAA"), (SignType.CASH_REGISTER_LATER, "1C26MAB"))
)
@pytest.mark.parametrize("told", ("without-number", "with-lookup-code", "none"))
async def test_asynchronous_invoices_are_accepted_then_found(
    world: World, sign_type: SignType, series: str, told: str
) -> None:
    """However little the answer says, the status by RefID tells the number in the end."""
    await world.vendor.options(asynchronous_answer=told, asynchronous_delay_seconds=30)
    body = sale(InvSeries=series, IsInvoiceCalculatingMachine=SeriesKind.of(series).calculating_machine)
    answer = await world.client.publish(sign_type, [body.to_json()], deadline_seconds=10)
    assert isinstance(answer, Answered)
    accepted = answer.results[str(body.RefID)]
    assert isinstance(accepted, Accepted)
    assert await world.rows(body) == ()
    row = await world.row(body)
    assert row.InvNo == "00000001"
    assert accepted.transaction_id in (None, row.TransactionID)


async def test_files_come_when_they_are_there(world: World) -> None:
    """Right after issue they are not; then each kind comes, and both at once in either form."""
    issued = await world.issue(sale())

    async def download(kind: FileKind, *, with_code: bool = True) -> object:
        ids = [issued.transaction_id]
        answer = await world.client.download(ids, kind=kind, invoice_with_code=with_code, calculating_machine=False)
        assert isinstance(answer, Downloads)
        return answer.results[issued.transaction_id]

    early = await download(FileKind.PDF)
    assert isinstance(early, Refused)
    assert early.meaning.error_class is ErrorClass.TRY_LATER
    await world.vendor.options(download_delay_seconds=0)
    files = [await download(kind) for kind in FileKind]
    await world.vendor.options(download_all_as="zip")
    files.append(await download(FileKind.ALL))
    assert all(isinstance(one, InvoiceFiles) for one in files)
    assert [(one.xml is None, one.pdf is None) for one in files if isinstance(one, InvoiceFiles)] == [
        (False, True),
        (True, False),
        (False, False),
        (False, False),
    ]
    assert isinstance(await download(FileKind.PDF, with_code=False), NotMentioned | Refused)
    assert max(len(one.response_body or "") for one in world.exchanges) < 20_000


async def test_paper_and_emails(world: World) -> None:
    """Issued invoices are converted to paper and mailed."""
    issued = await world.issue(sale())
    await world.vendor.options(download_delay_seconds=0)
    copies = await world.client.voucher_paper(
        [issued.transaction_id],
        invoice_with_code=True,
        calculating_machine=False,
        converter="Trần Thị Lan",
        convert_date=DAY,
    )
    assert isinstance(copies, PaperCopies)
    mail = SendEmailData(
        TransactionID=issued.transaction_id, ReceiverName="Lan", ReceiverEmail="lan@congtyvidu.vn;b@congtyvidu.vn"
    )
    sent = await world.client.send_email([mail], invoice_with_code=True, calculating_machine=False)
    assert sent == EmailsTaken()


async def test_sign_type_one_in_three_steps(world: World) -> None:
    """Created, signed by the tool, published: issued under the created code and number, as often as it is sent."""
    body = sale()
    creations = await world.client.create_xml([body.to_json()], deadline_seconds=10)
    assert isinstance(creations, Creations)
    created = creations.results[str(body.RefID)]
    assert isinstance(created, Created)
    assert await world.rows(body) == ()
    refused = await SignService(world.tool_url, SecretStr("0000"), http=world.http).sign(created.xml)
    assert isinstance(refused, SignRefused)
    signed = await SignService(world.tool_url, SecretStr(PIN), http=world.http).sign(created.xml)
    assert isinstance(signed, Signed)
    item = to_publish(created, signed)
    for already in (False, True):
        answer = await world.client.publish_signed([item], deadline_seconds=10)
        assert isinstance(answer, Answered)
        issued = answer.results[str(body.RefID)]
        assert isinstance(issued, Issued)
        assert (issued.transaction_id, issued.inv_no, issued.already) == (
            created.transaction_id,
            created.inv_no,
            already,
        )
    assert PIN not in repr(world.exchanges)


async def test_corrections_are_refused_here_as_the_vendor_refuses_them(world: World) -> None:
    """A replaced original is done with, an adjusted one only adjusted: told before and by the vendor alike."""
    originals = [sale(), sale()]
    issued = [await world.issue(body) for body in originals]

    async def fields(index: int, form: Form, row: InvoiceStatus | None = None) -> CorrectionFields:
        original = Original.of_series("1C26TAA", issued[index].inv_no, DAY, issued[index].transaction_id)
        made = correct(form, original, note="Sai số lượng", status=row)
        assert isinstance(made, CorrectionFields), made
        return made

    for index, form in ((0, Form.REPLACE), (1, Form.ADJUST)):
        await world.issue(corrected(sale(), await fields(index, form, await world.row(originals[index]))))
    for index, form, refusal in (
        (0, Form.REPLACE, Refusal.REPLACED),
        (0, Form.ADJUST, Refusal.REPLACED),
        (1, Form.REPLACE, Refusal.ADJUSTED),
    ):
        row = await world.row(originals[index])
        assert refusal_of(form, Original.of_status(row, DAY), status=row) is refusal
        body = corrected(sale(), await fields(index, form))
        answer = await world.client.publish(SignType.HSM, [body.to_json()], deadline_seconds=10)
        assert isinstance(answer, Answered)
        assert isinstance(answer.results[str(body.RefID)], Refused)
    row = await world.row(originals[1])
    await world.issue(corrected(sale(), await fields(1, Form.ADJUST, row)))


async def test_exact_amounts_arrive_exactly(world: World) -> None:
    """What is sent is the very text: the vendor's preview of it shows every digit."""
    body = sale()
    assert body.TotalAmountOC == Decimal(5500000)
    view = await world.client.unpublish_view(body.to_json())
    assert isinstance(view, ViewLink)
    assert world.exchanges[-1].request_body == body.to_json()
