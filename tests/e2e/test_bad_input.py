"""Bad input on whole processes: each has its clear outcome, nothing dies, nothing is lost, other shops go on."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from local_stack.demo.oddities import signature
from local_stack.demo.play import Run
from support.play import a_run, complaints, in_every_lane, play
from support.stack import SERVICES, WholeStack, until

pytestmark = pytest.mark.timeout(150)
_FOOD = "0107654326"
_FOOD_LANE = f"sandbox:{_FOOD}:1K__TDD"


def _post(stack: WholeStack, run: Run, body: bytes, **headers: str) -> httpx.Response:
    """Deliver to the first order's shop, signed unless a header says otherwise."""
    order = run.orders[0]
    shop = next(shop for shop in run.shops if shop.id == order.shop)
    secret = shop.settings.haravan.webhook_secrets[0].get_secret_value()
    given = {
        "X-Haravan-Topic": "orders/updated",
        "X-Haravan-Org-Id": str(shop.org_id),
        "X-Haravan-Order-Id": str(order.order_id),
        "X-Haravan-Hmacsha256": signature(secret, body),
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {name: value for name, value in given.items() if value}
    return httpx.post(f"{stack.stack.ingest_url}/webhooks/haravan/{shop.id}", content=body, headers=sent, timeout=10)


def _orders(stack: WholeStack) -> dict[int, dict[str, Any]]:
    told = stack.hoadon("orders", "list", "--json", "--limit", "500")
    assert told.code == 0, told.errors
    return {order["order_id"]: order for order in told.parsed}


async def test_bad_deliveries_are_answered_and_kept(stack: WholeStack) -> None:
    """Forged ones are refused, unreadable ones put aside, ten megabytes read again by API: that order is invoiced."""
    async with stack.world() as (sandbox, database):
        run = await a_run(stack, sandbox, database, "counter sale")
        body = run.orders[0].final.text.encode()
        huge = json.dumps({**json.loads(body), "note": "x" * 10_000_000}).encode()
        assert _post(stack, run, body, X_Haravan_Hmacsha256=signature("another-secret", body)).status_code == 401
        assert _post(stack, run, body, X_Haravan_Hmacsha256="").status_code == 401
        assert _post(stack, run, body, X_Haravan_Test="True").status_code == 200
        assert _post(stack, run, b"<html>order</html>").status_code == 200
        nobody = await sandbox.client.post(f"{stack.stack.ingest_url}/webhooks/haravan/nobody", content=body)
        assert nobody.status_code == 404
        assert run.orders[0].order_id not in _orders(stack)
        assert _post(stack, run, huge).status_code == 200
        assert complaints(await run.follow(0, lambda _tally, _pending: None)) == []
    letters = stack.hoadon("dead-letters", "list", "--json")
    assert letters.code == 0, letters.errors
    assert {"NOT_JSON", "TOO_LARGE", "TEST_DELIVERY"} <= {letter["reason"] for letter in letters.parsed}
    outcomes = {line.get("outcome") for line in stack.log("ingest") if line["event"] == "delivery"}
    assert {"wrong_signature", "unknown_shop", "put_aside", "read_again"} <= outcomes


async def test_bad_orders_are_held_with_their_reason(stack: WholeStack) -> None:
    """What cannot be invoiced says why in both languages; an unknown channel goes to the default account."""
    cases = ("no lines", "totals do not tie", "half đồng", "lines are null", "foreign currency", "unknown channel")
    async with stack.world() as (sandbox, database):
        run = await a_run(stack, sandbox, database, *cases)
        assert complaints(await play(run)) == []
    listed = _orders(stack)
    for order in run.orders:
        shown = listed[order.order_id]
        assert shown["state"] == order.expected.ending, order.case
        if order.expected.reason:
            assert shown["decision"]["reason"] == order.expected.reason
            assert shown["decision"]["message_vi"]
            assert shown["decision"]["message_en"]


async def test_answers_that_never_come_lead_to_one_invoice(stack: WholeStack) -> None:
    """500, a hanging vendor, a lost answer and garbage: each lane recovers by itself, every order has one invoice."""
    async with stack.world() as (sandbox, database):
        run = await in_every_lane(stack, sandbox, database, most=3)
        path = "*/invoice"
        rules = [
            {"kind": "500-before", "path": path, "series": "1C??TAA", "count": 2},
            {"kind": "hang-before", "path": path, "series": "1C??TBB", "count": 1, "seconds": 8},
            {"kind": "accept-then-hang", "path": path, "series": "1C??TCC", "count": 1, "seconds": 8},
            {"kind": "accept-then-reset", "path": path, "series": "1C??MCC", "count": 1},
            {"kind": "garbage", "path": path, "series": "1K??TDD", "count": 1},
        ]
        await sandbox.client.put(f"{stack.stack.meinvoice_url}/_sandbox/faults", json={"rules": rules})
        assert complaints(await play(run)) == []
        faults = (await sandbox.client.get(f"{stack.stack.meinvoice_url}/_sandbox/faults")).json()
        await sandbox.client.delete(f"{stack.stack.meinvoice_url}/_sandbox/faults")
    assert all(rule["applied"] == rule["count"] for rule in faults["rules"] if rule.get("count", 1) > 1)
    assert all(rule["applied"] for rule in faults["rules"])


async def test_a_company_whose_vendor_fails_for_good_stops_nobody_else(stack: WholeStack) -> None:
    """Its lane is blocked and says why, the others' orders are invoiced; resumed after the cure, it loses nothing."""
    async with stack.world() as (sandbox, database):
        run = await in_every_lane(stack, sandbox, database, most=2)
        rules = [{"kind": "500-before", "path": "*/invoice", "tax_code": _FOOD}]
        await sandbox.client.put(f"{stack.stack.meinvoice_url}/_sandbox/faults", json={"rules": rules})
        last = await run.deliver()
        others = replace(run, orders=tuple(o for o in run.orders if o.expected.lane != _FOOD_LANE))
        assert complaints(await others.follow(last, lambda _tally, _pending: None)) == []
        until(lambda: _lane(stack)["state"] == "blocked", "the lane to be blocked")
        assert _lane(stack)["reason"]
        await sandbox.client.delete(f"{stack.stack.meinvoice_url}/_sandbox/faults")
        resumed = stack.hoadon("lanes", "resume", _FOOD_LANE)
        assert resumed.code == 0, resumed.errors
        assert complaints(await run.follow(last, lambda _tally, _pending: None)) == []


def test_nothing_has_died(stack: WholeStack) -> None:
    """After all this every process still works, the same as at the start."""
    assert [stack.status(name) for name in SERVICES] == [200] * 3
    for name in SERVICES:
        assert not [line for line in stack.log(name) if line["level"] == "critical"]


def _lane(stack: WholeStack) -> dict[str, Any]:
    told = stack.hoadon("lanes", "list", "--json")
    assert told.code == 0, told.errors
    found: dict[str, Any] = next(lane for lane in told.parsed if lane["lane"] == _FOOD_LANE)
    return found
