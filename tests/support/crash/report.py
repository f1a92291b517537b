"""The table as people read it in a terminal, and its figures."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from support.crash.cell import Result

LEGEND = (
    "ok: everything held. +N: N orders were asked for more than once. l: an outcome was looked up.",
    "b: the account was blocked, an operator removed the cause and let it go on. -: not reached. FAILED: see above.",
)


def lines(results: Sequence[Result]) -> Iterator[str]:
    """Step, fault and result, a line for each cell; what failed says where its evidence lies."""
    for result in results:
        yield f"{result.cell.step.number}  {result.cell.fault.name:24} {outcome(result)}; {result.seconds:.0f} s"
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
    if result.repeated:
        told.append(f"asked again: {', '.join(map(str, result.repeated))}")
    if result.look_ups:
        told.append("looked up")
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
    return f"ok{again}{' l' if result.look_ups else ''}{' b' if result.resumed else ''}"


def matrix(results: Sequence[Result]) -> Iterator[str]:
    """Faults in rows, steps in columns, each a few letters wide."""
    steps = sorted({result.cell.step for result in results})
    by_fault: dict[str, dict[str, str]] = {}
    for result in results:
        by_fault.setdefault(result.cell.fault.name, {})[result.cell.step.number] = mark(result)
    width = max((len(each) for marks in by_fault.values() for each in marks.values()), default=0)
    yield " " * 24 + " ".join(step.number.ljust(width) for step in steps)
    for fault, marks in by_fault.items():
        yield f"{fault:24}" + " ".join(marks.get(step.number, "").ljust(width) for step in steps)
    yield from ("", *LEGEND)


def summary(results: Sequence[Result], seconds: float) -> Mapping[str, Any]:
    """The figures of a run."""
    failed = [result.cell.name for result in results if not result.ok]
    return {
        "cells": len(results),
        "held": len(results) - len(failed),
        "failed": failed,
        "not_reached": [result.cell.name for result in results if result.not_reached is not None],
        "played_again": [result.cell.name for result in results if result.attempts > 1],
        "steps": len({result.cell.step for result in results}),
        "faults": len({result.cell.fault.name for result in results}),
        "kills": sum(result.deaths for result in results),
        "issued": sum(result.issued for result in results),
        "refused": sum(result.refused for result in results),
        "requests": sum(result.requests for result in results),
        "asked_again": sum(len(result.repeated) for result in results),
        "blocked_and_resumed": sum(result.resumed for result in results),
        "seconds": round(seconds, 1),
        "goals": {"failed": 0, "not_reached": 0},
        "ok": bool(results) and not failed,
    }
