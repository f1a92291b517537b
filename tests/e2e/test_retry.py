"""A person retries, sets aside and withdraws beside the running services: still one invoice for each order."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from lanes.model import IntentState
from support.one_order import Play, one_order
from support.stack import WholeStack


@pytest.fixture
async def play(stack: WholeStack) -> AsyncIterator[Play]:
    """One order; nothing is delivered yet."""
    async with one_order(stack) as made:
        yield made


async def test_refused_corrected_at_the_vendor_and_retried(play: Play) -> None:
    """Refused while the vendor's side is wrong, retried when it is right: issued and written back to the order."""
    await play.faults({"kind": "refuse", "path": "*/invoice", "code": "InvalidTaxCode"})
    await play.deliver()
    await play.until_order("rejected")
    name = str(play.order.order_id)
    (told,) = (await play.hoadon("invoices", "retry", name, "--dry-run"))["invoices"]
    assert (told["effect"], told["code"]) == ("sent", "InvalidTaxCode")
    refused = await play.intent()
    await play.hoadon("invoices", "retry", name, "--yes")
    await play.until(lambda: _refused_again(play, refused), "the second refusal")
    await play.until_order("rejected")
    await play.faults()
    assert (await play.hoadon("invoices", "retry", "--code", "InvalidTaxCode", "--yes"))["sent"] == 1
    await play.end()
    again = await play.intent()
    assert (again["state"], again["attempts"], again["content"]) == ("issued", 3, refused["content"])
    assert again["traceparent"] == refused["traceparent"]
    order = await play.hoadon("orders", "show", name)
    assert (order["state"], order["invoices"][0]["write_back"]["succeeded"]) == ("issued", True)
    listed = await play.hoadon("exchanges", "list", "--order", name)
    assert [one["operation"] for one in listed].count("POST /invoice") == 3
    await play.hoadon("invoices", "retry", name, "--yes", code=1)


async def _refused_again(play: Play, before: Mapping[str, Any]) -> bool:
    now = await play.intent()
    return bool(now["state"] == "rejected" and now["attempts"] > before["attempts"])


async def test_a_retry_never_makes_a_second_invoice_of_an_unknown_one(play: Play) -> None:
    """Issued, the answer lost and look-ups useless: a retry sends nothing; the one invoice is adopted in the end."""
    await play.faults(
        {"kind": "accept-then-reset", "path": "*/invoice", "count": 1},
        {"kind": "status-unclear", "path": "*/invoice/status"},
    )
    await play.deliver()
    await play.until_state(IntentState.UNKNOWN)
    name = str(play.order.order_id)
    lane = (await play.intent())["lane"]
    told = await play.hoadon("invoices", "retry", name, "--yes", code=1)
    assert (told["sent"], told["invoices"][0]["effect"]) == (0, "on-its-way")
    shown = await play.hoadon("lanes", "show", lane)
    assert [one["ref_id"] for one in shown["in_flight"]] == [(await play.intent())["_id"]]
    await play.operate("invoices", "set-aside", name, "--reason", "khách chờ")
    told = await play.hoadon("invoices", "retry", name, "--yes", code=1)
    assert (told["sent"], told["invoices"][0]["effect"]) == (0, "looked-up")
    await play.hoadon("invoices", "withdraw", name, "--reason", "thử", code=1)
    await play.faults()
    await _hasten_look_ups(play)
    await play.until_state(IntentState.ISSUED)
    await play.end()
    assert (await play.intent())["attempts"] == 1


async def _hasten_look_ups(play: Play) -> None:
    """The command line waits a production's minute before the first look-up; a test does not."""
    now = [{"$set": {"watch_at": "$$NOW"}}]
    await play.run.database["intents"].update_one({"_id": (await play.intent())["_id"]}, now)


async def test_withdrawn_is_judged_again_and_issued_once(play: Play) -> None:
    """What waits in a paused lane is taken back; its order still wants an invoice, which is planned at the tail."""
    lane = await play.known_lane()
    await play.operate("lanes", "pause", lane, "--reason", "đổi cấu hình")
    await play.deliver()
    await play.until_state(IntentState.STAGED)
    before = await play.intent()
    await play.operate("invoices", "withdraw", str(play.order.order_id), "--reason", "đổi cấu hình")

    async def planned_anew() -> bool:
        now = await play.intent()
        return bool(now["state"] == "staged" and now["version"] > before["version"])

    await play.until(planned_anew, "the invoice to be planned anew")
    await play.operate("lanes", "resume", lane)
    await play.end()


async def test_set_aside_before_it_was_sent_comes_back_by_a_retry(play: Play) -> None:
    """Set aside from a paused lane it is left out; a retry puts it at the tail."""
    lane = await play.known_lane()
    await play.operate("lanes", "pause", lane, "--reason", "kiểm tra", "--resends")
    await play.deliver()
    await play.until_state(IntentState.STAGED)
    name = str(play.order.order_id)
    await play.operate("invoices", "set-aside", name, "--reason", "khách đổi ý")
    told = await play.hoadon("invoices", "retry", name, "--resume", "--yes")
    assert (told["sent"], told["resumed"]) == (1, [lane])
    await play.end()
