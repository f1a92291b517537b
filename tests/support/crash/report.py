"""The table as people read it in a terminal, and its figures."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from support.crash.cell import Result
from support.crash.exceptions import exceptions, kind_of_reason, overtaken, ranges, reason
from support.crash.ways import AT_ONCE, Way

LEGEND = (
    "ok: everything held. +N: N orders were asked for more than once. l: an outcome was looked up.",
    "b: the account was blocked, an operator removed the cause and let it go on.",
    "a: two requests were named at the kill. -: not reached. FAILED: see above. Empty: no cell of this table.",
)


def by_way(results: Sequence[Result]) -> Iterator[tuple[Way, list[Result]]]:
    """The results of each way of sending; they come one way after the other."""
    for _, group in groupby(results, key=lambda result: result.cell.way.name):
        of_way = list(group)
        yield of_way[0].cell.way, of_way


def lines(results: Sequence[Result]) -> Iterator[str]:
    """Way, step, fault and result, a line for each cell; what failed says where its evidence lies."""
    for result in results:
        way = "" if result.cell.way is AT_ONCE else f"{result.cell.way.name:11}"
        yield f"{way}{result.cell.step.number}  {result.cell.fault.name:24} {outcome(result)}; {result.seconds:.0f} s"
        for problem in result.problems:
            yield f"     FAILED: {problem}"
        if result.kept:
            yield f"     kept: {result.kept}"


def outcome(result: Result) -> str:
    """What happened in one cell."""
    told = [
        f"{result.issued} issued, {result.refused} refused{' and still watched' if result.watched else ''}",
        f"{result.deaths} kill{'s' if result.deaths != 1 else ''}",
        f"{result.requests} requests",
    ]
    reasons: dict[str, list[int]] = {}
    for repeat in result.repeats:
        reasons.setdefault(reason(repeat), []).append(repeat.place)
    told += [f"asked again: {ranges(places)} for {why}" for why, places in reasons.items()]
    if result.look_ups:
        told.append("looked up")
    if result.named_two:
        told.append("two requests named")
    if result.resumed:
        told.append("blocked, resumed")
    if result.attempts > 1:
        told.append(f"played {result.attempts} times")
    return "; ".join(told)


def mark(result: Result) -> str:
    """One cell of the matrix."""
    if result.not_reached is not None:
        return "-"
    if not result.ok:
        return "FAILED"
    again = f" +{len(result.repeated)}" if result.repeated else ""
    looked = f"{' l' if result.look_ups else ''}{' b' if result.resumed else ''}"
    return f"ok{again}{looked}{' a' if result.named_two else ''}"


def tables(results: Sequence[Result]) -> Iterator[str]:
    """For each way of sending its matrix, and below it what was asked for again, and why."""
    for way, of_way in by_way(results):
        yield from (f"{way.name}: {way.meaning}", "", *_matrix(of_way), "")
        yield from (*_exceptions(of_way), "")
    yield from LEGEND


def _matrix(results: Sequence[Result]) -> Iterator[str]:
    """Faults in rows, steps in columns, each a few letters wide."""
    steps = sorted({result.cell.step for result in results})
    by_fault: dict[str, dict[str, str]] = {}
    for result in results:
        by_fault.setdefault(result.cell.fault.name, {})[result.cell.step.number] = mark(result)
    width = max((len(each) for marks in by_fault.values() for each in marks.values()), default=0)
    yield " " * 24 + " ".join(step.number.ljust(width) for step in steps)
    for fault, marks in by_fault.items():
        yield f"{fault:24}" + " ".join(marks.get(step.number, "").ljust(width) for step in steps)


def _exceptions(results: Sequence[Result]) -> Iterator[str]:
    found = list(exceptions(results))
    yield "Requests out of order of position:" if found else "No request was out of order of position."
    for each in found:
        yield f"  {each.why}"
        yield f"     orders {each.orders}, {each.times} times; steps {each.steps}; faults {each.faults}"
    if found:
        yield f"  overtaken by one behind it: {overtaken(results) or 'no order'}"


def summary(results: Sequence[Result], seconds: float) -> Mapping[str, Any]:
    """The figures of a run. `asked_again` counts orders, its reasons every time that one was asked for again."""
    failed = [result.cell.name for result in results if not result.ok]
    reasons = Counter(kind_of_reason(repeat) for result in results for repeat in result.repeats)
    return {
        "cells": len(results),
        "cells_by_way": Counter(result.cell.way.name for result in results),
        "held": len(results) - len(failed),
        "failed": failed,
        "not_reached": [result.cell.name for result in results if result.not_reached is not None],
        "played_again": [result.cell.name for result in results if result.attempts > 1],
        "steps": len({result.cell.step for result in results}),
        "faults": len({result.cell.fault.name for result in results}),
        "kills": sum(result.deaths for result in results),
        "kills_with_two_requests_named": sum(result.named_two for result in results),
        "issued": sum(result.issued for result in results),
        "refused": sum(result.refused for result in results),
        "requests": sum(result.requests for result in results),
        "asked_again": sum(len(result.repeated) for result in results),
        "asked_again_because": dict(reasons.most_common()),
        "asked_again_without_reason": sum(not repeat.why for result in results for repeat in result.repeats),
        "overtaken": overtaken(results),
        "blocked_and_resumed": sum(result.resumed for result in results),
        "seconds": round(seconds, 1),
        "goals": {"failed": 0, "not_reached": 0, "asked_again_without_reason": 0},
        "ok": bool(results) and not failed,
    }
