"""What look-ups ask meInvoice, what they conclude, and what they must not."""

import base64
import json
import time
from dataclasses import replace
from functools import partial
from uuid import UUID

import httpx
import pytest
from invoicer.adapters.meinvoice_publisher import MeInvoicePublisher
from lanes import outcomes as lane
from lanes.model import Body
from support.played_publisher import (
    TODAY,
    Kept,
    Played,
    intent,
    publisher,
    sent,
    status_answer,
)


async def test_a_look_up_asks_with_the_other_flag_before_it_says_not_found() -> None:
    """A wrong `invoiceWithCode` gives no row and no error."""
    flags: list[str] = []

    def answer(got: httpx.Request) -> httpx.Response:
        flags.append(got.url.params["invoiceWithCode"])
        found = flags[-1] == "false"
        row = {"RefID": str(UUID(int=1)).upper(), "TransactionID": "T1", "InvNo": "00000001", "InvSeries": "1C26TAA"}
        return status_answer([row] if found else [])

    known = await publisher(Played(answer)).look_up([intent(1), intent(2)])
    assert flags == ["true", "false"]
    assert isinstance(known[str(UUID(int=1))], lane.Found)
    assert known[str(UUID(int=2))] == lane.NotFound()


async def test_one_failed_question_keeps_not_found_from_being_concluded() -> None:
    """Only a clear no to both questions is a no."""
    answers = iter((httpx.Response(500), status_answer([])))
    known = await publisher(Played(lambda _: next(answers))).look_up([intent(1)])
    assert isinstance(known[str(UUID(int=1))], lane.Unclear)


@pytest.mark.parametrize("row", ({}, {"message": "x"}, {"Status": "1"}, {"TransactionID": "T1", "InvNo": "00000001"}))
async def test_a_row_that_names_no_invoice_keeps_not_found_from_being_concluded(row: dict[str, str]) -> None:
    """It may be ours: sending again would make a second one."""
    known = await publisher(Played(lambda _: status_answer([row]))).look_up([intent(1)])
    assert isinstance(known[str(UUID(int=1))], lane.Unclear)


async def test_two_invoices_under_one_ref_id_are_for_a_person_to_look_at() -> None:
    """Adopting either would hide the other; the same row twice says nothing new."""
    row = {"RefID": str(UUID(int=1)), "TransactionID": "T1", "InvNo": "00000001", "InvSeries": "1C26TAA"}
    for other, expected in (({"TransactionID": "T2", "InvNo": "00000002"}, lane.Unclear), ({}, lane.Found)):
        told = status_answer([row, {**row, **other}])
        known = await publisher(Played(partial(lambda kept, _: kept, told))).look_up([intent(1)])
        assert isinstance(known[str(UUID(int=1))], expected)


async def test_a_look_up_is_on_record_before_anything_is_adopted() -> None:
    """Under the request it asks about; under none where they are several."""
    kept = Kept()
    asking = MeInvoicePublisher(Played(lambda _: status_answer([])), time.monotonic, 5.0, records=kept)
    await asking.look_up([replace(intent(number), request_id="r7") for number in (1, 2)])
    await asking.look_up([replace(intent(number), request_id=f"r{number}") for number in (1, 2)])
    assert kept.asked_for == ["r7", None]


DOCUMENT = (
    "<HDon><DLHDon><TTChung><KHMSHDon>1</KHMSHDon><KHHDon>C26TAA</KHHDon><SHDon>7</SHDon><NLap>2026-11-19</NLap>"
    "</TTChung><NDHDon><TToan><TgTTTBSo>725000</TgTTTBSo></TToan></NDHDon></DLHDon></HDon>"
)


@pytest.mark.parametrize(
    ("document", "total"), ((DOCUMENT, "725000"), ("", None), (DOCUMENT.replace(">7<", ">8<"), None))
)
async def test_adopting_after_several_bodies_reads_the_document(document: str, total: str | None) -> None:
    """A status tells neither date nor amounts; while the document cannot be read, nothing is concluded."""

    def answer(got: httpx.Request) -> httpx.Response:
        if got.url.path.endswith("/download"):
            data = [{"TransactionID": "T1", "Data": base64.b64encode(document.encode()).decode()}]
            return httpx.Response(200, json={"success": True, "data": json.dumps(data)})
        row = {"RefID": str(UUID(int=1)), "TransactionID": "T1", "InvNo": "00000007", "InvSeries": "1C26TAA"}
        return status_answer([row])

    bodies = tuple(Body(text, TODAY, 1, text) for text in ("first", "second"))
    known = await publisher(Played(answer)).look_up([replace(intent(1), bodies=bodies)])
    found = known[str(UUID(int=1))]
    if total is None:
        assert isinstance(found, lane.Unclear)
    else:
        assert isinstance(found, lane.Found)
        assert (found.result["TotalAmount"], found.result["InvDate"]) == (total, "2026-11-19")


async def test_documents_of_a_whole_request_are_asked_for_at_once() -> None:
    """Thirty invoices of two bodies each: one question for all, so that the look-up ends in its time."""
    numbers, asked = range(1, 31), []

    def answer(got: httpx.Request) -> httpx.Response:
        if got.url.path.endswith("/download"):
            asked.append(json.loads(got.content))
            told = [(f"T{n}", DOCUMENT.replace(">7<", f">{n}<")) for n in numbers]
            data = [{"TransactionID": one, "Data": base64.b64encode(text.encode()).decode()} for one, text in told]
            return httpx.Response(200, json={"success": True, "data": json.dumps(data)})
        rows = [{"RefID": str(UUID(int=n)), "TransactionID": f"T{n}", "InvNo": f"{n:08d}"} for n in numbers]
        return status_answer([row | {"InvSeries": "1C26TAA"} for row in rows])

    bodies = tuple(Body(text, TODAY, 1, text) for text in ("first", "second"))
    known = await publisher(Played(answer)).look_up([replace(intent(n), bodies=bodies) for n in numbers])
    assert asked == [[f"T{n}" for n in numbers]]
    assert all(isinstance(one, lane.Found) and one.result["TotalAmount"] == "725000" for one in known.values())


async def test_a_look_up_tells_what_it_learnt_in_its_time() -> None:
    """One lane's question that hangs takes nothing from what is known of the others."""
    now = 0.0

    def answer(got: httpx.Request) -> httpx.Response:
        nonlocal now
        now += 20.0
        return status_answer([])

    slow = MeInvoicePublisher(Played(answer), lambda: now, 5.0, records=Kept(), look_up_seconds=27.0)
    one, other = intent(1), intent(2, shop="other")
    known = await slow.look_up([one, other])
    assert known == {one.ref_id: lane.NotFound(), other.ref_id: lane.Unclear("no time was left to ask")}


async def test_a_duplicate_after_a_changed_body_is_looked_up() -> None:
    """The vendor names the invoice that exists, not which of the bodies it was: its amounts may be the other's."""
    element = {"RefID": str(UUID(int=1)), "TransactionID": "T1", "InvNo": "00000007"}
    duplicate = {**element, "ErrorCode": "DuplicateInvoiceRefID"}

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"success": True, "publishInvoiceResult": json.dumps([duplicate])})

    for texts, expected in ((("first",), lane.Issued), (("first", "second"), lane.Unknown)):
        one = replace(intent(1), bodies=tuple(Body(text, TODAY, 1, text) for text in texts))
        answered = await sent(answer, one)
        assert isinstance(answered.by_ref_id[str(UUID(int=1))], expected)
