"""`make bench-convert`: how many orders a second become invoices, beside the same invoices in bare dicts of Decimals.

Processor time of one core, so that what else runs on the machine counts little. Every round measures every row once,
over orders of which no two are alike; a row is told by its best round, since all that a machine adds is time, and by
its median. Ratios are of two rows in the same round. Python's garbage collector stays on, as in a service; what was
made before the first round is no part of its work.
"""

import cProfile
import gc
import os
import pstats
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bench.convert_floor import bare_invoice
from bench.convert_orders import CONVERTED_ON, MAPPING, REF_ID, RULES, SERIES, body
from bench.report import Goal, finish, progress, say, table
from invoicing.convert import Converted, convert
from invoicing.decide import Issue, decide
from invoicing.order import Order, parse_order
from invoicing.route import Routed, route

ORDERS = 200
LINES = 5
LONG_LINES = 198
"""With the line of transport 199, the most that meInvoice takes."""
_LONG_NUMBER = 1
ROUNDS = int(os.environ.get("BENCH_CONVERT_ROUNDS", "25"))
TOP = 5
MOST_TO_BARE = 3.0
_LONG_TIMES = 5

_Each = TypeVar("_Each")

CONVERT = "convert"
BARE = "bare dicts"
LONG = "convert, 199 lines"
LONG_BARE = "bare dicts, 199 lines"


@dataclass(slots=True)
class Row:
    """One kind of work: what it does once, and seconds of processor for each time it was done, by round."""

    name: str
    times: int
    work: Callable[[], None]
    seconds: list[float] = field(default_factory=list)

    def measure(self) -> None:
        """Do the work of one round."""
        gc.collect()
        began = time.process_time()
        self.work()
        self.seconds.append((time.process_time() - began) / self.times)

    @property
    def best(self) -> float:
        """Seconds in the best round."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """Seconds in the middle round."""
        return statistics.median(self.seconds)

    def ratio(self, other: "Row") -> float:
        """How many times as long as the other it takes: the middle of the rounds."""
        return statistics.median(one / two for one, two in zip(self.seconds, other.seconds, strict=True))


def converted(order: Order) -> Converted:
    """The invoice of an order, as it is made once it is decided and routed."""
    made = convert(order, SERIES, RULES, ref_id=REF_ID, invoice_date=CONVERTED_ON)
    if not isinstance(made, Converted):
        raise TypeError(f"order {order.id} was not converted: {made}")
    return made


def judged(order: Order) -> Converted:
    """The invoice of an order that is decided and routed first."""
    decision, routing = decide(order, RULES, today=CONVERTED_ON), route(order, MAPPING)
    if not isinstance(decision, Issue) or not isinstance(routing, Routed):
        raise TypeError(f"order {order.id} is not to be issued: {decision}, {routing}")
    return converted(order)


def bare(order: Order) -> object:
    """The floor."""
    return bare_invoice(order, CONVERTED_ON, REF_ID)


def unequal(order: Order) -> tuple[str, ...]:
    """Fields in which our invoice and the floor's differ; none, or they do not do the same work."""
    ours, floor = converted(order).invoice.model_dump(exclude_none=True), bare_invoice(order, CONVERTED_ON, REF_ID)
    return tuple(name for name in {**ours, **floor} if ours.get(name) != floor.get(name))


def rows() -> list[Row]:
    """What is measured."""
    bodies = [body(number, LINES) for number in range(ORDERS)]
    orders = [parse_order(each) for each in bodies]
    contents = [converted(each).content for each in orders]
    long = [parse_order(body(_LONG_NUMBER, LONG_LINES))] * _LONG_TIMES
    for order in (*orders, long[0]):
        if different := unequal(order):
            raise ValueError(f"the floor makes another invoice of order {order.id}: {', '.join(different)}")
    return [
        _row("parse_order, from JSON", parse_order, bodies),
        _row("decide, route, convert", judged, orders),
        _row(CONVERT, converted, orders),
        _row("Content.to_json", lambda content: content.to_json(), contents),
        _row(BARE, bare, orders),
        _row(LONG, converted, long),
        _row(LONG_BARE, bare, long),
    ]


def _row(name: str, do: Callable[[_Each], object], over: Sequence[_Each]) -> Row:
    def work() -> None:
        for each in over:
            do(each)

    return Row(name, len(over), work)


def profile(orders: Sequence[Order]) -> list[tuple[str, float]]:
    """The functions that take the most time of their own while orders are converted, with their share of all."""
    profiler = cProfile.Profile()
    profiler.enable()
    for order in orders:
        converted(order)
    profiler.disable()
    spent = {_function(*key): own for key, (_, _, own, _, _) in pstats.Stats(profiler).stats.items()}  # type: ignore[attr-defined]
    total = sum(spent.values())
    ranked = sorted(spent.items(), key=lambda item: -item[1])
    return [(name, own / total) for name, own in ranked[:TOP]]


def _function(path: str, _line: int, name: str) -> str:
    return name if path == "~" else f"{Path(path).stem}.{name}"


def _goals(by_name: dict[str, Row]) -> list[Goal]:
    return [
        Goal("five-line orders a second on one core", 1 / by_name[CONVERT].best, least=3000),
        Goal("an order of 199 lines, milliseconds", by_name[LONG].best * 1000, most=5),
        Goal("convert / bare dicts", by_name[CONVERT].ratio(by_name[BARE]), most=MOST_TO_BARE),
        Goal("convert / bare dicts, 199 lines", by_name[LONG].ratio(by_name[LONG_BARE]), most=MOST_TO_BARE),
    ]


def _table(measured: Sequence[Row], bare_row: Row) -> str:
    rows = [
        [
            row.name,
            f"{1 / row.best:,.0f}",
            f"{1 / row.median:,.0f}",
            f"{row.best * 1e6:,.0f}",
            f"{row.ratio(bare_row):.2f}",
        ]
        for row in measured
    ]
    head = ("", "best/s", "median/s", "best us", "/ bare dicts")
    return table(f"Orders of {LINES} lines on one core, {ORDERS} of them in each of {ROUNDS} rounds", head, rows)


def _figures(measured: Sequence[Row], top: Sequence[tuple[str, float]]) -> dict[str, object]:
    return {
        "python": sys.version.split()[0],
        "rounds": ROUNDS,
        "rows": [
            {"name": row.name, "best_microseconds": round(row.best * 1e6, 2), "per_second": round(1 / row.best, 1)}
            | {"median_microseconds": round(row.median * 1e6, 2)}
            for row in measured
        ],
        "profile": [{"function": name, "share": round(share, 4)} for name, share in top],
    }


def main() -> int:
    """Measure, tell, and say whether the goals are reached."""
    measured = rows()
    gc.collect()
    gc.freeze()
    for row in measured:
        row.work()
    for number in range(1, ROUNDS + 1):
        for row in measured:
            row.measure()
        progress(f"round {number} of {ROUNDS}")
    by_name = {row.name: row for row in measured}
    top = profile([parse_order(body(number, LINES)) for number in range(ORDERS)])
    say(_table(measured, by_name[BARE]))
    say(table(f"Where convert spends its time: the first {TOP}, by their own", ("function", "share"), _shares(top)))
    return finish(_figures(measured, top), _goals(by_name))


def _shares(top: Sequence[tuple[str, float]]) -> list[list[str]]:
    return [[name, f"{share:.1%}"] for name, share in top]


if __name__ == "__main__":
    sys.exit(main())
