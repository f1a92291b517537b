"""The demo with fewer orders, on whole processes: what `make run ONCE=1` asserts, asserted here."""

from io import StringIO

import pytest
from local_stack.demo.driver import run
from rich.console import Console
from support.stack import WholeStack


@pytest.mark.timeout(240)
async def test_two_runs_end_as_they_must(stack: WholeStack) -> None:
    """Every kind of order ends as it must, and a second run on the same stack goes on with the numbers."""
    for orders in (70, 45):
        said = StringIO()
        right = await run(stack.stack, once=True, count=orders, out=Console(file=said, width=160))
        assert right, said.getvalue()
        assert said.getvalue().count("  ok    ") == 12
    async with stack.world() as (sandbox, _):
        audit = await sandbox.audit()
    assert len(audit["series"]) == 7
    assert all((each["first"], each["last"]) == (1, each["count"]) for each in audit["series"])


def test_the_command_line_tells_what_became_of_the_orders(stack: WholeStack) -> None:
    """`hoadon` lists held orders with their reasons and finds every invoice."""
    held = stack.hoadon("orders", "list", "--state", "held", "--json", "--limit", "500")
    assert held.code == 0, held.errors
    reasons = {order["decision"]["reason"] for order in held.parsed}
    assert {"does-not-tie", "no-lines", "foreign-currency", "buyer-tax-code-bad"} <= reasons


def test_the_demos_shops_are_checked_with_their_vendors(stack: WholeStack) -> None:
    """Nothing is wrong with them; the one branch that no assignment names is told with where its orders go."""
    checked = stack.hoadon("config", "check", "--json")
    found = [(shop["shop"], one) for shop in checked.parsed for one in shop["findings"]]
    assert [one for _, one in found if one["severity"] == "error"] == []
    (told,) = [(shop, one["what"]["en"]) for shop, one in found if one["code"] == "branches-to-default"]
    assert told == (
        "demo-thoi-trang",
        "No assignment by branch names 700101 Kho online: unless another dimension does, they go to cong-ty-a 1C__TAA.",
    )


def test_every_service_stops_orderly(stack: WholeStack) -> None:
    """SIGTERM ends each process with code 0."""
    assert stack.stop() == [0] * 5
