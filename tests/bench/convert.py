"""`make bench-convert`: how many orders a second become invoices, beside the same invoices in bare dicts of Decimals.

Processor time of one core, so that what else runs on the machine counts little. Every round measures every row once,
over orders of which no two are alike, in stretches of ten. A row is told by the best that each stretch took in any
round, since all that a busy machine adds is time, and by its middle round. Ratios are of two rows in the same round.
Python's garbage collector stays on, as in a service; what was made before the first round is no part of its work.
"""

import cProfile
import gc
import os
import pstats
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bench.convert_floor import bare_invoice
from bench.convert_orders import CATALOGUE, CONVERTED_ON, MAPPING, REF_ID, RULES, SERIES, body
from bench.report import Goal, finish, progress, say, table
from invoicing.amounts import Amounts
from invoicing.convert import Converted, convert
from invoicing.decide import Issue, decide
from invoicing.order import Order, parse_order
from invoicing.route import Routed, route

ORDERS = 60
STRETCH = 10
LINES = 5
LONG_LINES = 198
"""With the line of transport 199, the most that meInvoice takes."""
_LONG_NUMBER = 1
ROUNDS = int(os.environ.get("BENCH_CONVERT_ROUNDS", "60"))
TOP = 5
PROFILE_PASSES = 10
MOST_TO_BARE = 4.0
MOST_TO_BARE_LONG = 3.0

_Each = TypeVar("_Each")

CONVERT = "convert"
BARE = "bare dicts"
LONG = "convert, 199 lines"
LONG_BARE = "bare dicts, 199 lines"


@dataclass(slots=True)
class Row:
    """One kind of work, the row it is compared with, and its seconds by round and stretch of so many `times`."""

    name: str
    floor: str
    times: int
    stretches: Sequence[Callable[[], None]]
    rounds: list[list[float]] = field(default_factory=list)

    def measure(self) -> None:
        """Do the work of one round."""
        gc.collect()
        self.rounds.append([_seconds(stretch) / self.times for stretch in self.stretches])

    @property
    def best(self) -> float:
        """Seconds for doing it once, every stretch in its best round."""
        return statistics.fmean([min(times) for times in zip(*self.rounds, strict=True)])

    @property
    def median(self) -> float:
        """The same in the middle round."""
        return statistics.median([statistics.fmean(each) for each in self.rounds])

    def ratio(self, other: "Row") -> float:
        """How many times as long as the other it takes: the middle of the rounds."""
        pairs = zip(self.rounds, other.rounds, strict=True)
        ratios: list[float] = [statistics.fmean(mine) / statistics.fmean(its) for mine, its in pairs]
        return statistics.median(ratios)


def _seconds(work: Callable[[], None]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def converted(order: Order, amounts: Amounts | None = None) -> Converted:
    """The invoice of an order, as it is made once it is decided and routed."""
    made = convert(order, SERIES, RULES, ref_id=REF_ID, invoice_date=CONVERTED_ON, catalogue=CATALOGUE, amounts=amounts)
    if not isinstance(made, Converted):
        raise TypeError(f"order {order.id} was not converted: {made}")
    return made


def judged(order: Order) -> Converted:
    """The invoice of an order that is decided and routed first."""
    decision, routing = decide(order, RULES, today=CONVERTED_ON, catalogue=CATALOGUE), route(order, MAPPING)
    if not isinstance(decision, Issue) or not isinstance(routing, Routed):
        raise TypeError(f"order {order.id} is not to be issued: {decision}, {routing}")
    return converted(order, decision.amounts)


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
    long = [parse_order(body(_LONG_NUMBER, LONG_LINES))]
    for order in (*orders, long[0]):
        if different := unequal(order):
            raise ValueError(f"the floor makes another invoice of order {order.id}: {', '.join(different)}")
    return [
        _row("parse_order, from JSON", BARE, parse_order, bodies),
        _row("decide, route, convert", BARE, judged, orders),
        _row(CONVERT, BARE, converted, orders),
        _row("Content.to_json", BARE, lambda content: content.to_json(), contents),
        _row(BARE, BARE, bare, orders),
        _row(LONG, LONG_BARE, converted, long),
        _row(LONG_BARE, LONG_BARE, bare, long),
    ]


def _row(name: str, floor: str, do: Callable[[_Each], object], over: Sequence[_Each]) -> Row:
    def stretch(begin: int) -> Callable[[], None]:
        part = over[begin : begin + STRETCH]

        def work() -> None:
            for each in part:
                do(each)

        return work

    return Row(name, floor, min(STRETCH, len(over)), [stretch(begin) for begin in range(0, len(over), STRETCH)])


def profile(orders: Sequence[Order]) -> list[tuple[str, float]]:
    """The functions that take the most time of their own while orders are converted, with their share of all.

    Each counts with its best of several passes.
    """
    passes = [_own_seconds(orders) for _ in range(PROFILE_PASSES)]
    spent = {name: min(each.get(name, 0.0) for each in passes) for name in passes[0]}
    total = sum(spent.values())
    ranked = sorted(spent.items(), key=lambda item: -item[1])
    return [(name, own / total) for name, own in ranked[:TOP]]


def _own_seconds(orders: Sequence[Order]) -> dict[str, float]:
    profiler = cProfile.Profile()
    profiler.enable()
    for order in orders:
        converted(order)
    profiler.disable()
    own: defaultdict[str, float] = defaultdict(float)
    for key, (_, _, seconds, _, _) in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        own[_function(*key)] += seconds
    return own


def _function(path: str, _line: int, name: str) -> str:
    return name if path == "~" else f"{Path(path).stem}.{name}"


def _goals(by_name: dict[str, Row]) -> list[Goal]:
    return [
        Goal("five-line orders a second on one core", 1 / by_name[CONVERT].best, least=3000),
        Goal("an order of 199 lines, milliseconds", by_name[LONG].best * 1000, most=5),
        Goal("convert / bare dicts", by_name[CONVERT].ratio(by_name[BARE]), most=MOST_TO_BARE),
        Goal("convert / bare dicts, 199 lines", by_name[LONG].ratio(by_name[LONG_BARE]), most=MOST_TO_BARE_LONG),
    ]


def _table(by_name: dict[str, Row]) -> str:
    rows = [
        [
            row.name,
            f"{1 / row.best:,.0f}",
            f"{1 / row.median:,.0f}",
            f"{row.best * 1e6:,.0f}",
            f"{row.ratio(by_name[row.floor]):.2f}",
        ]
        for row in by_name.values()
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
        for stretch in row.stretches:
            stretch()
    for number in range(1, ROUNDS + 1):
        for row in measured:
            row.measure()
        progress(f"round {number} of {ROUNDS}")
    by_name = {row.name: row for row in measured}
    top = profile([parse_order(body(number, LINES)) for number in range(ORDERS)])
    say(_table(by_name))
    say(table(f"Where convert spends its time: the first {TOP}, by their own", ("function", "share"), _shares(top)))
    return finish(_figures(measured, top), _goals(by_name))


def _shares(top: Sequence[tuple[str, float]]) -> list[list[str]]:
    return [[name, f"{share:.1%}"] for name, share in top]


if __name__ == "__main__":
    sys.exit(main())
