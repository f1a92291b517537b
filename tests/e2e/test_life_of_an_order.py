"""What happens to an order after and before its invoice, with a person at the command line and the services running."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.one_order import Play, one_order
from support.stack import WholeStack

COMPANY = "company, first form"


async def change(play: Play, **fields: Any) -> None:
    """Let the order change in Haravan, and have it read again."""
    url = f"{play.run.sandbox.haravan_url}/_sandbox/shops/{play.order.org_id}/orders/{play.order.order_id}"
    updated = (datetime.now(UTC) + timedelta(seconds=1)).isoformat().replace("+00:00", "Z")
    answer = await play.run.sandbox.client.patch(url, json={"updated_at": updated, **fields})
    assert answer.is_success, answer.text
    await play.hoadon("orders", "recheck", str(play.order.order_id))


async def explained(play: Play) -> dict[str, Any]:
    found: dict[str, Any] = await play.hoadon("orders", "explain", str(play.order.order_id))
    return found


async def until_invoices(play: Play, *states: tuple[str, str]) -> dict[str, Any]:
    """Wait until the order's invoices are these: kind and state, `draft` for what waits for approval."""
    found: dict[str, Any] = {}

    async def there() -> bool:
        nonlocal found
        found = await explained(play)
        return tuple(_state(each) for each in found["invoices"]) == states

    await play.until(there, f"the invoices {states}, now {found.get('invoices')}")
    return found


def _state(planned: dict[str, Any]) -> tuple[str, str]:
    if planned["draft"]:
        return planned["kind"], "draft"
    return planned["kind"], planned["invoice"]["state"] if planned["invoice"] else "planned"


def refund_of(order: dict[str, Any], quantity: int) -> dict[str, Any]:
    line = order["line_items"][0]
    return {
        "id": 1_400_000_000 + quantity,
        "order_id": order["id"],
        "created_at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "refund_line_items": [{"id": 1, "line_item_id": line["id"], "quantity": quantity, "line_item": {"id": 0}}],
        "transactions": [],
    }


async def partly_returned(play: Play) -> dict[str, Any]:
    """The order once it is issued and one unit came back: the adjustment is a draft."""
    await play.deliver()
    await play.until_order("issued")
    await change(play, refunds=[refund_of(dict(play.order.final.body), 1)])
    return await until_invoices(play, ("sale", "issued"), ("adjust", "draft"))


@pytest.mark.timeout(180)
async def test_a_return_waits_as_a_draft_and_goes_out_once_when_it_is_approved(stack: WholeStack) -> None:
    """From the refund in Haravan to the adjusting invoice at meInvoice; explained, shown, approved, issued once."""
    async with one_order(stack, COMPANY) as play:
        found = await partly_returned(play)
        assert found["attention"]["code"] == "correction-draft"
        draft = found["invoices"][1]["ref_id"]
        listed = await play.hoadon("drafts", "list")
        assert draft in {each["ref_id"] for each in listed}
        seen = await play.hoadon("orders", "explain", str(play.order.order_id), "--misa")
        assert all(each["view"].startswith("http") for each in seen["explained"])
        first = await play.hoadon("drafts", "approve", draft, "--yes")
        assert (first["approved"], first["refused"]) == ([draft], {})
        again = await asyncio.to_thread(stack.hoadon, "--lang", "en", "drafts", "approve", draft, "--yes")
        assert (again.code, "no draft" in again.errors) == (1, True)
        done = await until_invoices(play, ("sale", "issued"), ("adjust", "issued"))
        assert done["attention"] is None
        assert done["invoices"][1]["approval"]["by"].startswith("cli")
        assert not (await play.run.sandbox.audit())["issued_twice"]


@pytest.mark.timeout(180)
async def test_a_dismissed_draft_stays_dismissed_until_the_order_changes(stack: WholeStack) -> None:
    """A person has seen it; more that comes back is a new draft."""
    async with one_order(stack, COMPANY) as play:
        found = await partly_returned(play)
        draft = found["invoices"][1]["ref_id"]
        await play.hoadon("drafts", "dismiss", draft)
        await play.hoadon("orders", "recheck", str(play.order.order_id))
        assert draft not in {each["ref_id"] for each in await play.hoadon("drafts", "list")}
        await change(play, cancelled_status="cancelled", cancelled_at=datetime.now(UTC).isoformat())

        async def anew() -> bool:
            return any(each["event"] == "cancellation" for each in (await explained(play))["invoices"])

        await play.until(anew, "a draft of the cancellation")
        remembered = {each["ref_id"]: each["dismissed"] for each in (await explained(play))["invoices"]}
        assert remembered[draft]["by"].startswith("cli")
        assert draft not in {each["ref_id"] for each in await play.hoadon("drafts", "list")}


@pytest.mark.timeout(180)
async def test_one_click_issues_what_waits_for_its_trigger(stack: WholeStack) -> None:
    """The order waits for its delivery; the counter wants its invoice now, and a second click changes nothing."""
    async with one_order(stack, "not due yet") as play:
        await play.deliver()
        await play.until_order("waiting")
        for _ in range(2):
            await play.hoadon("orders", "issue", str(play.order.order_id))
        found = await until_invoices(play, ("sale", "issued"))
        assert found["decision"]["reason"] == "released"
        assert not (await play.run.sandbox.audit())["issued_twice"]


@pytest.mark.timeout(180)
async def test_a_held_order_is_released_by_one_word(stack: WholeStack) -> None:
    """A bad tax code: to a consumer instead; what nobody can accept says so."""
    async with one_order(stack, "bad tax code") as play:
        await play.deliver()
        await play.until_order("held")
        found = await explained(play)
        assert "buyer-consumer" in found["ways_out"]
        number = str(play.order.order_id)
        accepted = await asyncio.to_thread(stack.hoadon, "--lang", "en", "orders", "release", number, "--accept")
        assert (accepted.code, "nobody can accept" in accepted.errors) == (1, True)
        await play.hoadon("orders", "release", number, "--buyer", "consumer")
        done = await until_invoices(play, ("sale", "issued"))
        assert done["decision"]["outcome"] == "planned"
