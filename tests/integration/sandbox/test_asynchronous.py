"""SignType 3 and 6: accepted at once, issued later, found by status."""

import contextlib
import json

import httpx
import pytest
from support.sandbox_callers import MeInvoiceCaller, SignToolCaller
from support.sandboxes import Json, batch, invoice


def register(**fields: object) -> Json:
    """A cash-register invoice."""
    return invoice(InvSeries="1C26MAB", IsInvoiceCalculatingMachine=True, **fields)


@pytest.mark.parametrize("sign_type", (3, 6))
async def test_invoices_are_accepted_and_issued_later(meinvoice: MeInvoiceCaller, sign_type: int) -> None:
    """The elements carry neither number nor error; after the delay status finds the invoices, in order."""
    await meinvoice.options(asynchronous_delay_seconds=60)
    sales = [register() if sign_type == 6 else invoice() for _ in range(2)]
    elements = await meinvoice.publish(*sales, sign_type=sign_type)
    told = [(each["RefID"], each["InvNo"], each["TransactionID"], each["ErrorCode"]) for each in elements]
    assert told == [(sale["RefID"], None, None, None) for sale in sales]
    ids = [sale["RefID"] for sale in sales]
    assert await meinvoice.status(*ids, register=sign_type == 6) == []
    audit = await meinvoice.control("GET", "audit")
    assert [(each["ref_id"], each["lost"]) for each in audit["accepted"]] == [(each, None) for each in ids]
    await meinvoice.move_clock(61)
    rows = {row["RefID"]: row["InvNo"] for row in await meinvoice.status(*ids, register=sign_type == 6)}
    assert [rows[each] for each in ids] == ["00000001", "00000002"]
    assert (await meinvoice.control("GET", "audit"))["accepted"] == []


@pytest.mark.parametrize(("kind", "lookup_code"), (("with-lookup-code", True), ("none", None)))
async def test_the_answer_may_say_more_or_nothing(
    meinvoice: MeInvoiceCaller, kind: str, lookup_code: bool | None
) -> None:
    """As options the elements carry the lookup code, which proves right later, or there are no elements."""
    await meinvoice.options(asynchronous_answer=kind, asynchronous_delay_seconds=0)
    sale = invoice()
    answer = (await meinvoice.post("/invoice", batch(sale, sign_type=3))).json()
    assert answer["success"] is True
    row = (await meinvoice.status(sale["RefID"]))[0]
    if lookup_code is None:
        assert answer["publishInvoiceResult"] is None
    else:
        assert json.loads(answer["publishInvoiceResult"])[0]["TransactionID"] == row["TransactionID"]


async def test_mail_is_sent_when_the_invoice_is_issued(meinvoice: MeInvoiceCaller) -> None:
    """`IsSendEmail` (Open API §13.3) waits with its invoice, and knows its lookup code."""
    await meinvoice.options(asynchronous_delay_seconds=60)
    sales = [invoice(IsSendEmail=True, ReceiverEmail="a@b.vn"), invoice(ReceiverEmail="c@d.vn")]
    await meinvoice.publish(*sales, sign_type=3)
    assert (await meinvoice.control("GET", "outbox"))["outbox"] == []
    await meinvoice.move_clock(61)
    row = (await meinvoice.status(sales[0]["RefID"]))[0]
    kept = (await meinvoice.control("GET", "outbox"))["outbox"]
    assert [(each["transaction_id"], each["receiver_email"]) for each in kept] == [(row["TransactionID"], "a@b.vn")]


async def test_content_is_checked_before_accepting(meinvoice: MeInvoiceCaller) -> None:
    """A wrong invoice is refused at once, the others are accepted; refusals are told even without elements."""
    await meinvoice.options(asynchronous_answer="none")
    elements = await meinvoice.publish(invoice(TotalAmount=1), invoice(), sign_type=3)
    assert [each["ErrorCode"] for each in elements] == ["Invalid_[Invoice.TotalAmount]", None]


async def test_a_waiting_reference_is_a_duplicate(meinvoice: MeInvoiceCaller) -> None:
    """Sent again before it is issued it is refused without a number, afterwards with the number: one invoice."""
    await meinvoice.options(asynchronous_delay_seconds=60)
    sale = invoice()
    await meinvoice.publish(sale, sign_type=3)
    waiting = (await meinvoice.publish(sale, sign_type=3))[0]
    assert (waiting["ErrorCode"], waiting["InvNo"]) == ("DuplicateInvoiceRefID", None)
    await meinvoice.move_clock(61)
    issued = (await meinvoice.publish(sale, sign_type=3))[0]
    assert (issued["ErrorCode"], issued["InvNo"]) == ("DuplicateInvoiceRefID", "00000001")
    assert (await meinvoice.control("GET", "audit"))["invoices"] == 1


async def test_a_waiting_reference_is_a_duplicate_for_a_token_too(
    meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller
) -> None:
    """Neither step of SignType 1 takes a RefID that waits: it is issued once, when it falls due."""
    await meinvoice.options(asynchronous_delay_seconds=60)
    sale = invoice()
    entry = await sign_tool.signed((await meinvoice.create(sale))[0])
    await meinvoice.publish(sale, sign_type=3)
    told = [*await meinvoice.create(sale), *await meinvoice.publish_signed(entry)]
    assert [(each["ErrorCode"], each["InvNo"]) for each in told] == [("DuplicateInvoiceRefID", None)] * 2
    await meinvoice.move_clock(61)
    audit = await meinvoice.control("GET", "audit")
    assert (audit["invoices"], audit["accepted"]) == (1, [])


async def test_a_waiting_reference_needs_no_licence_again(meinvoice: MeInvoiceCaller) -> None:
    """With the licence used up, a RefID that waits is a duplicate as an issued one is; the request is not refused."""
    await meinvoice.account(licence=1)
    await meinvoice.options(asynchronous_delay_seconds=60)
    sale = invoice()
    await meinvoice.publish(sale, sign_type=3)
    assert (await meinvoice.publish(sale, sign_type=3))[0]["ErrorCode"] == "DuplicateInvoiceRefID"


@pytest.mark.parametrize(("one", "numbers"), ((False, []), (True, ["00000001"])))
async def test_some_never_come(meinvoice: MeInvoiceCaller, one: bool, numbers: list[str]) -> None:
    """Accepted and lost: all of a request, or the one named; no gap is left, and it may be sent again."""
    await meinvoice.options(asynchronous_delay_seconds=0)
    lost, other = invoice(), invoice()
    await meinvoice.faults({"kind": "asynchronous-never"} | ({"ref_id": lost["RefID"]} if one else {}))
    await meinvoice.publish(lost, other, sign_type=3)
    rows = await meinvoice.status(lost["RefID"], other["RefID"])
    assert [row["InvNo"] for row in rows] == numbers
    assert (await meinvoice.control("GET", "audit"))["accepted"][0]["lost"] == "asynchronous-never"
    await meinvoice.control("DELETE", "faults")
    await meinvoice.publish(lost, sign_type=3)
    assert len(await meinvoice.status(lost["RefID"])) == 1
    audit = await meinvoice.control("GET", "audit")
    assert (audit["gaps"], audit["issued_twice"]) == ([], [])


async def test_one_request_may_take_longer(meinvoice: MeInvoiceCaller) -> None:
    """A fault holds back one request; what is accepted after it is issued before it."""
    await meinvoice.options(asynchronous_delay_seconds=0)
    await meinvoice.faults({"kind": "asynchronous-slow", "seconds": 60, "count": 1})
    slow, quick = invoice(), invoice()
    await meinvoice.publish(slow, sign_type=3)
    await meinvoice.publish(quick, sign_type=3)
    await meinvoice.move_clock(61)
    rows = {row["RefID"]: row["InvNo"] for row in await meinvoice.status(slow["RefID"], quick["RefID"])}
    assert (rows[quick["RefID"]], rows[slow["RefID"]]) == ("00000001", "00000002")
    audit = await meinvoice.control("GET", "audit")
    assert [(each["ref_id"], each["overtaken_by"]) for each in audit["order"]] == [(slow["RefID"], quick["RefID"])]


async def test_what_no_longer_fits_is_lost(meinvoice: MeInvoiceCaller) -> None:
    """If meanwhile a later date has been issued, the accepted invoice never comes, and why is on record."""
    await meinvoice.options(asynchronous_delay_seconds=60)
    await meinvoice.publish(invoice(), sign_type=3)
    await meinvoice.issue(InvDate="2026-03-17")
    await meinvoice.move_clock(61)
    audit = await meinvoice.control("GET", "audit")
    assert [each["lost"] for each in audit["accepted"]] == ["InvalidInvoiceDate"]
    assert (audit["invoices"], audit["date_inversions"]) == (1, [])


@pytest.mark.parametrize("kind", ("accept-then-reset", "accept-then-500", "garbage", "500-before", "429"))
async def test_lost_answers_are_found_by_status(meinvoice: MeInvoiceCaller, kind: str) -> None:
    """Whether an asynchronous request whose answer was lost has been accepted shows in status alone."""
    await meinvoice.options(asynchronous_delay_seconds=0)
    await meinvoice.faults({"kind": kind, "path": "*/invoice", "count": 1})
    sale = invoice()
    with contextlib.suppress(httpx.TransportError):
        await meinvoice.post("/invoice", batch(sale, sign_type=3))
    assert len(await meinvoice.status(sale["RefID"])) == (kind not in {"500-before", "429"})
