"""The measurements of `make bench-lane`: speed of one lane, of many, of many beside blocked ones, and a bare loop."""

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import httpx
from bench.lane_process import Process, Tally, lane_settings
from bench.processor import Processor
from invoicing.claim import dress
from lanes.engine import LaneEngine

BATCH = 30
LATENCY = 0.3
_WINDOW_SECONDS = float(os.environ.get("BENCH_LANE_WINDOW", "6"))
_WARM_SECONDS = _WINDOW_SECONDS / 2
_ROUNDS = 2
_PATIENCE_SECONDS = 90
_MOST_A_SECOND = 700
"""More than any machine of today publishes in one process: what is staged for a window must outlast it."""
_QUICK_END = {"deadline": 8, "margin": 2, "lease": 15}
"""A hanging call is over soon after the measurement."""


@dataclass(frozen=True, slots=True)
class OneLane:
    """How near one lane comes to its bound of 30 ÷ (round trip + pause), from its first recorded answer to its last."""

    invoices: int
    seconds: float
    bound: float

    @property
    def rate(self) -> float:
        """Invoices a second."""
        return self.invoices / self.seconds

    @property
    def ratio(self) -> float:
        """1 is the bound."""
        return self.rate / self.bound


@dataclass(frozen=True, slots=True)
class Window:
    """What a process did in a stretch of steady work.

    `busy`, `wanted` and `machine` as in `Processor`; processor time in milliseconds.
    """

    lanes: int
    rate: float
    busy: float
    wanted: float
    machine: float | None
    milliseconds: float


async def one_lane(process: Process, *, requests: int, pause: float) -> OneLane:
    """Publish so many full requests, and one before them that is not counted."""
    process.latency(LATENCY)
    [lane] = process.lanes(1)
    await process.stage([lane], BATCH * (requests + 1))
    async with process.serving(lane_settings(pause=pause)) as (engine, tally):
        engine.notify(lane)
        await tally.until(BATCH * (requests + 1), within=5 * (LATENCY + pause) * (requests + 1) + 30)
    await process.clear()
    (began, first), (ended, last) = tally.moments[0], tally.moments[-1]
    return OneLane(last - first, ended - began, BATCH / (LATENCY + pause))


async def many_lanes(process: Process, number: int) -> Window:
    """Serve so many lanes, none of which runs dry, without a pause."""
    process.latency(LATENCY)
    lanes = process.lanes(number)
    seconds = _WARM_SECONDS + _WINDOW_SECONDS
    enough = int(min(seconds * BATCH / LATENCY, seconds * _MOST_A_SECOND / number)) + 2 * BATCH
    await process.stage(lanes, max(enough, (_ROUNDS + 3) * BATCH))
    async with process.serving(lane_settings(pause=0)) as (engine, tally):
        window = await _window(engine, tally, lanes)
    await process.clear()
    return window


async def _window(engine: LaneEngine, tally: Tally, lanes: Sequence[str]) -> Window:
    """From when each lane could have had its turn, until all could have had two more, and not too short."""
    for lane in lanes:
        engine.notify(lane)
    a_round = len(lanes) * BATCH
    await _at_least(tally, a_round, _WARM_SECONDS)
    before, processor = tally.issued, Processor()
    await _at_least(tally, _ROUNDS * a_round, _WINDOW_SECONDS)
    issued = max(1, tally.issued - before)
    return Window(
        lanes=len(lanes),
        rate=issued / processor.seconds,
        busy=processor.busy,
        wanted=processor.wanted,
        machine=processor.machine,
        milliseconds=processor.used / issued * 1000,
    )


async def _at_least(tally: Tally, invoices: int, seconds: float) -> None:
    begun = asyncio.get_running_loop().time()
    with suppress(TimeoutError):  # a machine as slow as that misses the goals, and is told so
        await tally.until(tally.issued + invoices, within=_PATIENCE_SECONDS)
    await asyncio.sleep(begun + seconds - asyncio.get_running_loop().time())


async def beside_blocked(process: Process, *, serving: int, blocked: int) -> float:
    """The rate of some lanes while others are blocked and one more waits for a vendor that hangs."""
    process.latency(LATENCY)
    lanes, stopped = process.lanes(serving), process.lanes(blocked)
    await process.stage(lanes, int((_WARM_SECONDS + _WINDOW_SECONDS) * BATCH / LATENCY) + BATCH)
    await process.stage(stopped, 1)
    hanging = stopped[:1]
    await process.block(stopped[1:])
    for lane in hanging:
        process.hang(lane)
    async with process.serving(lane_settings(pause=0, **_QUICK_END)) as (engine, tally):
        for lane in stopped:
            engine.notify(lane)
        window = await _window(engine, tally, lanes)
    process.heal()
    await process.clear()
    return window.rate


async def bare_loop(process: Process, *, requests: int) -> float:
    """Milliseconds of processor per invoice to build the same bodies and post them, and nothing else."""
    process.latency(0)
    [lane] = process.lanes(1)
    series, contents = lane.rpartition(":")[2], process.contents(lane)
    today = process.clock.vietnam_today()
    batches = [[next(contents).with_ref_id()[1] for _ in range(BATCH)] for _ in range(requests)]
    headers = await process.headers()
    async with httpx.AsyncClient(timeout=60) as http:
        await _post(http, process, headers, [dress(text, date=today, series_pattern=series) for text in batches.pop()])
        processor = Processor()
        for batch in batches:
            bodies = [dress(text, date=today, series_pattern=series) for text in batch]
            await _post(http, process, headers, bodies)
        return processor.used / (len(batches) * BATCH) * 1000


async def _post(http: httpx.AsyncClient, process: Process, headers: dict[str, str], bodies: Sequence[object]) -> None:
    body = f'{{"SignType":2,"InvoiceData":[{",".join(map(str, bodies))}],"PublishInvoiceData":null}}'
    answer = await http.post(f"{process.sandbox.url}/invoice", content=body.encode(), headers=headers)
    answer.raise_for_status()
    if answer.json()["success"] is not True:
        raise RuntimeError(f"the sandbox refuses the bare loop's invoices: {answer.text[:300]}")
