"""The exceptions to the order of requests that a run has seen, put together: which orders, why, where."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from support.crash.cell import Result
from support.crash.faults import Fault
from support.crash.repeats import Repeat
from support.crash.steps import STEPS, Step

UNEXPLAINED = "NO REASON FOUND"
_ALL = "all"


@dataclass(frozen=True, slots=True)
class Exceptional:
    """Orders that were asked for again for one reason, and the cells in which they were."""

    why: str
    orders: str
    faults: str
    steps: str
    times: int


def exceptions(results: Sequence[Result]) -> Iterator[Exceptional]:
    """Those of one way of sending; faults that are alike in all of it share a line."""
    alike: dict[tuple[str, str, tuple[Step, ...]], list[Fault]] = defaultdict(list)
    times: dict[tuple[str, str, tuple[Step, ...]], int] = defaultdict(int)
    for fault, seen in _by_fault(results).items():
        for why, found in seen.items():
            key = why, _orders(repeat for _, repeat in found), tuple(sorted({step for step, _ in found}))
            alike[key].append(fault)
            times[key] += len(found)
    played = {fault.name for fault in _by_fault(results, all_of_them=True)}
    for (why, orders, steps), faults in alike.items():
        names = [fault.name for fault in faults]
        named = _ALL if len(names) == len(played) > 1 else ", ".join(names)
        yield Exceptional(why, orders, named, _steps(steps, results), times[why, orders, steps])


def overtaken(results: Iterable[Result]) -> int:
    """How many orders were asked for again after one that stands behind them."""
    return sum(bool(repeat.overtaken_by) for result in results for repeat in result.repeats)


def reason(repeat: Repeat) -> str:
    """Why an order was asked for again."""
    why = repeat.why or UNEXPLAINED
    behind = f"; overtaken by {ranges(repeat.overtaken_by)}" if repeat.overtaken_by else ""
    return f"{why}{behind}"


def kind_of_reason(repeat: Repeat) -> str:
    """Why, without the particulars."""
    return (repeat.why or UNEXPLAINED).partition(" (")[0]


def ranges(numbers: Iterable[int]) -> str:
    """Numbers in few letters: 1-30, 33."""
    ordered = sorted(set(numbers))
    starts = [ordered[0], *(after for before, after in pairwise(ordered) if after != before + 1)] if ordered else []
    ends = [*(before for before, after in pairwise(ordered) if after != before + 1), ordered[-1]] if ordered else []
    return ", ".join(f"{s}-{e}" if e > s else str(s) for s, e in zip(starts, ends, strict=True))


def _by_fault(
    results: Sequence[Result], *, all_of_them: bool = False
) -> dict[Fault, dict[str, list[tuple[Step, Repeat]]]]:
    found: dict[Fault, dict[str, list[tuple[Step, Repeat]]]] = {}
    for result in results:
        if result.repeats or all_of_them:
            of_fault = found.setdefault(result.cell.fault, defaultdict(list))
            for repeat in result.repeats:
                of_fault[_without_numbers(repeat)].append((result.cell.step, repeat))
    return found


def _without_numbers(repeat: Repeat) -> str:
    why = repeat.why or UNEXPLAINED
    return f"{why}; overtaken meanwhile" if repeat.overtaken_by else why


def _orders(repeats: Iterable[Repeat]) -> str:
    by_kind: dict[str, set[int]] = defaultdict(set)
    for repeat in repeats:
        by_kind[repeat.orders].add(repeat.place)
    return "; ".join(f"{ranges(places)} ({kind})" for kind, places in by_kind.items())


def _steps(steps: Sequence[Step], results: Sequence[Result]) -> str:
    """Steps in few letters: all, or 2.3-3.4, 6.1."""
    played = [step for step in STEPS if step in {result.cell.step for result in results}]
    if list(steps) == played and len(played) > 1:
        return _ALL
    runs: list[list[Step]] = []
    for step in steps:
        if runs and played.index(step) == played.index(runs[-1][-1]) + 1:
            runs[-1].append(step)
        else:
            runs.append([step])
    return ", ".join(f"{run[0].number}-{run[-1].number}" if len(run) > 1 else run[0].number for run in runs)
