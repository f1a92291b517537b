"""`make bench-lane`: how near a lane comes to its bound, how many lanes a process serves, what blocked ones cost.

Everything is measured in one run on one machine, and told as ratios: figures of two machines do not compare.
"""

import asyncio
import os
import statistics
import sys
from pathlib import Path

from bench.lane_process import Process, log_nowhere, process
from bench.lane_sections import BATCH, LATENCY, OneLane, Window, bare_loop, beside_blocked, many_lanes, one_lane
from bench.processor import cores
from bench.report import Goal, finish, progress, say, table
from support import servers

REQUESTS = int(os.environ.get("BENCH_LANE_REQUESTS", "100"))
LANES = (1, 10, 50, 200)
BLOCKED = 40
BESIDE_BLOCKED = 2
ROUNDS = 2
DEFAULT_PAUSE = 1.0
_AT_ITS_LIMIT = 0.9
_BARE_REQUESTS = 100
"""Before the lanes and after them: seconds of work, so that a slow moment of the machine does not decide."""


async def _measure(mongo_url: str) -> int:
    async with process(mongo_url) as made:
        quick = await one_lane(made, requests=REQUESTS, pause=0)
        paused = await one_lane(made, requests=REQUESTS, pause=DEFAULT_PAUSE)
        say(_one_lane_table(quick, paused))
        before = await bare_loop(made, requests=_BARE_REQUESTS)
        windows: list[Window] = []
        for number in LANES:
            windows.append(await many_lanes(made, number))
            progress(f"{number} lanes: {windows[-1].rate:.0f} invoices a second")
        bare = statistics.mean((before, await bare_loop(made, requests=_BARE_REQUESTS)))
        say(_many_lanes_table(windows, bare))
        alone, beside = await _beside(made)
        say(_blocked_table(alone, beside))
        audit = made.sandbox.get("audit")
    figures, goals = _result(quick, paused, bare, windows, beside / alone)
    wrong = {name: len(audit[name]) for name in ("issued_twice", "gaps", "overlaps", "date_inversions")}
    goals.append(Goal("issued twice, gaps, overlaps, dates out of order", sum(wrong.values()), most=0))
    return finish(figures | {"audit": wrong}, goals)


async def _beside(made: Process) -> tuple[float, float]:
    """The rates without and with stopped lanes, in turns, so that a slow moment of the machine hits both."""
    alone, beside = [], []
    for _ in range(ROUNDS):
        alone.append(await beside_blocked(made, serving=BESIDE_BLOCKED, blocked=0))
        beside.append(await beside_blocked(made, serving=BESIDE_BLOCKED, blocked=BLOCKED))
    return statistics.mean(alone), statistics.mean(beside)


def _result(
    quick: OneLane, paused: OneLane, bare: float, windows: list[Window], beside: float
) -> tuple[dict[str, object], list[Goal]]:
    last, best = windows[-1], max(window.rate for window in windows)
    limit = max(last.wanted, last.machine or 0.0)
    figures: dict[str, object] = {
        "cores": cores(),
        "latency_seconds": LATENCY,
        "one_lane": {"invoices": quick.invoices, "per_second": round(quick.rate, 2), "ratio": round(quick.ratio, 4)},
        "one_lane_with_pause": {
            "invoices": paused.invoices,
            "pause_seconds": DEFAULT_PAUSE,
            "per_second": round(paused.rate, 2),
            "ratio": round(paused.ratio, 4),
        },
        "bare_loop_milliseconds": round(bare, 3),
        "many_lanes": [_figures(window, bare) for window in windows],
        "beside_stopped_lanes": round(beside, 4),
    }
    goals = [
        Goal("one lane, no pause: share of 30 / latency", quick.ratio, least=0.95),
        Goal("one lane, pause of 1 s: share of 30 / (latency + pause)", paused.ratio, least=0.97),
        Goal(f"{last.lanes} lanes: the processor is the limit", limit, least=_AT_ITS_LIMIT),
        Goal(f"{last.lanes} lanes: throughput beside the best", last.rate / best, least=0.8),
        Goal("processor per invoice, engine / bare loop", last.milliseconds / bare, most=7),
        Goal("lanes beside stopped ones / alone", beside, least=0.95),
    ]
    return figures, goals


def _figures(window: Window, bare: float) -> dict[str, object]:
    return {
        "lanes": window.lanes,
        "per_second": round(window.rate, 1),
        "process": round(window.busy, 3),
        "process_wants": round(window.wanted, 3),
        "machine": None if window.machine is None else round(window.machine, 3),
        "milliseconds": round(window.milliseconds, 3),
        "to_bare_loop": round(window.milliseconds / bare, 2),
    }


def _one_lane_table(*lanes: OneLane) -> str:
    rows = [[str(lane.invoices), f"{lane.bound:.2f}", f"{lane.rate:.2f}", f"{lane.ratio:.1%}"] for lane in lanes]
    for row, name in zip(rows, ("no pause", f"pause {DEFAULT_PAUSE:g} s"), strict=True):
        row.insert(0, name)
    return table(
        f"One lane, {BATCH} invoices a request, round trip {LATENCY * 1000:.0f} ms",
        ("", "invoices", "bound/s", "reached/s", "share"),
        rows,
    )


def _many_lanes_table(windows: list[Window], bare: float) -> str:
    rows = [
        [
            str(window.lanes),
            f"{window.rate:.0f}",
            f"{window.busy:.0%}",
            f"{window.wanted:.0%}",
            "-" if window.machine is None else f"{window.machine:.0%}",
            f"{window.milliseconds:.2f}",
            f"{window.milliseconds / bare:.2f}",
        ]
        for window in windows
    ]
    head = ("lanes", "invoices/s", "process", "wants", f"machine ({cores()})", "ms/invoice", "/ bare loop")
    return table(f"Lanes of one process; a bare loop takes {bare:.2f} ms of processor an invoice", head, rows)


def _blocked_table(alone: float, beside: float) -> str:
    rows = [["alone", f"{alone:.1f}", ""], ["beside them", f"{beside:.1f}", f"{beside / alone:.1%}"]]
    title = f"{BESIDE_BLOCKED} lanes beside {BLOCKED - 1} blocked ones and one whose vendor hangs, mean of {ROUNDS}"
    return table(title, ("", "invoices/s", "share"), rows)


def main() -> int:
    """Start what is needed, measure, stop it; 0 only if every goal is reached."""
    servers.begin_run()
    try:
        with Path(os.devnull).open("w") as nowhere:
            log_nowhere(nowhere)
            return asyncio.run(_measure(servers.mongo_url()))
    except TimeoutError:
        goals = [Goal("one lane: share of its bound", 0.0, least=0.95)]
        return finish({"error": "one lane took five times its bound"}, goals)
    finally:
        servers.end_run()


if __name__ == "__main__":
    sys.exit(main())
