"""How a publish request is sent: deadlines, tokens, what the observer is told."""

import asyncio
import json
from typing import cast

import httpx
import pytest
from meinvoice.answers import (
    Answered,
    NotSent,
    Unknown,
    WholeRefusal,
)
from meinvoice.client import MeInvoiceClient
from meinvoice.exchanges import Exchange
from meinvoice.limits import LimitError
from meinvoice.tokens import FixedToken, TokenUnavailableError
from meinvoice.transport import HoldBackError, Transport
from pydantic import SecretStr
from support.publish_calls import INVOICES, Handler, Tokens, answering, client_of
from typing_extensions import override


async def test_a_call_cut_by_a_shutdown_is_told_to_the_observer() -> None:
    """A request that may have left must be on record although nobody waits for its answer any more."""
    exchanges: list[Exchange] = []
    left = asyncio.Event()

    async def vendor(_: httpx.Request) -> httpx.Response:
        left.set()
        await asyncio.sleep(3600)
        raise AssertionError("never answered")

    client = client_of(cast("Handler", vendor), exchanges)
    call = asyncio.create_task(client.publish(2, INVOICES, deadline_seconds=60))
    await left.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert [(each.path, each.status, each.error) for each in exchanges] == [
        ("/invoice", None, "the caller stopped waiting for the answer")
    ]


async def test_refused_token_is_renewed_once() -> None:
    """Trap: an expired token makes a storm of logins: renewed once, the identical body again; then it is the answer."""
    tokens, bodies = Tokens(), []

    def vendor(request: httpx.Request) -> httpx.Response:
        bodies.append((request.headers["Authorization"], request.content))
        return answering("token_refused")(request)

    answer = await client_of(vendor, tokens=tokens).publish(2, INVOICES, deadline_seconds=5)
    assert isinstance(answer, WholeRefusal)
    assert tokens.renewed == ["t1"]
    assert [header for header, _ in bodies] == ["Bearer t1", "Bearer t2"]
    assert bodies[0][1] == bodies[1][1]


async def test_nothing_is_repeated_with_the_token_that_was_refused() -> None:
    """A provider that has no other token gives the same: asking again with it would only be refused again."""
    asked: list[httpx.Request] = []

    def vendor(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answering("token_refused")(request)

    http = httpx.AsyncClient(transport=httpx.MockTransport(vendor))
    client = MeInvoiceClient(Transport(http, "https://v.test"), tax_code="1", tokens=FixedToken(SecretStr("t1")))
    assert isinstance(await client.publish(2, INVOICES, deadline_seconds=5), WholeRefusal)
    assert len(asked) == 1


async def test_extra_headers_go_with_every_request() -> None:
    """The newer portal's application identity travels so."""
    asked: list[httpx.Request] = []

    def vendor(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answering("issued_string")(request)

    http = httpx.AsyncClient(transport=httpx.MockTransport(vendor))
    tokens = FixedToken(SecretStr("t1"))
    transport = Transport(http, "https://v.test")
    client = MeInvoiceClient(transport, tax_code="1", tokens=tokens, extra_headers={"ClientID": "c"})
    await client.publish(2, INVOICES, deadline_seconds=5)
    await client.templates(invoice_with_code=True)
    assert [request.headers["ClientID"] for request in asked] == ["c", "c"]
    assert [request.headers["Authorization"] for request in asked] == ["Bearer t1", "Bearer t1"]


async def test_wrong_password_does_not_renew() -> None:
    """A refused login is not cured by asking for more tokens."""
    tokens = Tokens()
    body = json.dumps({"success": False, "errorCode": "UnAuthorize", "errors": ["MisaIdError"]})
    answer = await client_of(lambda _: httpx.Response(400, text=body), tokens=tokens).publish(
        2, INVOICES, deadline_seconds=5
    )
    assert isinstance(answer, WholeRefusal)
    assert answer.meaning.code == "MisaIdError"
    assert tokens.renewed == []


async def test_no_token_means_not_sent() -> None:
    """When no token can be had nothing was sent; the vendor's refusal of the login is told as it is."""

    class NoTokens(Tokens):
        @override
        async def get(self) -> SecretStr:
            raise TokenUnavailableError(Unknown("HTTP 500"))

    answer = await client_of(answering("issued_string"), tokens=NoTokens()).publish(2, INVOICES, deadline_seconds=5)
    assert answer == NotSent("HTTP 500")


async def test_a_token_that_comes_too_late_means_not_sent() -> None:
    """The refusal was definite: nothing was done. The login goes on, so that the next call finds its token."""
    waited, came = asyncio.Event(), asyncio.Event()

    class Slow(Tokens):
        @override
        async def renew(self, refused_token: SecretStr) -> SecretStr:
            await waited.wait()
            came.set()
            return await super().renew(refused_token)

    answer = await client_of(answering("token_refused"), tokens=Slow()).publish(2, INVOICES, deadline_seconds=1)
    assert isinstance(answer, NotSent)
    waited.set()
    await asyncio.wait_for(came.wait(), 30)


@pytest.mark.parametrize(("name", "calls"), (("get", 0), ("renew", 1)))
async def test_a_token_provider_that_fails_means_not_sent(name: str, calls: int) -> None:
    """A database that is away keeps the token away: nothing was done, and the caller tries again later."""
    asked: list[httpx.Request] = []

    def vendor(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answering("token_refused")(request)

    async def away(*_: object) -> SecretStr:
        raise OSError("mongodb://user:pa55@host is away")

    tokens = Tokens()
    setattr(tokens, name, away)
    answer = await client_of(vendor, tokens=tokens).publish(2, INVOICES, deadline_seconds=5)
    assert answer == NotSent("no token could be had: OSError")
    assert len(asked) == calls


async def test_held_back_before_the_first_byte() -> None:
    """A lease that is too short keeps the request from being sent."""
    calls: list[httpx.Request] = []

    def vendor(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return httpx.Response(200)

    def too_late() -> None:
        raise HoldBackError("the lease is about to end")

    answer = await client_of(vendor).publish(2, INVOICES, deadline_seconds=5, before_first_byte=too_late)
    assert answer == NotSent("the lease is about to end")
    assert calls == []


@pytest.mark.parametrize("invoices", ((), INVOICES + INVOICES, ("{}",), ("nonsense",), INVOICES[:1] * 31))
async def test_impossible_requests_are_refused_at_once(invoices: tuple[str, ...]) -> None:
    """Nothing, a RefID twice, no RefID or more than 30 never reach the vendor."""
    with pytest.raises(LimitError):
        await client_of(answering("issued_string")).publish(2, invoices, deadline_seconds=5)


async def test_deadline_is_hard() -> None:
    """Trap: a call that outlasts its lease; the deadline is hard, a vendor that never answers leaves it unknown."""

    async def hang(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    http = httpx.AsyncClient(transport=httpx.MockTransport(hang))
    client = MeInvoiceClient(Transport(http, "https://v.test"), tax_code="1", tokens=FixedToken(SecretStr("t")))
    assert isinstance(await client.publish(2, INVOICES, deadline_seconds=0.05), Unknown)


async def test_failing_observer_changes_nothing() -> None:
    """The outcome does not depend on whether the log could be written."""

    async def broken(_: Exchange) -> None:
        raise RuntimeError

    http = httpx.AsyncClient(transport=httpx.MockTransport(answering("issued_string")))
    transport = Transport(http, "https://v.test", observe=broken)
    client = MeInvoiceClient(transport, tax_code="1", tokens=FixedToken(SecretStr("t")))
    assert isinstance(await client.publish(2, INVOICES, deadline_seconds=5), Answered)
