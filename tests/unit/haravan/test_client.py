"""Calls of Haravan's API."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from haravan.client import HaravanClient
from haravan.errors import (
    BadAnswerError,
    ForbiddenError,
    HaravanError,
    InvalidError,
    NotFoundError,
    TooManyRequestsError,
    UnauthorizedError,
    UnavailableError,
)
from haravan.exchanges import Exchange
from haravan.transport import Transport, message_of, new_http_client
from pydantic import SecretStr

DATA = Path(__file__).parents[2] / "data" / "haravan"
Handler = Callable[[httpx.Request], httpx.Response]


def payload(name: str) -> str:
    """A recorded answer."""
    return (DATA / f"{name}.json").read_text()


class Shop:
    """A client whose vendor answers from a list, then with the last one; sleeping takes no time."""

    def __init__(self, *answers: httpx.Response | httpx.HTTPError) -> None:
        """Answer in this order."""
        self.requests: list[httpx.Request] = []
        self.exchanges: list[Exchange] = []
        self.slept: list[float] = []
        self.now = 0.0
        self._answers = list(answers)
        self.client = HaravanClient(
            Transport(
                new_http_client(httpx.MockTransport(self._answer)),
                "https://apis.haravan.test/",
                SecretStr("tok"),
                observe=self._observe,
                sleep=self._sleep,
                monotonic=lambda: self.now,
            )
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, httpx.HTTPError):
            raise answer
        return answer

    async def _observe(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def ok(name: str, **headers: str) -> httpx.Response:
    """A good answer."""
    return httpx.Response(200, text=payload(name), headers=headers)


async def test_order_is_read_with_exact_numbers() -> None:
    """Amounts are Decimals as written; the token goes in the header and nowhere else."""
    shop = Shop(ok("order"))
    order = await shop.client.order(1849587434)
    assert order["total_price"] == Decimal("600000.0000")
    assert shop.requests[0].url == "https://apis.haravan.test/com/orders/1849587434.json"
    assert shop.requests[0].headers["Authorization"] == "Bearer tok"
    assert "tok" not in repr(shop.exchanges).replace("tokens", "")


async def test_a_call_cut_by_a_shutdown_is_told_to_the_observer() -> None:
    """A write that may have left must be on record although nobody waits for its answer any more."""
    shop, left = Shop(ok("order")), asyncio.Event()

    async def hang(_: httpx.Request) -> httpx.Response:
        left.set()
        await asyncio.sleep(3600)
        raise AssertionError("never answered")

    http = new_http_client(httpx.MockTransport(hang))
    told = Transport(http, "https://apis.haravan.test/", SecretStr("tok"), observe=shop._observe)
    client = HaravanClient(told)
    call = asyncio.create_task(client.order(1849587434))
    await left.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert [(each.status, each.error) for each in shop.exchanges] == [
        (None, "the caller stopped waiting for the answer")
    ]


async def test_orders_are_asked_as_the_vendor_reads_times() -> None:
    """Every status, at most 50 a page, times on Vietnam's clock without a zone."""
    shop = Shop(ok("orders"))
    since = datetime(2026, 8, 24, 0, 0, tzinfo=UTC)
    assert len(await shop.client.orders(updated_at_min=since, limit=250, since_id=3)) == 1
    params = dict(shop.requests[0].url.params)
    assert params["status"] == "any"
    assert params["limit"] == "50"
    assert params["updated_at_min"] == "2026-08-24T07:00:00"
    assert params["since_id"] == "3"


async def test_naive_times_are_refused() -> None:
    """A time without a zone would silently shift by seven hours."""
    with pytest.raises(ValueError, match="zone"):
        await Shop(ok("orders")).client.orders(updated_at_min=datetime(2026, 8, 24))  # noqa: DTZ001 (the point)


async def test_count_shop_and_money() -> None:
    """The other readers unwrap their envelopes."""
    assert await Shop(httpx.Response(200, text='{"count": 12}')).client.count_orders() == 12
    assert (await Shop(ok("shop")).client.shop())["id"] == 1000114691
    assert (await Shop(ok("transactions")).client.transactions(1))[0]["amount"] == Decimal("600000.0")
    assert await Shop(httpx.Response(200, text='{"refunds": []}')).client.refunds(1) == []
    assert await Shop(httpx.Response(200, text='{"locations": []}')).client.locations() == []


async def test_writing() -> None:
    """Attributes are put as a whole, tags added and removed with a body."""
    shop = Shop(ok("order"), ok("order"), httpx.Response(200, text='{"tags":"VIP,a"}'))
    await shop.client.put_note_attributes(5, [{"name": "Số hóa đơn", "value": "00000001"}])
    assert json.loads(shop.requests[0].content) == {
        "order": {"id": 5, "note_attributes": [{"name": "Số hóa đơn", "value": "00000001"}]}
    }
    await shop.client.put_note(5, "ghi chú")
    assert await shop.client.add_tags(5, ["a", "b"]) == "VIP,a"
    await shop.client.remove_tags(5, ["a"])
    assert [request.method for request in shop.requests] == ["PUT", "PUT", "POST", "DELETE"]
    assert json.loads(shop.requests[3].content) == {"tags": "a"}


@pytest.mark.parametrize("tag", ("", "a,b", "x" * 41))
async def test_impossible_tags_never_leave(tag: str) -> None:
    """A comma separates tags, and 40 characters are the limit."""
    with pytest.raises(ValueError, match="tag"):
        await Shop(ok("order")).client.add_tags(1, [tag])


@pytest.mark.parametrize(
    ("status", "kind"),
    ((400, InvalidError), (401, UnauthorizedError), (403, ForbiddenError), (404, NotFoundError), (422, InvalidError)),
)
async def test_refusals_by_kind_are_not_repeated(status: int, kind: type[HaravanError]) -> None:
    """A refusal is raised at once with its message and what to do."""
    shop = Shop(httpx.Response(status, text='{"errors":"không được"}'))
    with pytest.raises(kind, match="không được") as caught:
        await shop.client.order(1)
    assert len(shop.requests) == 1
    assert caught.value.advice_vi


@pytest.mark.parametrize("answer", (httpx.Response(502), httpx.ReadTimeout("x"), httpx.ConnectError("x")))
async def test_unavailable_is_tried_three_times(answer: httpx.Response | httpx.HTTPError) -> None:
    """Server errors and lost connections are tried again with growing pauses, then raised."""
    shop = Shop(answer)
    with pytest.raises(UnavailableError):
        await shop.client.order(1)
    assert [exchange.attempt for exchange in shop.exchanges] == [1, 2, 3]
    assert shop.slept == [0.5, 1.0]


async def test_throttled_waits_as_asked() -> None:
    """`Retry-After: 2.0` is a decimal; nothing is sent before it has passed."""
    shop = Shop(httpx.Response(429, headers={"Retry-After": "2.0"}), ok("order"))
    await shop.client.order(1)
    assert shop.now == 2.0


async def test_long_throttling_is_left_to_the_caller() -> None:
    """A long wait is raised with its length, and later calls do not reach Haravan before it has passed."""
    shop = Shop(httpx.Response(429, headers={"Retry-After": "60"}))
    for _ in range(2):
        with pytest.raises(TooManyRequestsError) as caught:
            await shop.client.order(1)
        assert caught.value.retry_after == 60.0
    assert len(shop.requests) == 1


async def test_full_bucket_is_not_overfilled() -> None:
    """When the answer says that the bucket is full, the next call waits until some has leaked."""
    shop = Shop(ok("order", **{"X-Haravan-Api-Call-Limit": "80/80"}))
    await shop.client.order(1)
    await shop.client.order(1)
    assert shop.slept == [2.0]


@pytest.mark.parametrize("text", ("", "<html>", "[]", '{"order": null}', '{"other": {}}'))
async def test_unexpected_answers_are_named(text: str) -> None:
    """What is not the documented shape is a bad answer, never a half-read order."""
    with pytest.raises(BadAnswerError):
        await Shop(httpx.Response(200, text=text)).client.order(1)


async def test_redirects_are_not_followed() -> None:
    """A redirect would carry the token elsewhere."""
    shop = Shop(httpx.Response(302, headers={"Location": "https://elsewhere.test/"}))
    with pytest.raises(BadAnswerError):
        await shop.client.order(1)
    assert len(shop.requests) == 1


async def test_cookies_are_never_sent() -> None:
    """Haravan refuses private tokens that come with a cookie."""
    shop = Shop(ok("order", **{"Set-Cookie": "a=b; Path=/"}))
    await shop.client.order(1)
    await shop.client.order(1)
    assert "cookie" not in shop.requests[1].headers


@pytest.mark.parametrize(
    ("name", "message"),
    (("text", "Key can't be blank"), ("list", '["a", "b"]'), ("object", "dài quá"), ("error", "invalid_token")),
)
def test_messages_of_error_bodies(name: str, message: str) -> None:
    """Texts, lists and objects under any of the known names are shown."""
    assert message in message_of(json.dumps(json.loads(payload("errors"))[name]))


@pytest.mark.parametrize("text", ("", "<html>", "null", "[]", "7"))
def test_messages_of_nonsense(text: str) -> None:
    """A body that is no error object gives at most itself."""
    assert len(message_of(text)) < 10


async def test_lists_of_goods_and_customers_are_asked_by_page() -> None:
    """At most 50 a page, behind an id."""
    shop = Shop(httpx.Response(200, text='{"products": [{"id": 9, "variants": [{"id": 1, "price": 5.0000}]}]}'))
    (product,) = await shop.client.products(since_id=8, page=2, limit=250)
    assert product["variants"][0]["price"] == Decimal("5.0000")
    assert str(shop.requests[0].url).endswith("/com/products.json?since_id=8&page=2&limit=50")
    shop = Shop(httpx.Response(200, text='{"customers": []}'))
    assert await shop.client.customers() == []
    assert str(shop.requests[0].url).endswith("/com/customers.json?since_id=0&page=1&limit=50")
