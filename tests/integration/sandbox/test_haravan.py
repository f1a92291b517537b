"""Haravan's REST API as a client meets it."""

from datetime import UTC, datetime, timedelta

import pytest
from support.sandbox_callers import ORDER_ID, ORG_ID, TOKEN, HaravanCaller
from support.sandboxes import Json, order

ORDER = f"/com/orders/{ORDER_ID}.json"


async def test_amounts_have_four_decimals(haravan: HaravanCaller) -> None:
    """REST writes money with four decimals and leaves everything else as it was put."""
    await haravan.add_shop()
    await haravan.put_order(order())
    answer = await haravan.call("GET", ORDER)
    assert '"total_price":725000.0000' in answer.text
    assert '"price":180000.0000' in answer.text
    assert answer.json()["order"] == order()
    assert (await haravan.control("GET", f"shops/{ORG_ID}/orders/{ORDER_ID}")) == order()


async def test_tokens_and_scopes_are_checked(haravan: HaravanCaller) -> None:
    """401 for an unknown token, 403 naming a scope that is missing, write scopes include reading."""
    await haravan.add_shop(scopes=["com.write_orders"])
    answers = [
        await haravan.call("GET", "/com/shop.json", token="other"),
        await haravan.call("GET", "/com/shop.json"),
        await haravan.call("GET", "/com/orders.json"),
        await haravan.call("GET", ORDER),
    ]
    assert [answer.status_code for answer in answers] == [401, 403, 200, 404]
    assert "com.read_shop" in answers[1].json()["errors"]


async def test_shop_and_locations_are_told(haravan: HaravanCaller) -> None:
    """The shop's id is its org id; one location stands in where none is given."""
    await haravan.add_shop(name="Thời Trang Demo")
    shop = (await haravan.call("GET", "/com/shop.json")).json()["shop"]
    assert (shop["id"], shop["name"], shop["timezone"]) == (int(ORG_ID), "Thời Trang Demo", "(GMT+07:00) Hanoi")
    assert len((await haravan.call("GET", "/com/locations.json")).json()["locations"]) == 1


async def test_note_attributes_are_replaced(haravan: HaravanCaller) -> None:
    """PUT takes note and note attributes whole, ignores the rest and moves updated_at."""
    await haravan.add_shop()
    await haravan.put_order(order())
    change = {
        "id": ORDER_ID,
        "note": "Mã tra cứu ABC",
        "note_attributes": [{"name": "a", "value": "1"}],
        "total_price": 1,
    }
    changed = (await haravan.call("PUT", ORDER, {"order": change})).json()["order"]
    assert changed["note_attributes"] == [{"name": "a", "value": "1"}]
    assert (changed["note"], changed["total_price"]) == ("Mã tra cứu ABC", 725000)
    assert changed["updated_at"] > order()["updated_at"]
    await haravan.options(note_attributes="merge")
    merged = (await haravan.call("PUT", ORDER, {"order": {"note_attributes": [{"name": "b", "value": "2"}]}})).json()
    assert [each["name"] for each in merged["order"]["note_attributes"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    (
        ("PUT", ORDER, {}, 400),
        ("PUT", ORDER, {"order": {"note_attributes": "x"}}, 422),
        ("PUT", "/com/orders/1.json", {"order": {}}, 404),
        ("POST", f"/com/orders/{ORDER_ID}/tags.json", {"tags": ["x"]}, 400),
        ("POST", f"/com/orders/{ORDER_ID}/tags.json", {"tags": "x" * 41}, 422),
        ("POST", "/com/orders/1/tags.json", {"tags": "x"}, 404),
        ("GET", "/com/orders.json?status=sold", None, 400),
        ("GET", "/com/orders.json?updated_at_min=yesterday", None, 400),
        ("GET", "/com/orders.json?page=x", None, 400),
    ),
)
async def test_bad_requests_are_told_under_errors(
    haravan: HaravanCaller, method: str, path: str, body: Json | None, status: int
) -> None:
    """A wrong request gets its status and a text under `errors`."""
    await haravan.add_shop()
    await haravan.put_order(order())
    answer = await haravan.call(method, path, body)
    assert answer.status_code == status
    assert isinstance(answer.json()["errors"], str)


async def test_tags_are_added_and_taken_off(haravan: HaravanCaller) -> None:
    """POST adds what is new, DELETE with a body takes off, both give the whole text."""
    await haravan.add_shop()
    await haravan.put_order(order())
    path = f"/com/orders/{ORDER_ID}/tags.json"
    added = await haravan.call("POST", path, {"tags": "da-xuat-hoa-don,VIP"})
    removed = await haravan.call("DELETE", path, {"tags": "HN"})
    assert (added.json(), removed.json()) == ({"tags": "VIP,HN,da-xuat-hoa-don"}, {"tags": "VIP,da-xuat-hoa-don"})


async def test_money_of_an_order_is_told_in_other_words(haravan: HaravanCaller) -> None:
    """The transactions endpoint capitalises `kind`; refunds tell their status in Vietnamese."""
    await haravan.add_shop()
    refund = {
        "id": 9,
        "order_id": ORDER_ID,
        "refund_line_items": None,
        "transactions": [{"amount": -1000, "status": None}],
    }
    await haravan.put_order(order(refunds=[refund]))
    rows = (await haravan.call("GET", f"/com/orders/{ORDER_ID}/transactions.json")).json()["transactions"]
    assert [(row["kind"], row["status"]) for row in rows] == [("Capture", "success"), ("Pending", "success")]
    told = (await haravan.call("GET", f"/com/orders/{ORDER_ID}/refunds.json")).json()["refunds"]
    assert told[0]["transactions"][0]["status"] == "Thành công"


async def test_lists_have_pages_of_fifty(haravan: HaravanCaller) -> None:
    """At most 50 a page, then what is left; since_id goes up; count agrees; closed orders need status=any."""
    await haravan.add_shop()
    for number in range(1, 61):
        await haravan.put_order(
            {"name": f"#{number}", "closed_at": "2026-03-14T00:00:00Z" if number == 60 else None}, number
        )
    pages = [
        (await haravan.call("GET", f"/com/orders.json?limit=250&page={page}")).json()["orders"] for page in (1, 2, 3)
    ]
    assert [len(page) for page in pages] == [50, 9, 0]
    since = (await haravan.call("GET", "/com/orders.json?status=any&since_id=58&fields=id")).json()["orders"]
    assert since == [{"id": 59}, {"id": 60}]
    counts = [
        (await haravan.call("GET", f"/com/orders/count.json{query}")).json()["count"] for query in ("", "?status=any")
    ]
    assert counts == [59, 60]


async def test_time_filters_compare_with_local_time(haravan: HaravanCaller) -> None:
    """An order of 00:30 in Vietnam is found from local midnight on, though UTC says the day before."""
    await haravan.add_shop()
    await haravan.put_order({"updated_at": "2026-08-23T17:30:00Z", "created_at": "2026-08-23T17:30:00Z"})
    found = {}
    for bound in ("2026-08-24T00:00:00", "2026-08-24T00:00:00Z", "2026-08-24T01:00:00"):
        query = f"?status=any&updated_at_min={bound}&order=updated_at asc"
        found[bound] = len((await haravan.call("GET", f"/com/orders.json{query}")).json()["orders"])
    assert list(found.values()) == [1, 1, 0]


async def test_the_bucket_overflows(haravan: HaravanCaller) -> None:
    """What does not fit is 429 with a decimal Retry-After; every answer tells the level."""
    await haravan.options(bucket_size=3, bucket_leak_per_second=0.01)
    await haravan.add_shop()
    answers = [await haravan.call("GET", "/com/shop.json") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["x-haravan-api-call-limit"] == "1/3"
    assert answers[3].headers["retry-after"] == "2.0"


async def test_faults_hit_one_order(haravan: HaravanCaller) -> None:
    """Faults work here too: one failing write for one order, on record with its status."""
    await haravan.add_shop()
    await haravan.put_order(order())
    rule = {"kind": "500-before", "method": "PUT", "order_id": str(ORDER_ID), "count": 1}
    await haravan.control("PUT", "faults", {"rules": [rule]})
    answers = [await haravan.call("PUT", ORDER, {"order": {"note": "x"}}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [500, 200]
    requests = (await haravan.control("GET", f"requests?org_id={ORG_ID}&path=*{ORDER_ID}*"))["requests"]
    assert [(each["method"], each["status"]) for each in requests] == [("PUT", 500), ("PUT", 200)]


async def test_orders_can_be_changed_from_outside(haravan: HaravanCaller) -> None:
    """PATCH changes fields as the shop's own doing; a bad time is refused; the clock decides updated_at."""
    await haravan.add_shop()
    await haravan.put_order(order())
    await haravan.control("PUT", "clock", {"offset_seconds": 86400})
    path = f"shops/{ORG_ID}/orders/{ORDER_ID}"
    changed = (await haravan.control("PATCH", path, {"financial_status": "refunded"}))["order"]
    assert changed["financial_status"] == "refunded"
    assert datetime.fromisoformat(changed["updated_at"]) > datetime.now(UTC) + timedelta(hours=23)
    bad = await haravan.http.put(f"/_sandbox/{path}", json={"created_at": "soon"})
    assert (bad.status_code, "created_at" in bad.json()["error"]) == (400, True)
    assert (await haravan.http.get(f"/_sandbox/shops/{ORG_ID}/orders/1")).status_code == 404


async def test_two_shops_never_share_a_token(haravan: HaravanCaller) -> None:
    """A token that is another shop's already is refused."""
    await haravan.add_shop()
    answer = await haravan.http.put("/_sandbox/shops/2", json={"access_token": TOKEN})
    assert answer.status_code == 400
