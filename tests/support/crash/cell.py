"""One cell: processes die one after the other at the plan's steps, the last one lives and must finish."""

import asyncio
import json
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from lanes.model import Intent, IntentState, LaneState
from lanes.mongo import MongoLaneStore
from lanes.operations import LaneOperations
from lanes.settings import LaneSettings
from shops.store import ShopStore
from support.crash.checks import problems
from support.crash.evidence import Evidence, Starts, gather
from support.crash.forks import Child
from support.crash.orders import Company, first_commands, later_commands
from support.crash.place import Place
from support.crash.plan import INVISIBLE_SECONDS, Cell
from support.crash.steps import BEFORE_FIRST_BYTE, VENDOR_WORKS, Step

DEATH_SECONDS = 45.0
"""How long a process may take to reach the step at which it dies."""
FINISH_SECONDS = 90.0
"""How long the last process may take to finish."""
_END_SECONDS = 30.0
_PAUSE = 0.15
_QUICK = 0.03
_MINUTE = 2.0
_DONE = frozenset({IntentState.ISSUED, IntentState.REJECTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a cell. No problems: all held."""

    cell: Cell
    problems: tuple[str, ...] = ()
    not_reached: Step | None = None
    deaths: int = 0
    issued: int = 0
    refused: int = 0
    watched: int = 0
    requests: int = 0
    repeated: tuple[int, ...] = ()
    look_ups: int = 0
    resumed: bool = False
    seconds: float = 0.0
    attempts: int = 1
    kept: Path | None = None

    @property
    def ok(self) -> bool:
        """Whether the step was reached and everything held."""
        return not self.problems and self.not_reached is None


class NotReachedError(Exception):
    """A process lived on beyond the step at which it was to die, or ended otherwise."""

    def __init__(self, step: Step, how: str) -> None:
        """Say what happened instead."""
        super().__init__(f"{step}: {how}")
        self.step = step


@dataclass
class Run:
    """A cell under way at a place."""

    cell: Cell
    place: Place
    company: Company
    folder: Path
    began: Starts
    children: list[Child] = field(default_factory=list)
    deaths: int = 0
    resumed: bool = False

    async def run(self) -> Result:
        """Play it; whatever goes wrong is in the result, and all is kept in the folder."""
        began = time.monotonic()
        self.folder.mkdir(parents=True)
        result = Result(cell=self.cell)
        hastening = asyncio.create_task(self._hasten_logins())
        try:
            await self._prepare()
            await self._play()
        except NotReachedError as error:
            result = replace(result, problems=(str(error),), not_reached=error.step)
        except TimeoutError as error:
            result = replace(result, problems=(f"not finished in time: {error}",))
        finally:
            hastening.cancel()
            ended = (*await self._fault_missing(), *await self._end())
        evidence = await gather(self.place, self.company, self.began)
        found = (*result.problems, *ended, *problems(evidence))
        result = replace(self._seen(result, evidence), problems=found, seconds=time.monotonic() - began)
        kept = self._keep(result, evidence)
        return result if result.ok else replace(result, kept=kept)

    async def _hasten_logins(self) -> None:
        """Between two logins there is a minute, which no setting shortens: it passes in seconds, as all else here."""
        while True:
            await self.place.let_a_minute_pass(self.company.account)
            await asyncio.sleep(_MINUTE)

    async def _prepare(self) -> None:
        place, company = self.place, self.company
        await place.control("PUT", "clock", {"offset_seconds": 0})
        await place.control("PUT", f"accounts/{company.tax_code}", company.at_vendor())
        await ShopStore(place.database, place.secrets).apply(company.shop(place.vendor_url), None, "crash table")
        await place.log_in_an_hour_ago(company.account, company.login())
        await place.control("PUT", "faults", {"rules": self.cell.rules(company.tax_code)})
        await place.produce(company.commands(first_commands()))

    async def _play(self) -> None:
        for step in self.cell.deaths:
            await self._die_at(step)
            if self.deaths == 1:
                await self.place.produce(self.company.commands(later_commands()))
        if self.cell.operator_waits_for_watch:
            await self.place.control("PUT", "clock", {"offset_seconds": INVISIBLE_SECONDS})
        await self._start(None)
        await self._until(self._finished, FINISH_SECONDS, _PAUSE)

    async def _die_at(self, step: Step) -> None:
        child = await self._start(step)
        if step == VENDOR_WORKS:
            await self._until(lambda: self._vendor_works(child), DEATH_SECONDS, _QUICK)
            child.send(signal.SIGKILL)
        code = await child.code(DEATH_SECONDS)
        if code != -signal.SIGKILL:
            raise NotReachedError(step, f"the process ended with {code}" if code is not None else "it lived on")
        await self._check_sent(step)
        self.deaths += 1

    async def _check_sent(self, step: Step) -> None:
        """Whoever dies after the first byte must have sent something: on a busy machine the lease may be too short."""
        if step < VENDOR_WORKS or BEFORE_FIRST_BYTE in self.cell.deaths:
            return
        told = await self.place.control("GET", f"requests?tax_code={self.company.tax_code}")
        if not told["requests"]:
            raise NotReachedError(step, "nothing was sent before")

    async def _start(self, step: Step | None) -> Child:
        log = self.folder / f"process-{len(self.children) + 1}.log"
        point = step.point.name if step is not None and step.point is not None else None
        child = await self.place.shared.forks.invoicer(self.place.environment, log, point=point)
        self.children.append(child)
        return child

    async def _vendor_works(self, child: Child) -> bool:
        """Whether a publish request is being processed, or hangs unprocessed."""
        if child.ended.done():
            raise NotReachedError(VENDOR_WORKS, f"the process ended with {child.ended.result()}")
        requests = (await self.place.control("GET", f"requests?tax_code={self.company.tax_code}"))["requests"]
        if any("latency" in each["faults"] and each["ended_at"] for each in requests):
            raise NotReachedError(VENDOR_WORKS, "the vendor was done before anybody looked")
        return any(each["ended_at"] is None or "hang-before" in each["faults"] for each in requests)

    async def _finished(self) -> bool:
        if self.children[-1].ended.done():
            raise TimeoutError(f"the last process ended with {self.children[-1].ended.result()}")
        store = MongoLaneStore(self.place.database)
        intents = await store.known(self.company.ref_ids)
        await self._operate(store, intents)
        done = len(intents) == len(self.company.ref_ids) and all(
            intent.state in _DONE and not intent.unannounced for intent in intents.values()
        )
        if not done:
            return False
        lane = await store.load(self.company.lane)
        told = lane is not None and lane.in_flight is None and not lane.unannounced
        if not told or await store.unannounced_accounts(limit=1):
            return False
        return await self.place.committed() == self.began.commands + len(self.company.ref_ids)

    async def _operate(self, store: MongoLaneStore, intents: Mapping[str, Intent]) -> None:
        """What an operator does about a blocked account: remove the cause, then let it go on."""
        record = (await store.accounts([self.company.account])).get(self.company.account)
        if record is None or record.state is not LaneState.BLOCKED:
            return
        if self.cell.operator_waits_for_watch and not all(
            intents[r].state in _DONE for r in self.company.first_request
        ):
            return
        await self.place.control("DELETE", "faults")
        await LaneOperations(store, LaneSettings()).resume_account(self.company.account)
        self.resumed = True

    async def _until(self, holds: Callable[[], Awaitable[bool]], seconds: float, pause: float) -> None:
        deadline = time.monotonic() + seconds
        while not await holds():
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited {seconds:g} s")
            await asyncio.sleep(pause)

    async def _end(self) -> tuple[str, ...]:
        """End the last process orderly, and make sure of the others."""
        for child in self.children[:-1]:
            child.send(signal.SIGKILL)
        if not self.children:
            return ()
        last = self.children[-1]
        last.send(signal.SIGTERM)
        code = await last.code(_END_SECONDS)
        if code in (0, -signal.SIGKILL):
            return ()
        last.send(signal.SIGKILL)
        return (f"SIGTERM ended the last process with {code}",)

    async def _fault_missing(self) -> tuple[str, ...]:
        """A fault that never came proves nothing."""
        if self.resumed:
            return ()  # it was lifted, and with it its counter
        rules = (await self.place.control("GET", "faults"))["rules"]
        return tuple(f"the fault {rule['kind']} never came" for rule in rules if not rule["applied"])

    def _seen(self, result: Result, evidence: Evidence) -> Result:
        refused = [intent for intent in evidence.intents.values() if intent.state is IntentState.REJECTED]
        return replace(
            result,
            deaths=self.deaths,
            issued=len(evidence.invoices),
            refused=len(refused),
            watched=sum(intent.open_attempts > 0 for intent in refused),
            requests=len(evidence.requests),
            repeated=tuple(evidence.repeated()),
            look_ups=len(evidence.look_ups),
            resumed=self.resumed,
        )

    def _keep(self, result: Result, evidence: Evidence) -> Path:
        told = {"cell": self.cell.name, "problems": result.problems, **evidence.as_json()}
        file = self.folder / "evidence.json"
        file.write_text(json.dumps(told, ensure_ascii=False, indent=1, default=str))
        return file
