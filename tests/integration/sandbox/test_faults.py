"""Each fault as a client meets it, and what has become of the invoice."""

import asyncio
import json
import socket

import httpx
import pytest
from sandbox.common import connections
from support.sandbox_callers import API, MeInvoiceCaller
from support.sandboxes import ACCOUNT, TAX_CODE, Json, batch, invoice


async def issued(meinvoice: MeInvoiceCaller) -> int:
    """How many invoices there are."""
    return int((await meinvoice.control("GET", "audit"))["invoices"])


@pytest.mark.parametrize(("kind", "count"), (("hang-before", 0), ("accept-then-hang", 1), ("latency", 1)), ids=str)
async def test_a_caller_may_wait_in_vain(meinvoice: MeInvoiceCaller, kind: str, count: int) -> None:
    """The caller's timeout ends the wait; with hang-before nothing was issued, otherwise it was or still will be."""
    await meinvoice.faults({"kind": kind, "path": "*/invoice", "seconds": 0.6, "count": 1})
    with pytest.raises(httpx.TimeoutException):
        await meinvoice.http.post(
            f"{API}/invoice",
            json=batch(invoice()),
            headers={"Authorization": f"Bearer {meinvoice.token}"},
            timeout=0.3,
        )
    async with asyncio.timeout(5):
        while await issued(meinvoice) != count:  # noqa: ASYNC110  # only the control API tells
            await asyncio.sleep(0.02)
    if kind != "latency":  # the hung request does not keep its series busy
        assert (await meinvoice.publish(invoice()))[0]["ErrorCode"] is None
        assert (await meinvoice.control("GET", "audit"))["overlaps"] == []


@pytest.mark.parametrize(
    ("kind", "count"), (("reset-before", 0), ("accept-then-reset", 1), ("hang-before", 0), ("accept-then-hang", 1))
)
async def test_a_connection_may_break(meinvoice: MeInvoiceCaller, kind: str, count: int) -> None:
    """A reset, or the end of a hang, breaks the connection without an answer."""
    await meinvoice.faults({"kind": kind, "path": "*/invoice", "seconds": 0.05})
    with pytest.raises(httpx.TransportError):
        await meinvoice.post("/invoice", batch(invoice()))
    assert await issued(meinvoice) == count


@pytest.mark.parametrize(
    ("rule", "status", "count"),
    (
        ({"kind": "500-before", "status": 502}, 502, 0),
        ({"kind": "accept-then-500"}, 500, 1),
        ({"kind": "garbage"}, 200, 1),
        ({"kind": "429", "retry_after": "1.5"}, 429, 0),
        ({"kind": "401"}, 401, 0),
        ({"kind": "token-expired"}, 401, 0),
        ({"kind": "token-invalid"}, 401, 0),
        ({"kind": "licence-used-up"}, 400, 0),
        ({"kind": "number-race"}, 200, 0),
    ),
)
async def test_answers_may_mislead(meinvoice: MeInvoiceCaller, rule: Json, status: int, count: int) -> None:
    """The status says one thing, the record another: errors after issuing, errors before it, unreadable bodies."""
    await meinvoice.faults({**rule, "path": "*/invoice"})
    answer = await meinvoice.post("/invoice", batch(invoice()))
    assert (answer.status_code, await issued(meinvoice)) == (status, count)
    if rule["kind"] == "garbage":
        with pytest.raises(json.JSONDecodeError):
            answer.json()
    assert answer.headers.get("retry-after") == rule.get("retry_after")


@pytest.mark.parametrize(
    ("kind", "elements"), (("element-missing", 1), ("element-twice", 3), ("element-without-number", 2))
)
async def test_elements_may_be_wrong(meinvoice: MeInvoiceCaller, kind: str, elements: int) -> None:
    """Two invoices are issued, whatever the answer shows of them."""
    await meinvoice.faults({"kind": kind, "path": "*/invoice"})
    told = await meinvoice.publish(invoice(), invoice())
    assert len(told) == elements
    assert (kind == "element-without-number") == (told[-1]["InvNo"] is None)
    assert await issued(meinvoice) == 2


async def test_a_fault_waits_for_what_it_can_affect(meinvoice: MeInvoiceCaller) -> None:
    """A number race without any condition is not spent on a look-up: the next publish request meets it."""
    await meinvoice.faults({"kind": "number-race", "count": 1})
    sale = invoice()
    assert await meinvoice.status(sale["RefID"]) == []
    assert (await meinvoice.control("GET", "faults"))["rules"][0]["applied"] == 0
    assert [(await meinvoice.publish(sale))[0]["ErrorCode"] for _ in range(2)] == ["InvoiceNumberNotCotinuous", None]


async def test_the_record_names_the_fault_that_had_an_effect(meinvoice: MeInvoiceCaller) -> None:
    """An unprocessed request is not on record as accepted; the fault that lost has its turn with the next."""
    await meinvoice.faults({"kind": "accept-then-500", "count": 1}, {"kind": "500-before", "status": 502, "count": 1})
    statuses = [(await meinvoice.post("/invoice", batch(invoice()))).status_code for _ in range(3)]
    requests = (await meinvoice.control("GET", "requests"))["requests"]
    assert statuses == [502, 500, 200]
    assert [request["faults"] for request in requests] == [["500-before"], ["accept-then-500"], []]
    assert await issued(meinvoice) == 2


async def test_status_may_lag(meinvoice: MeInvoiceCaller) -> None:
    """An invoice issued under delayed visibility shows only later."""
    await meinvoice.faults({"kind": "delayed-visibility", "path": "*/invoice", "seconds": 100})
    sale = invoice()
    await meinvoice.publish(sale)
    assert await meinvoice.status(sale["RefID"]) == []
    await meinvoice.control("PUT", "clock", {"offset_seconds": 101})
    assert len(await meinvoice.status(sale["RefID"])) == 1


async def test_a_fault_hits_one_company_only(meinvoice: MeInvoiceCaller) -> None:
    """A rule with a tax code leaves other companies alone, and its counters can be read."""
    await meinvoice.control("PUT", "accounts/2222222222", ACCOUNT | {"username": "b"})
    await meinvoice.faults({"kind": "500-before", "tax_code": "2222222222"})
    assert (await meinvoice.publish(invoice()))[0]["ErrorCode"] is None
    login = {"appid": "app", "taxcode": "2222222222", "username": "b", "password": "mat-khau"}
    assert (await meinvoice.http.post(f"{API}/auth/token", json=login)).status_code == 500
    assert (await meinvoice.control("GET", "faults"))["rules"][0]["applied"] == 1
    await meinvoice.control("DELETE", "faults")
    assert (await meinvoice.http.post(f"{API}/auth/token", json=login)).status_code == 200
    assert TAX_CODE in {each["tax_code"] for each in (await meinvoice.control("GET", "accounts"))["accounts"]}


async def test_the_steady_latency_is_a_floor(meinvoice: MeInvoiceCaller) -> None:
    """No answer comes sooner than the latency, which keeps its series busy: a second request meanwhile races."""
    await meinvoice.publish(invoice())
    await meinvoice.control("PUT", "options", {"latency_seconds": 0.25})
    loop = asyncio.get_running_loop()
    for size in (1, 30):
        started = loop.time()
        await meinvoice.publish(*(invoice() for _ in range(size)))
        assert loop.time() - started >= 0.25
    answers = await asyncio.gather(meinvoice.publish(invoice()), meinvoice.publish(invoice()))
    assert sorted(str(each["ErrorCode"]) for answer in answers for each in answer) == [
        "InvoiceNumberNotCotinuous",
        "None",
    ]


async def test_answers_are_not_held_back_by_the_socket(meinvoice: MeInvoiceCaller) -> None:
    """The served connection is without Nagle's algorithm, which would hold small answers back for 40 ms."""
    await meinvoice.http.get("/livez")
    sockets = [transport.get_extra_info("socket") for transport in connections._open.values()]
    assert sockets
    assert all(each.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for each in sockets)
