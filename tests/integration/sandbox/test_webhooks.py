"""Webhooks as a receiver meets them."""

import base64
import hashlib
import hmac
import json
import time

import pytest
from support.sandbox_callers import ORDER_ID, ORG_ID, SECRET, HaravanCaller, Receiver
from support.sandboxes import Json, order


def signed(body: bytes, secret: str = SECRET) -> str:
    """The signature that the body should carry."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


async def test_a_delivery_looks_like_haravans(haravan: HaravanCaller, receiver: Receiver, hook: Json) -> None:
    """Real headers, a signature over the exact bytes, plain numbers, the order itself as body."""
    await haravan.add_shop(hook)
    await haravan.put_order(order())
    await haravan.send(topic="orders/create", order_id=ORDER_ID)
    told = await haravan.deliveries()
    headers, body = receiver.got[0]
    assert headers["x-haravan-topic"] == "orders/create"
    assert headers["x-haravan-org-id"] == ORG_ID
    assert headers["x-haravan-order-id"] == str(ORDER_ID)
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert "x-haravan-test" not in headers
    assert headers["x-haravan-hmacsha256"] == signed(body)
    assert b'"total_price":725000,' in body
    assert json.loads(body) == order()
    assert [(each["state"], each["attempts"][0]["status"]) for each in told["deliveries"]] == [("delivered", 200)]


async def test_deliveries_can_be_odd(haravan: HaravanCaller, receiver: Receiver, hook: Json) -> None:
    """Test deliveries, copies, partial and wrapped bodies, wrong and absent signatures, raw bytes."""
    await haravan.add_shop(hook)
    await haravan.put_order(order())
    event = {"topic": "orders/updated", "order_id": ORDER_ID}
    for odd in (
        {"test": True},
        {"copies": 2},
        {"omit": ["line_items"], "nulls": ["currency"]},
        {"wrap": "data.order"},
        {"signature": "wrong"},
        {"signature": "absent"},
        {"raw": "not json"},
    ):
        await haravan.send(**event, **odd)
        await haravan.deliveries()
    got = receiver.got
    assert [headers.get("x-haravan-test") for headers, _ in got] == ["True", *[None] * 7]
    assert got[1][1] == got[2][1]
    partial = json.loads(got[3][1])
    assert ("line_items" in partial, partial["currency"]) == (False, None)
    assert json.loads(got[4][1])["data"]["order"]["id"] == ORDER_ID
    assert got[5][0]["x-haravan-hmacsha256"] != signed(got[5][1])
    assert "x-haravan-hmacsha256" not in got[6][0]
    assert got[7][1] == b"not json"


async def test_writes_echo(haravan: HaravanCaller, receiver: Receiver, hook: Json) -> None:
    """A write by API comes back as orders/updated; storing an order from outside does not."""
    await haravan.add_shop(hook)
    await haravan.put_order(order())
    await haravan.call("PUT", f"/com/orders/{ORDER_ID}.json", {"order": {"note": "x"}})
    await haravan.call("POST", f"/com/orders/{ORDER_ID}/tags.json", {"tags": "xong"})
    await haravan.deliveries()
    assert [headers["x-haravan-topic"] for headers, _ in receiver.got] == ["orders/updated"] * 2
    assert sorted(body["tags"] for body in receiver.bodies()) == ["VIP,HN", "VIP,HN,xong"]
    await haravan.options(echo=False)
    await haravan.call("PUT", f"/com/orders/{ORDER_ID}.json", {"order": {"note": "y"}})
    assert len((await haravan.deliveries())["deliveries"]) == 2


@pytest.mark.parametrize("failure", (500, 302, 201, 404))
async def test_only_200_counts(haravan: HaravanCaller, receiver: Receiver, hook: Json, failure: int) -> None:
    """Anything but 200 is retried, redirects are not followed; the retry carries the same bytes."""
    await haravan.options(webhook_retry_window_seconds=0.5)
    await haravan.add_shop(hook)
    receiver.statuses = [failure, failure]
    await haravan.send(topic="orders/create", body={"id": 1})
    delivery = (await haravan.deliveries())["deliveries"][0]
    assert [each["status"] for each in delivery["attempts"]] == [failure, failure, 200]
    assert len({body for _, body in receiver.got}) == 1


async def test_slow_receivers_time_out(haravan: HaravanCaller, receiver: Receiver, hook: Json) -> None:
    """An answer that takes longer than the limit is a failure and the delivery comes again."""
    await haravan.options(webhook_retries=1, webhook_retry_window_seconds=0.05, webhook_timeout_seconds=0.2)
    await haravan.add_shop(hook)
    receiver.delay = 0.4
    await haravan.send(topic="orders/create", body={"id": 1})
    delivery = (await haravan.deliveries())["deliveries"][0]
    assert [each["error"] for each in delivery["attempts"]] == ["no answer within 0.2 s"] * 2
    assert delivery["state"] == "given-up"


@pytest.mark.parametrize("deleted_by", ("delivery", "attempts"))
async def test_a_dead_receiver_is_unsubscribed(
    haravan: HaravanCaller, receiver: Receiver, hook: Json, deleted_by: str
) -> None:
    """After 19 retries in vain the subscription is deleted and gets nothing more, until it is put again."""
    await haravan.options(webhook_retry_window_seconds=0.4, subscription_deleted_by=deleted_by)
    await haravan.add_shop(hook)
    receiver.always = 500
    await haravan.send(topic="orders/create", body={"id": 1})
    await haravan.deliveries()
    assert len(receiver.got) == {"delivery": 20, "attempts": 19}[deleted_by]
    assert (await haravan.control("GET", f"shops/{ORG_ID}"))["webhooks"][0]["state"] == "deleted"
    assert (await haravan.send(topic="orders/create", body={"id": 2}))["deliveries"] == []
    assert (await haravan.add_shop(hook))["webhooks"][0]["state"] == "active"


async def test_app_webhooks_shake_hands_and_subscribe(haravan: HaravanCaller, receiver: Receiver, hook: Json) -> None:
    """A right verify token makes the entry active; `/api/subscribe` lists, stops and starts it."""
    app = hook | {"kind": "app", "verify_token": "verify", "topics": ["orders/create"]}
    wrong = {"url": f"{receiver.url}?other", "secret": "s", "kind": "app", "verify_token": "guess"}
    told = await haravan.add_shop(app, wrong)
    assert [each["state"] for each in told["webhooks"]] == ["active", "inactive"]
    assert "401" in told["webhooks"][1]["reason"]
    listed = (await haravan.call("GET", "/api/subscribe")).json()["data"]
    assert [(each["event"], each["url"]) for each in listed] == [("orders/create", receiver.url)]
    sent = []
    for method in ("DELETE", "POST"):
        assert (await haravan.call(method, "/api/subscribe", {})).json()["error"] is False
        sent.append(len((await haravan.send(topic="orders/create", body={"id": 1}))["deliveries"]))
    assert sent == [0, 1]


async def test_two_kinds_of_webhook_have_two_secrets(haravan: HaravanCaller, receiver: Receiver, hook: Json) -> None:
    """The app's entry is signed with the app's secret, the private one with the shop's."""
    await haravan.add_shop(hook, hook | {"kind": "app", "secret": "app secret"})
    await haravan.send(topic="orders/create", body={"id": 1})
    await haravan.deliveries()
    assert {headers["x-haravan-hmacsha256"] for headers, _ in receiver.got} == {
        signed(b'{"id":1}'),
        signed(b'{"id":1}', "app secret"),
    }


async def test_many_orders_go_out_quickly_and_shuffled(haravan: HaravanCaller, receiver: Receiver, hook: Json) -> None:
    """200 deliveries to a receiver that takes 50 ms each are out in seconds, out of order by the seed."""
    await haravan.add_shop(hook)
    receiver.delay = 0.05
    events = [{"topic": "orders/create", "body": {"id": number}} for number in range(200)]
    started = time.monotonic()
    await haravan.send(deliveries=events, shuffle_seed=7)
    assert (await haravan.deliveries(20))["pending"] == 0
    assert time.monotonic() - started < 10
    ids = [body["id"] for body in receiver.bodies()]
    assert sorted(ids) == list(range(200))
    assert ids != sorted(ids)


async def test_what_cannot_be_sent_is_refused(haravan: HaravanCaller) -> None:
    """An event without an order or body, or with an unknown field, is HTTP 400."""
    await haravan.add_shop()
    for event in ({"topic": "orders/create"}, {"topic": "orders/create", "order_id": 5}, {"topics": "x"}):
        answer = await haravan.http.post(f"/_sandbox/shops/{ORG_ID}/deliveries", json=event)
        assert answer.status_code == 400
