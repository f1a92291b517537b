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


def test_every_service_stops_orderly(stack: WholeStack) -> None:
    """SIGTERM ends each process with code 0."""
    assert stack.stop() == [0] * 5
