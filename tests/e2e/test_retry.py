"""A person retries, sets aside and withdraws beside the running services: still one invoice for each order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import pytest
from lanes.model import IntentState
from lanes.mongo.store import MongoLaneStore
from local_stack.demo.control import Sandbox
from local_stack.demo.model import SampleOrder
from local_stack.demo.play import Run
from support.play import a_run, complaints
from support.stack import WholeStack

_CASE = "counter sale"
_SECONDS = 60
Rule = Mapping[str, Any]


class Play:
    """One order on its way, with the vendor misbehaving as told."""

    def __init__(self, stack: WholeStack, run: Run) -> None:
        """Look at this run's only order."""
        self.stack, self.run = stack, run
        self.order: SampleOrder = run.orders[0]
        self.last = 0

    async def faults(self, *rules: Rule) -> None:
        """Put these faults in force, none instead of those before if there are none."""
        url = f"{self.run.stack.meinvoice_url}/_sandbox/faults"
        client = self.run.sandbox.client
        answer = await (client.put(url, json={"rules": list(rules)}) if rules else client.delete(url))
        assert answer.is_success, answer.text

    async def deliver(self) -> None:
        """Send the order's webhooks."""
        self.last = await self.run.deliver()

    async def intent(self) -> Mapping[str, Any]:
        """The order's invoice in its lane; empty when there is none yet."""
        found = await self.run.database["intents"].find_one({"labels.order": str(self.order.order_id)})
        return found or {}

    async def until(self, look: Callable[[], Awaitable[bool]], what: str) -> None:
        """Wait for something."""
        try:
            async with asyncio.timeout(_SECONDS):
                while not await look():  # noqa: ASYNC110  (other processes work)
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"waited for {what}; now {await self.intent()}") from None

    async def until_state(self, state: IntentState) -> None:
        """Wait until the invoice is in this state."""

        async def reached() -> bool:
            return (await self.intent()).get("state") == state.value

        await self.until(reached, state.value)

    async def until_order(self, state: str) -> None:
        """Wait until the order is in this state."""

        async def reached() -> bool:
            return bool((await self.hoadon("orders", "show", str(self.order.order_id))).get("state") == state)

        await self.until(reached, f"the order to be {state}")

    async def hoadon(self, *arguments: str, code: int = 0) -> Any:
        """Run a command, which must end with this code; its JSON."""
        done = await asyncio.to_thread(self.stack.hoadon, "--lang", "en", *arguments, "--json")
        assert done.code == code, (done.output, done.errors)
        return done.parsed

    async def operate(self, *arguments: str) -> None:
        """Run a command that prints no JSON."""
        done = await asyncio.to_thread(self.stack.hoadon, *arguments)
        assert done.code == 0, (done.output, done.errors)

    async def end(self) -> None:
        """Wait until everything is as it must be: issued once, no gap, written back."""
        result = await self.run.follow(self.last, lambda _tally, _pending: None)
        assert complaints(result) == []
        assert (await self.run.sandbox.audit())["issued_twice"] == []


@pytest.fixture
async def play(stack: WholeStack) -> AsyncIterator[Play]:
    """One order of a private buyer, due with its first webhook; nothing is delivered yet."""
    async with stack.world() as (sandbox, database):
        made = Play(stack, await _run(stack, sandbox, database))
        yield made
        await made.faults()


async def _run(stack: WholeStack, sandbox: Sandbox, database: Any) -> Run:
    return await a_run(stack, sandbox, database, _CASE)


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
    lane = await _known_lane(play)
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


async def _known_lane(play: Play) -> str:
    """The order's lane, made known before anything is staged in it, so that it can be paused in time."""
    lane = play.order.expected.lane
    assert lane is not None
    await MongoLaneStore(play.run.database).wake({lane: frozenset({lane.rpartition(":")[0]})})
    return lane


async def test_set_aside_before_it_was_sent_comes_back_by_a_retry(play: Play) -> None:
    """Set aside from a paused lane it is left out; a retry puts it at the tail."""
    lane = await _known_lane(play)
    await play.operate("lanes", "pause", lane, "--reason", "kiểm tra", "--resends")
    await play.deliver()
    await play.until_state(IntentState.STAGED)
    name = str(play.order.order_id)
    await play.operate("invoices", "set-aside", name, "--reason", "khách đổi ý")
    told = await play.hoadon("invoices", "retry", name, "--resume", "--yes")
    assert (told["sent"], told["resumed"]) == (1, [lane])
    await play.end()
