"""The README's examples run as they are printed."""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from meinvoice.answers import Answered, Issued
from meinvoice.client import MeInvoiceClient
from meinvoice.models import InvoiceData, InvoiceStatus
from meinvoice.signing import SignService
from meinvoice.tokens import Credentials
from meinvoice.transport import new_http_client
from pydantic import SecretStr
from support.recorded_vendor import DATA, payload
from support.small_http import Asked, Given, serve

ROOT = Path(__file__).parents[3]
README = (ROOT / "libs" / "meinvoice" / "README.md").read_text()
LOGIN = Credentials(SecretStr("app"), "0101243150", "user", SecretStr("pa55"))
INVOICE = InvoiceData.from_json((DATA / "invoice.json").read_text()).model_copy(
    update={"InvSeries": "1C26TAA", "InvDate": date(2026, 10, 2)}
)
ANSWERS = {
    "/auth/token": "token/granted",
    "/invoice/status": "status/string",
    "/invoice/download": "download/per_item_errors",
    "/api/SignXML": "signing/signed",
}
PUBLISHED = {"name": "publish/issued_string"}
"""What a publish request is answered with."""


@pytest.fixture(scope="module")
def examples() -> dict[str, Any]:
    """Everything the README's Python blocks define."""
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile("\n".join(blocks), "README.md", "exec"), names)  # noqa: S102 (our own README)
    return names


def answer(asked: Asked) -> Given:
    """What the vendor says, as recorded."""
    if asked.path != "/invoice":
        return Given(HTTPStatus.OK, payload(ANSWERS[asked.path]))
    body = json.loads(asked.body)
    creates = body["SignType"] == 1 and body["InvoiceData"] is not None
    return Given(HTTPStatus.OK, payload("create/created" if creates else PUBLISHED["name"]))


@pytest.fixture
def client(examples: dict[str, Any]) -> Callable[[], Any]:
    """The README's way to connect, to a server that answers as recorded."""

    @asynccontextmanager
    async def connected() -> AsyncIterator[tuple[MeInvoiceClient, SignService]]:
        async with (
            serve(answer) as (url, _),
            examples["connected"](url, LOGIN) as made,
            new_http_client() as http,
        ):
            yield made, SignService(url, SecretStr("135790"), http=http)

    return connected


async def test_publish_look_up_and_download(examples: dict[str, Any], client: Callable[[], Any]) -> None:
    """The three that everybody needs, over a real connection."""
    async with client() as (connected, _):
        said = await examples["publish"](connected, INVOICE)
        row = await examples["look_up"](connected, str(INVOICE.RefID), "1C26TAA")
        pdf = await examples["pdf_of"](connected, "T2", "1C26TAA")
        early = await examples["pdf_of"](connected, "T1", "1C26TAA")
    assert said == "issued: number 00000067, lookup code ABC123XYZ"
    assert isinstance(row, InvoiceStatus)
    assert row.InvNo == "00000067"
    assert pdf.startswith(b"%PDF-")
    assert early is None


async def test_an_asynchronous_invoice_is_resolved_by_its_status(
    examples: dict[str, Any], client: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken without a word, issued by the time its status is asked for."""
    monkeypatch.setitem(PUBLISHED, "name", "publish/success_empty")
    async with client() as (connected, _):
        said = await examples["publish_later"](connected, INVOICE)
    assert said == "issued: number 00000067, lookup code ABC123XYZ"


async def test_a_row_about_another_invoice_is_not_taken_for_it(
    examples: dict[str, Any], client: Callable[[], Any]
) -> None:
    """The answer's order is nobody's promise."""
    async with client() as (connected, _):
        with pytest.raises(RuntimeError, match="another invoice"):
            await examples["look_up"](connected, "22222222-2222-4222-8222-222222222222", "1C26TAA")


async def test_a_bad_invoice_is_told_before_sending(examples: dict[str, Any], client: Callable[[], Any]) -> None:
    """In Vietnamese, by field."""
    async with client() as (connected, _):
        said = await examples["publish"](connected, INVOICE.model_copy(update={"InvDate": None}))
    assert said.startswith("not sent: InvDate: Thiếu InvDate.")


async def test_sign_type_one(examples: dict[str, Any], client: Callable[[], Any]) -> None:
    """Three steps through the signing tool."""
    async with client() as (connected, tool):
        published = await examples["sign_and_publish"](connected, tool, INVOICE)
    assert isinstance(published, Answered)
    assert isinstance(published.results[str(INVOICE.RefID)], Issued)


def test_replacing(examples: dict[str, Any]) -> None:
    """The invoice with the original's fields, or a sentence why not."""
    row = json.loads(json.loads(payload("status/string"))["data"])[0]
    made = examples["replacement"](INVOICE, InvoiceStatus.model_validate(row), date(2026, 10, 2), "Sai tên hàng")
    assert isinstance(made, InvoiceData)
    assert (made.ReferenceType, made.OrgInvNo) == (1, "00000067")
    replaced = InvoiceStatus.model_validate(row | {"EInvoiceStatus": 7})
    told = examples["replacement"](INVOICE, replaced, date(2026, 10, 2), "Sai tên hàng")
    assert told.startswith("Hóa đơn gốc đã bị thay thế.")
