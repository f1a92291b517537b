"""What is printed at the end: lanes, orders without invoice, what was checked, what went wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from local_stack.demo.model import Ending, SampleOrder
from local_stack.demo.play import Result, Run
from local_stack.demo.watch import Seen, SeenOrder, key_of
from local_stack.stack import RunningStack

_SHOWN = 40


def companies(run: Run) -> dict[str, str]:
    """Each lane's company by name."""
    return {
        lane: account.company_name
        for shop in run.shops
        for lane in shop.settings.lanes()
        if (account := shop.settings.account_of_lane(lane))
    }


def print_summary(out: Console, run: Run, result: Result, *, started_at: datetime, seconds: float) -> None:
    """Everything about a run that ended, well or not."""
    out.print(_lanes(result, companies(run)))
    out.print(_places(run, result.seen))
    out.print(_others(run.orders, result.seen))
    for check in result.checks:
        out.print(f"  [green]ok[/green]    {check.what}" if not check.problems else f"  [red]WRONG[/red] {check.what}")
        for problem in check.problems[:_SHOWN]:
            out.print(f"          {problem}", markup=False)
    if result.differences:
        out.print(_differences(result.differences))
        out.print(
            f"{len(result.differences)} of {len(run.orders)} orders did not end as they must. Why is in the logs:"
        )
        out.print(f"  {run.stack.logs_dir}", markup=False)
    first = result.tally.first_issued_at
    if first is not None:
        out.print(
            f"First invoice {(first - started_at).total_seconds():.1f} s after the start of everything; "
            f"the orders took {seconds:.1f} s from the first webhook to the last word."
        )


def print_addresses(out: Console, stack: RunningStack) -> None:
    """Where to look, and what to try, while everything stays up."""
    out.print("\n[bold]Everything stays up until Ctrl-C.[/bold] To look at:")
    for what, url in _addresses(stack).items():
        out.print(f"  {what:<28} {url}", markup=False)
    out.print("\nIn another shell, from this folder:")
    for command in _COMMANDS:
        out.print(f"  {command}", markup=False)


def _addresses(stack: RunningStack) -> Mapping[str, str]:
    return {
        "issued invoices": f"{stack.meinvoice_url}/_sandbox/invoices",
        "meInvoice's audit": f"{stack.meinvoice_url}/_sandbox/audit",
        "webhooks sent": f"{stack.haravan_url}/_sandbox/deliveries?limit=20",
        "metrics of ingest": f"{stack.ingest_url}/metrics",
        "metrics of the invoicer": f"{stack.invoicer_url}/metrics",
        "metrics of the status-poller": f"{stack.status_poller_url}/metrics",
        "logs": str(stack.logs_dir),
    }


_COMMANDS = (
    ".venv/bin/hoadon status",
    ".venv/bin/hoadon orders list --state held",
    ".venv/bin/hoadon invoices list",
    ".venv/bin/hoadon config check",
)


def _lanes(result: Result, names: Mapping[str, str]) -> Table:
    table = Table(title="Invoices", title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("company", "series", "issued", "first", "last", "on order", "seconds"):
        table.add_column(name, no_wrap=True, justify="right" if name in {"issued", "on order", "seconds"} else "left")
    for lane in result.tally.lanes:
        counts = (f"{lane.issued}/{lane.expected}", lane.first_number, lane.last_number, str(lane.written_back))
        series = lane.series or lane.lane.rpartition(":")[2]
        table.add_row(names.get(lane.lane, lane.lane), series, *counts, f"{lane.seconds:.1f}")
    return table


def _places(run: Run, seen: Seen) -> Table:
    """Where the invoices of each branch and channel went."""
    table = Table(title="Which company and series", title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("shop", "branch, channel", "company", "series", "invoices"):
        table.add_column(name, no_wrap=True, justify="right" if name == "invoices" else "left")
    counted: Counter[tuple[str, str, str, str]] = Counter()
    names = companies(run)
    for order in run.orders:
        known = seen.get(key_of(order))
        for invoice in known.invoices if known else ():
            if invoice.series:
                counted[order.shop, order.place, names.get(invoice.lane, invoice.lane), invoice.series] += 1
    for row, count in sorted(counted.items()):
        table.add_row(*row, str(count))
    return table


def _others(orders: Sequence[SampleOrder], seen: Seen) -> Table:
    table = Table(
        "shop", "state", "reason", "orders", title="Not invoiced, and why", title_justify="left", box=SIMPLE_HEAD
    )
    without = [order for order in orders if order.expected.ending is not Ending.ISSUED]
    counted = Counter((order.shop, *_state(order, seen.get(key_of(order)))) for order in without)
    for (shop, state, reason), count in sorted(counted.items()):
        table.add_row(shop, state, reason, str(count))
    return table


def _state(order: SampleOrder, known: SeenOrder | None) -> tuple[str, str]:
    return (known.outcome or "", known.reason or "") if known else (Ending.UNKNOWN.value, order.case)


def _differences(differences: Sequence[tuple[SampleOrder, str]]) -> Table:
    table = Table(
        "shop", "order", "case", "what is wrong", title="Not as it must be", title_justify="left", box=SIMPLE_HEAD
    )
    for order, text in differences[:_SHOWN]:
        table.add_row(order.shop, f"{order.name} ({order.order_id})", order.case, text)
    return table
