"""The engine: finds lanes with work, serves many at once and fairly, sweeps, and stops orderly."""

import asyncio
import logging
import os
import socket
import uuid
from collections.abc import Awaitable, Callable
from datetime import date

from lanes.announcing import Announcing
from lanes.clock import SystemClock
from lanes.context import Context
from lanes.ports import (
    Announcer,
    Clock,
    Count,
    FailPointHook,
    Gauge,
    Metrics,
    NoMetrics,
    Publisher,
    no_fail_point,
)
from lanes.settings import LaneSettings
from lanes.store import LaneStore, StoreUnavailable
from lanes.turn import Done, Elsewhere, Later, Turn
from lanes.watching import watch
from lanes.workbench import Workbench

log = logging.getLogger(__name__)


def new_holder() -> str:
    """A name for this process that no other ever bears."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


class LaneEngine:
    """Serves every lane of a store, together with any number of other engines.

    Args:
        store: the only truth.
        publisher: the vendor.
        announcer: tells the world.
        settings: every number.
        today: the date that stands in what is issued today (in Vietnam: the Vietnam date).
        clock: time that goes on while suspended.
        metrics: counters and gauges.
        fail_point: called at every step; tests make it fail.
        holder: a name that no other engine ever bears.
    """

    def __init__(
        self,
        store: LaneStore,
        publisher: Publisher,
        announcer: Announcer,
        settings: LaneSettings,
        *,
        today: Callable[[], date],
        clock: Clock | None = None,
        metrics: Metrics | None = None,
        fail_point: FailPointHook = no_fail_point,
        holder: str | None = None,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        """Wire the collaborators; `run` starts the work."""
        metrics = metrics or NoMetrics()
        self._context = Context(
            store=store,
            publisher=publisher,
            announcing=Announcing(store, announcer, metrics, fail_point, settings.announce_grace_seconds),
            settings=settings,
            clock=clock or SystemClock(),
            today=today,
            new_id=new_id,
            metrics=metrics,
            fail_point=fail_point,
            holder=holder or new_holder(),
            stopping=asyncio.Event(),
            bench=Workbench(settings.most_at_work),
        )
        self._ready: dict[str, None] = {}
        self._serving: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._changed = asyncio.Event()
        self._fatal: BaseException | None = None

    def notify(self, lane: str) -> None:
        """Look at this lane now; call it after staging. Cheap, and from the engine's event loop only."""
        timer = self._timers.pop(lane, None)
        if timer is not None:
            timer.cancel()
        if lane in self._serving:
            self._again.add(lane)
        else:
            self._ready[lane] = None
            self._changed.set()

    def stop(self) -> None:
        """End orderly: no more claims; calls finish, or their outcome is marked unknown; leases are given back."""
        self._context.stopping.set()
        self._changed.set()

    async def run(self) -> None:
        """Serve lanes until `stop`, or until cancelled, which ends as orderly.

        Raises:
            BaseException: only what is not an `Exception` and comes out of a collaborator.
        """
        settings = self._context.settings
        sweeps = [
            asyncio.create_task(self._again_and_again(sweep, settings.sweep_seconds), name=f"lanes {sweep.__name__}")
            for sweep in (self._sweep_lanes, self._context.announcing.sweep, self._watch)
        ]
        try:
            while not self._context.stopping.is_set():
                self._changed.clear()
                self._start_turns()
                await self._changed.wait()
        finally:
            await self._shut_down(sweeps)
        if self._fatal is not None:
            raise self._fatal

    def _start_turns(self) -> None:
        while self._ready and len(self._serving) < self._context.settings.most_lanes:
            lane = next(iter(self._ready))
            del self._ready[lane]
            self._serving[lane] = asyncio.create_task(self._serve(lane), name=f"lane {lane}")
            self._serving[lane].add_done_callback(lambda task, lane=lane: self._ended(lane, task))  # type: ignore[misc]  # the default binds the loop's lane
        self._measure()

    def _measure(self) -> None:
        self._context.metrics.gauge(Gauge.SERVING, len(self._serving))
        self._context.metrics.gauge(Gauge.READY, len(self._ready))
        self._context.metrics.gauge(Gauge.IN_LINE, self._context.bench.waiting)

    async def _serve(self, lane: str) -> None:
        try:
            end = await Turn(lane, self._context, others_wait=lambda: bool(self._ready)).run()
        except StoreUnavailable as error:
            log.warning("the database is away: %s", error, extra={"lane": lane})
            end = Later(self._context.settings.sweep_seconds)
        match end:
            case Later(seconds):
                loop = asyncio.get_running_loop()
                self._timers[lane] = loop.call_later(seconds, self.notify, lane)
            case Done() | Elsewhere():
                pass

    def _ended(self, lane: str, task: asyncio.Task[None]) -> None:
        del self._serving[lane]
        if lane in self._again:
            self._again.discard(lane)
            self.notify(lane)
        self._changed.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if isinstance(error, Exception):
            self._context.metrics.count(Count.ERRORS)
            log.error("a lane's task failed", exc_info=error)
            return
        self._fatal = self._fatal or error
        self.stop()

    async def _again_and_again(self, sweep: Callable[[], Awaitable[None]], seconds: float) -> None:
        while not self._context.stopping.is_set():
            try:
                await sweep()
            except StoreUnavailable as error:
                log.warning("the database is away: %s", error)
            except Exception:  # the next sweep may succeed; nothing is lost by waiting
                self._context.metrics.count(Count.ERRORS)
                log.exception("a sweep failed")
            except BaseException as error:
                if not isinstance(error, asyncio.CancelledError):
                    self._fail(error)
                raise
            await self._context.sleep(seconds)

    async def _sweep_lanes(self) -> None:
        self._measure()
        settings = self._context.settings
        room = 4 * settings.most_lanes - len(self._ready)
        if room <= 0:
            return
        due = await self._context.store.due_lanes(grace_seconds=settings.sweep_grace_seconds, limit=room)
        for lane in due:
            if lane not in self._serving:
                self.notify(lane)

    async def _watch(self) -> None:
        await watch(self._context)

    async def _shut_down(self, sweeps: list[asyncio.Task[None]]) -> None:
        self._context.stopping.set()
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for sweep in sweeps:
            sweep.cancel()
        turns = list(self._serving.values())
        try:
            if turns:
                await asyncio.wait(turns, timeout=0 if self._fatal else self._context.settings.shutdown_seconds)
        finally:  # whoever loses patience and cancels us still finds every outcome recorded
            for turn in turns:
                turn.cancel()
            await asyncio.gather(*turns, *sweeps, return_exceptions=True)
