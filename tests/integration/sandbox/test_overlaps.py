"""A request of a series may be sent once the one before it has been answered (Open API §1.6): what is on record."""

import asyncio
import contextlib
import socket

import httpx
import pytest
from sandbox.common import connections
from support.sandbox_callers import API, MeInvoiceCaller
from support.sandboxes import ACCOUNT, TAX_CODE, Json, batch, invoice

HANGS = (
    {"kind": "hang-before", "seconds": 30},
    {"kind": "accept-then-hang", "seconds": 30},
    {"kind": "slow", "seconds": 30},
)


async def processed(meinvoice: MeInvoiceCaller, number: int) -> None:
    """Wait until so many publish requests have been processed."""
    async with asyncio.timeout(30):
        while sum(bool(request["ended_at"]) for request in await meinvoice.requests()) < number:  # noqa: ASYNC110  (the stand-in tells no event)
            await asyncio.sleep(0.01)


async def overlaps(meinvoice: MeInvoiceCaller) -> list[tuple[int, int]]:
    """First and second request."""
    audit = await meinvoice.control("GET", "audit")
    return [(each["first_request"], each["second_request"]) for each in audit["overlaps"]]


@pytest.mark.parametrize("hang", HANGS, ids=lambda each: str(each["kind"]))
async def test_asking_again_while_an_answer_is_out_is_on_record(meinvoice: MeInvoiceCaller, hang: Json) -> None:
    """The caller holds the first connection open and sends the next request on another: an overlap, and no race."""
    await meinvoice.faults({**hang, "count": 1})
    sale = invoice()
    hanging = asyncio.create_task(meinvoice.post("/invoice", batch(sale)))
    await processed(meinvoice, 1)
    requests = await meinvoice.requests()
    told = await meinvoice.publish(invoice(InvSeries="1C26MAB"), sign_type=5)
    assert (told[0]["ErrorCode"], await overlaps(meinvoice)) == (None, [])
    assert (await meinvoice.publish(invoice()))[0]["ErrorCode"] is None
    assert await overlaps(meinvoice) == [(requests[0]["id"], requests[0]["id"] + 2)]
    hanging.cancel()
    with contextlib.suppress(asyncio.CancelledError, httpx.TransportError):
        await hanging


@pytest.mark.parametrize("hang", HANGS, ids=lambda each: str(each["kind"]))
async def test_asking_again_after_hanging_up_is_no_overlap(meinvoice: MeInvoiceCaller, hang: Json) -> None:
    """Whoever closes the connection before it asks again has done so, however soon its next request is there."""
    await meinvoice.faults(hang)
    address = meinvoice.http.base_url
    for number in range(10):
        body = httpx.Request(
            "POST",
            f"{address}{API}/invoice",
            json=batch(invoice()),
            headers={"Authorization": f"Bearer {meinvoice.token}"},
        )
        head = "".join(f"{name}: {value}\r\n" for name, value in body.headers.items())
        _, writer = await asyncio.open_connection(str(address.host), address.port)
        writer.write(f"POST {API}/invoice HTTP/1.1\r\n{head}\r\n".encode() + body.read())
        await writer.drain()
        await processed(meinvoice, number + 1)
        writer.close()
    assert len(await meinvoice.requests()) == 10
    assert await overlaps(meinvoice) == []


async def test_who_has_hung_up_is_gone_before_the_event_loop_has_looked(meinvoice: MeInvoiceCaller) -> None:
    """The socket is asked: a next request that is looked at before the end of the last connection is no overlap."""
    address = meinvoice.http.base_url
    with socket.create_connection((address.host, address.port)) as caller:
        async with asyncio.timeout(5):
            while caller.getsockname() not in connections._open:  # noqa: ASYNC110  # nothing tells of a connection
                await asyncio.sleep(0.01)
        is_there = connections.presence(caller.getsockname())
        assert is_there()
    assert not is_there()


@pytest.mark.parametrize("move", ("clock", "state"))
async def test_moving_the_clock_hides_no_overlap(meinvoice: MeInvoiceCaller, move: str) -> None:
    """A request that is being processed overlaps and races, though clock or state are set back meanwhile."""
    await meinvoice.faults({"kind": "latency", "seconds": 2, "count": 1})
    slow = asyncio.create_task(meinvoice.post("/invoice", batch(invoice())))
    await meinvoice.works()
    if move == "clock":
        await meinvoice.move_clock(60)
    else:
        await meinvoice.control("DELETE", "state")
        await meinvoice.control("PUT", f"accounts/{TAX_CODE}", ACCOUNT)
        await meinvoice.log_in()
    assert (await meinvoice.publish(invoice()))[0]["ErrorCode"] == "InvoiceNumberNotCotinuous"
    assert len(await overlaps(meinvoice)) == 1
    await slow
