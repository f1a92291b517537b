"""Every fault with every way of publishing, and what status and audit say afterwards."""

import contextlib
import json
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest
from support.sandbox_callers import MeInvoiceCaller, SignToolCaller, signed_batch
from support.sandboxes import Json, batch, invoice

Publish = Callable[[Json], Awaitable[httpx.Response]]

PROCESSED = (
    {"kind": "accept-then-hang", "seconds": 0.05},
    {"kind": "accept-then-reset"},
    {"kind": "accept-then-500"},
    {"kind": "garbage"},
    {"kind": "partial"},
    {"kind": "slow", "seconds": 0.1},
    {"kind": "delayed-visibility", "seconds": 0},
    {"kind": "element-missing"},
    {"kind": "element-twice"},
    {"kind": "element-without-number"},
    {"kind": "accept-then-refuse", "code": "Exception"},
    {"kind": "verdict-refused"},
    {"kind": "verdict-error"},
    {"kind": "latency", "seconds": 0.05},
)
NOT_PROCESSED = (
    {"kind": "hang-before", "seconds": 0.05},
    {"kind": "reset-before"},
    {"kind": "500-before"},
    {"kind": "429"},
    {"kind": "401"},
    {"kind": "token-expired"},
    {"kind": "token-invalid"},
    {"kind": "licence-used-up"},
    {"kind": "number-race"},
    {"kind": "refuse", "code": "CreateInvoiceDataError"},
    {"kind": "refuse-all", "code": "LicenseInfo_Expired"},
)


@pytest.fixture
async def ways(meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller) -> dict[str, Publish]:
    """How an invoice can be published: at once, signed outside, or for later."""
    await meinvoice.options(asynchronous_delay_seconds=0)

    async def signed(sale: Json) -> httpx.Response:
        entry = await sign_tool.signed((await meinvoice.create(sale))[0])
        return await meinvoice.post("/invoice", signed_batch(entry))

    return {
        "at-once": lambda sale: meinvoice.post("/invoice", batch(sale)),
        "signed": signed,
        "later": lambda sale: meinvoice.post("/invoice", batch(sale, sign_type=3)),
    }


@pytest.mark.parametrize("way", ("at-once", "signed", "later"))
@pytest.mark.parametrize(
    ("rule", "issued"),
    [(rule, 1) for rule in PROCESSED] + [(rule, 0) for rule in NOT_PROCESSED],
    ids=lambda each: each["kind"] if isinstance(each, dict) else str(each),
)
async def test_a_fault_means_the_same_for_every_way(
    meinvoice: MeInvoiceCaller, ways: dict[str, Publish], way: str, rule: Json, issued: int
) -> None:
    """Whatever the answer, the invoice was issued or it was not; published again there is one, without gap."""
    await meinvoice.faults({**rule, "action": "publish", "count": 1})
    sale = invoice()
    with contextlib.suppress(httpx.TransportError):
        await ways[way](sale)
    assert (await meinvoice.control("GET", "faults"))["rules"][0]["applied"] == 1
    assert len(await meinvoice.status(sale["RefID"])) == issued
    await ways["at-once"](sale)
    assert len(await meinvoice.status(sale["RefID"])) == 1
    audit = await meinvoice.control("GET", "audit")
    told = [audit[name] for name in ("invoices", "issued_twice", "gaps", "overlaps", "date_inversions", "order")]
    assert told == [1, [], [], [], [], []]


async def test_half_an_answer(meinvoice: MeInvoiceCaller) -> None:
    """The head promises a body of which half arrives before the connection breaks."""
    await meinvoice.faults({"kind": "partial"})
    got: list[bytes] = []
    headers = {"Authorization": f"Bearer {meinvoice.token}"}
    body = batch(invoice())
    async with meinvoice.http.stream("POST", "/api/integration/invoice", json=body, headers=headers) as answer:
        with pytest.raises(httpx.TransportError):
            got.extend([part async for part in answer.aiter_raw()])
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) > 0
    with pytest.raises(httpx.TransportError):
        await meinvoice.post("/invoice", batch(invoice()))


async def test_a_slow_answer_trickles(meinvoice: MeInvoiceCaller) -> None:
    """The answer is whole, and takes its time in many pieces: a timeout per read does not end it."""
    await meinvoice.faults({"kind": "slow", "seconds": 0.6})
    started = time.monotonic()
    answer = await meinvoice.http.post(
        "/api/integration/invoice",
        json=batch(invoice()),
        headers={"Authorization": f"Bearer {meinvoice.token}"},
        timeout=0.4,
    )
    assert time.monotonic() - started >= 0.6
    assert json.loads(answer.json()["publishInvoiceResult"])[0]["InvNo"] == "00000001"


@pytest.mark.parametrize(
    ("rule", "told"),
    (
        ({"kind": "status-empty"}, []),
        ({"kind": "status-unclear"}, [(0, None, None)]),
    ),
)
async def test_status_may_be_unclear(meinvoice: MeInvoiceCaller, rule: Json, told: list[object]) -> None:
    """Status may find nothing, or rows that say nothing; then it is clear again."""
    element = await meinvoice.issue()
    await meinvoice.faults({**rule, "path": "*/status", "count": 1})
    rows = await meinvoice.status(element["RefID"])
    assert [(row["PublishStatus"], row["InvNo"], row["TransactionID"]) for row in rows] == told
    assert (await meinvoice.status(element["RefID"]))[0]["InvNo"] == "00000001"


@pytest.mark.parametrize(
    ("rule", "status"),
    (
        ({"kind": "500-before"}, 500),
        ({"kind": "accept-then-500", "status": 503}, 503),
        ({"kind": "garbage", "body": "[]"}, 200),
        ({"kind": "429"}, 429),
        ({"kind": "token-expired"}, 401),
        ({"kind": "refuse-all", "code": "Exception"}, 400),
    ),
)
@pytest.mark.parametrize("path", ("status?inputType=2&invoiceWithCode=true", "download?downloadDataType=xml"))
async def test_look_ups_fail_too(meinvoice: MeInvoiceCaller, path: str, rule: Json, status: int) -> None:
    """Faults hit status and download as they hit publishing."""
    await meinvoice.faults({**rule, "path": f"*/{path.partition('?')[0]}"})
    answer = await meinvoice.post(f"/invoice/{path}", ["x"])
    assert answer.status_code == status
    if rule["kind"] == "garbage":
        assert answer.text == "[]"


async def test_the_token_call_can_be_refused(meinvoice: MeInvoiceCaller) -> None:
    """A refusal with any code reaches the token call in its own envelope."""
    await meinvoice.faults({"kind": "refuse-all", "code": "InActiveAppID", "path": "*/auth/token"})
    answer = await meinvoice.http.post("/api/integration/auth/token", json={})
    assert (answer.status_code, answer.json()["ErrorCode"]) == (400, "InActiveAppID")


async def test_faults_tell_creating_from_publishing(meinvoice: MeInvoiceCaller, sign_tool: SignToolCaller) -> None:
    """`action` restricts a fault to one of the two uses of SignType 1's path."""
    await meinvoice.faults({"kind": "500-before", "action": "create", "count": 1})
    sale = invoice()
    assert (await meinvoice.post("/invoice", batch(sale, sign_type=1))).status_code == 500
    entry = await sign_tool.signed((await meinvoice.create(sale))[0])
    assert (await meinvoice.publish_signed(entry))[0]["ErrorCode"] is None
