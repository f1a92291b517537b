"""Previews of invoices that are not issued and views of those that are."""

import httpx
import pytest
from support.sandbox_callers import API, MeInvoiceCaller
from support.sandboxes import Json, invoice

PREVIEW_ONLY = ("TotalSaleAmountOC", "TotalSaleAmount", "TotalAmountWithoutVAT", "TotalVATAmount", "TotalAmount")


async def link(meinvoice: MeInvoiceCaller, path: str, body: object) -> str:
    """The link that the answer gives."""
    answer = (await meinvoice.post(path, body)).json()
    assert answer["success"] is True, answer
    return str(answer["data"])


async def test_a_preview_shows_the_invoice(meinvoice: MeInvoiceCaller) -> None:
    """The document's example of §4, which leaves out the converted totals, gets a page; nothing is issued."""
    body = invoice(**dict.fromkeys(PREVIEW_ONLY))
    page = await meinvoice.http.get(await link(meinvoice, "/invoice/unpublishview", body))
    assert page.headers["content-type"].startswith("text/html")
    for text in ("Áo sơ mi Nam 40", "Công ty cổ phần MISA", "5500000", "chưa phát hành"):
        assert text in page.text
    assert (await meinvoice.control("GET", "audit"))["invoices"] == 0


async def test_a_new_preview_makes_the_old_link_useless(meinvoice: MeInvoiceCaller) -> None:
    """Only the last preview's link works, and only for five minutes."""
    links = [await link(meinvoice, "/invoice/unpublishview", invoice()) for _ in range(2)]
    assert [(await meinvoice.http.get(each)).status_code for each in links] == [404, 200]
    await meinvoice.move_clock(299)
    assert (await meinvoice.http.get(links[1])).status_code == 200
    await meinvoice.move_clock(301)
    assert (await meinvoice.http.get(links[1])).status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    (
        ([invoice()], "InvalidInvoiceData"),
        (invoice(RefID=None), "RequireInfo_RefID"),
        (invoice(InvSeries="1C26TZZ"), "InvoiceTemplateNotExist"),
        (invoice(OriginalInvoiceDetail=[]), "RequireInfo_OriginalInvoiceDetail"),
    ),
    ids=("a list", "no RefID", "unknown series", "no lines"),
)
async def test_what_cannot_be_previewed_is_refused(meinvoice: MeInvoiceCaller, body: object, code: str) -> None:
    """A list, no RefID, an unknown series and no lines are refused with HTTP 400."""
    answer = await meinvoice.post("/invoice/unpublishview", body)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, code)


async def test_a_view_shows_issued_invoices(meinvoice: MeInvoiceCaller) -> None:
    """Several invoices stand below each other with their numbers; text of the invoice cannot break the page."""
    sales: list[Json] = [invoice(), invoice(BuyerLegalName="<b>A & B</b>")]
    elements = await meinvoice.publish(*sales)
    links = [
        await link(meinvoice, "/invoice/publishview", [element["TransactionID"] for element in elements])
        for _ in range(2)
    ]
    page = await meinvoice.http.get(links[0])
    assert page.text.count("<article>") == 2
    assert "00000002" in page.text
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in page.text
    assert (await meinvoice.http.get(links[1])).status_code == 200
    await meinvoice.move_clock(301)
    assert (await meinvoice.http.get(links[1])).status_code == 404


async def test_a_view_is_asked_for_in_the_companys_name(meinvoice: MeInvoiceCaller) -> None:
    """Open API §7 lists the CompanyTaxCode header: a view without it is refused, a preview (§4) needs none."""
    element = await meinvoice.issue()
    bare = {"Authorization": f"Bearer {meinvoice.token}"}
    told = []
    for path, body in (("publishview", [element["TransactionID"]]), ("unpublishview", invoice())):
        answer = await meinvoice.http.post(f"{API}/invoice/{path}", json=body, headers=bare)
        told.append((answer.status_code, answer.json()["errorCode"]))
    assert told == [(400, "InvalidTaxCode"), (200, None)]


async def test_unknown_lookup_codes_have_no_view(meinvoice: MeInvoiceCaller) -> None:
    """An unknown TransactionID, an empty list and more than 50 ids are refused."""
    answers: list[httpx.Response] = [
        await meinvoice.post("/invoice/publishview", ids) for ids in (["ABC"], [], ["ABC"] * 51)
    ]
    codes = [answer.json()["errorCode"] for answer in answers]
    assert codes == ["InvoiceNotExist", "InvoiceNotExist", "InvoiceQuantityTooLarge"]
