"""Products and customers of the Haravan stand-in: the documented shapes, paging, filters, webhooks."""

import json

import pytest
from haravan.signature import sign
from support.sandbox_callers import ORG_ID, SECRET, HaravanCaller, Receiver
from support.sandboxes import Json

PRODUCT: Json = {
    "title": "Áo thun cotton",
    "vendor": "Nhãn Mẫu",
    "product_type": "Áo",
    "tags": "cotton,hè",
    "variants": [
        {"id": 1090000001, "sku": "AO-M", "barcode": "893", "price": 180000, "title": "M"},
        {"id": 1090000002, "price": 190000.5, "title": "L"},
    ],
}


async def read(haravan: HaravanCaller, path: str) -> Json:
    answer = await haravan.call("GET", f"/com/{path}")
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


async def test_a_product_has_the_documented_fields(haravan: HaravanCaller) -> None:
    """Those that were not put have their usual values, prices four decimals, variants their product's id."""
    await haravan.add_shop()
    await haravan.control("PUT", f"shops/{ORG_ID}/products/1040000001", PRODUCT)
    answer = await haravan.call("GET", "/com/products/1040000001.json")
    assert '"price":180000.0000' in answer.text
    product = answer.json()["product"]
    assert (product["id"], product["published_scope"], product["images"]) == (1040000001, "global", [])
    first, second = product["variants"]
    assert (first["product_id"], first["position"], second["position"], second["sku"]) == (1040000001, 1, 2, None)
    assert (await read(haravan, "variants/1090000002.json"))["variant"] == second
    assert (await haravan.call("GET", "/com/variants/5.json")).status_code == 404
    assert (await haravan.call("GET", "/com/products/5.json")).status_code == 404


async def test_lists_have_pages_of_fifty(haravan: HaravanCaller) -> None:
    """At most 50 a page whatever is asked; by id behind `since_id`; the count follows the filters."""
    await haravan.add_shop()
    await haravan.control(
        "PUT", f"shops/{ORG_ID}/customers", {"customers": [{"id": number} for number in range(1, 62)]}
    )
    pages = [(await read(haravan, f"customers.json?limit=250&page={page}"))["customers"] for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [50, 11, 0]
    since = (await read(haravan, "customers.json?since_id=5&limit=2&fields=id"))["customers"]
    assert since == [{"id": 6}, {"id": 7}]
    counts = [
        (await read(haravan, f"customers/count.json{query}"))["count"] for query in ("", "?since_id=51", "?ids=3,4")
    ]
    assert counts == [61, 10, 2]
    assert (await haravan.call("GET", "/com/customers.json?page=x")).status_code == 400


@pytest.mark.parametrize(
    ("query", "count"),
    (("sku=AO-M", 1), ("barcode=893", 1), ("vendor=Nh%C3%A3n M%E1%BA%ABu", 1), ("product_type=Qu%E1%BA%A7n", 0)),
)
async def test_products_are_filtered(haravan: HaravanCaller, query: str, count: int) -> None:
    """By what the documentation names."""
    await haravan.add_shop()
    await haravan.control("PUT", f"shops/{ORG_ID}/products/1", PRODUCT)
    await haravan.control("PUT", f"shops/{ORG_ID}/products/2", {"title": "Khác"})
    assert len((await read(haravan, f"products.json?{query}"))["products"]) == count


async def test_scopes_are_checked(haravan: HaravanCaller) -> None:
    """Each kind has its own."""
    await haravan.add_shop(scopes=["com.read_products"])
    assert (await haravan.call("GET", "/com/products.json")).status_code == 200
    assert (await haravan.call("GET", "/com/customers.json")).status_code == 403


async def test_changes_are_sent_as_webhooks(haravan: HaravanCaller, receiver: Receiver, hook: Json) -> None:
    """Created, changed, deleted: signed like orders, a deletion with the id alone."""
    await haravan.add_shop(hook)
    place = f"shops/{ORG_ID}/products/7"
    await haravan.control("PUT", f"{place}?notify=products/create", PRODUCT)
    changed = await haravan.control("PATCH", f"{place}?notify=products/update", {"vendor": "Mới"})
    assert changed["product"]["variants"][0]["sku"] == "AO-M"
    await haravan.control("DELETE", f"{place}?notify=products/deleted")
    await haravan.control("GET", "deliveries?wait_seconds=10")
    bodies = {headers["x-haravan-topic"]: json.loads(body) for headers, body in receiver.got}
    assert bodies["products/update"]["vendor"] == "Mới"
    assert bodies["products/deleted"] == {"id": 7}
    assert all(headers["x-haravan-hmacsha256"] == sign(body, SECRET) for headers, body in receiver.got)
    assert (await haravan.http.delete(f"/_sandbox/{place}")).status_code == 404
    assert await haravan.control("GET", f"shops/{ORG_ID}/products") == {"products": []}


@pytest.mark.parametrize(
    "body", ({"products": [{"title": "no id"}]}, {"products": 1}, {"products": [{"id": 1, "variants": [{}]}]})
)
async def test_what_cannot_be_stored_is_told(haravan: HaravanCaller, body: Json) -> None:
    """The control API says what is wrong."""
    answer = await haravan.http.put(f"/_sandbox/shops/{ORG_ID}/products", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
