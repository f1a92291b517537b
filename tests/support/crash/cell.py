"""One cell: processes die one after the other at the plan's steps, the last one lives and must finish."""

import asyncio
import json
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from lanes.model import Intent, IntentState, LaneState
from lanes.mongo import MongoLaneStore
from lanes.operations import LaneOperations
from lanes.settings import LaneSettings
from shops.store import ShopStore
from support.crash import originals
from support.crash.checks import problems
from support.crash.evidence import Evidence, Rows, Starts, gather
from support.crash.forks import Child
from support.crash.orders import Company
from support.crash.originals import Issued
from support.crash.place import Place
from support.crash.plan import INVISIBLE_SECONDS, Cell
from support.crash.repeats import Repeat, repeats
from support.crash.steps import BEFORE_FIRST_BYTE, LOOK_UPS, VENDOR_WORKS, WATCHES, Step

DEATH_SECONDS = 45.0
"""How long a process may take to reach the step at which it dies."""
FINISH_SECONDS = 90.0
"""How long the last process may take to finish."""
_END_SECONDS = 30.0
_ASYNCHRONOUS = 0.5
"""From accepting to issuing, where no fault says otherwise (SignType 3)."""
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
    repeats: tuple[Repeat, ...] = ()
    named_two: int = 0
    look_ups: int = 0
    resumed: bool = False
    seconds: float = 0.0
    attempts: int = 1
    kept: Path | None = None

    @property
    def ok(self) -> bool:
        """Whether the step was reached and everything held."""
        return not self.problems and self.not_reached is None

    @property
    def repeated(self) -> Sequence[int]:
        """The orders that were asked for more than once."""
        return sorted({repeat.place for repeat in self.repeats})


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
    deaths: list[datetime] = field(default_factory=list)
    named_two: int = 0
    resumed_after: int | None = None
    originals: tuple[Issued, ...] = ()

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
        evidence = await gather(
            self.place,
            self.company,
            self.began,
            deaths=tuple(self.deaths),
            resumed_after=self.resumed_after,
            originals=self.originals,
        )
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
        await place.control("PUT", "options", {"asynchronous_delay_seconds": _ASYNCHRONOUS})
        shop = company.shop(place.vendor_url, place.shared.tool_url)
        await ShopStore(place.database, place.secrets).apply(shop, None, "crash table")
        if self.cell.way.corrects:
            await self._issue_originals()
        await place.log_in_an_hour_ago(company.account, company.login())
        await place.control("PUT", "faults", {"rules": self.cell.rules(company.tax_code)})
        await place.produce(company.commands(company.first_commands(), self.originals))

    async def _issue_originals(self) -> None:
        place, company = self.place, self.company
        await place.publish(company.login(), originals.bodies(len(company.ref_ids)))
        told = await place.control("GET", f"invoices?tax_code={company.tax_code}&series={originals.SERIES}")
        self.originals = tuple(map(Issued, told["invoices"]))

    async def _play(self) -> None:
        for step in self.cell.deaths:
            await self._die_at(step)
            if len(self.deaths) == 1:
                await self.place.produce(self.company.commands(self.company.later_commands(), self.originals))
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
        await self._check_named(step)
        self.deaths.append(datetime.now(UTC))

    async def _requests(self, path: str = "*/invoice") -> Rows:
        """Requests to publish (SignType 1: to create XML, too), as the vendor has them, or of another path."""
        told = await self.place.control("GET", f"requests?tax_code={self.company.tax_code}&path={path}")
        return [row for row in told["requests"] if row["series"] != [originals.SERIES]]

    async def _check_sent(self, step: Step) -> None:
        """Whoever dies after the first byte must have sent something: on a busy machine the lease may be too short."""
        if step in LOOK_UPS | WATCHES and not await self._requests("*/invoice/status"):
            raise NotReachedError(step, "nothing was looked up before")
        if step < VENDOR_WORKS or BEFORE_FIRST_BYTE in self.cell.deaths:
            return
        if not await self._requests():
            raise NotReachedError(step, "nothing was sent before")

    async def _check_named(self, step: Step) -> None:
        """Where requests are claimed ahead, two must have been named."""
        lane = await MongoLaneStore(self.place.database).load(self.company.lane) if self.cell.way.ahead else None
        two = lane is not None and lane.in_flight is not None and lane.in_flight.following is not None
        self.named_two += two
        if self.cell.names_two(step) and not two:
            raise NotReachedError(step, "the lane named one request, not two")

    async def _start(self, step: Step | None) -> Child:
        log = self.folder / f"process-{len(self.children) + 1}.log"
        point = step.point.name if step is not None and step.point is not None else None
        way = self.cell.way
        child = await self.place.shared.forks.invoicer(
            {**self.place.environment, **way.environment},
            log,
            point=point,
            skip=self.cell.skip(step) if step is not None else 0,
        )
        self.children.append(child)
        return child

    async def _vendor_works(self, child: Child) -> bool:
        """Whether a publish request is being processed, or hangs unprocessed."""
        if child.ended.done():
            raise NotReachedError(VENDOR_WORKS, f"the process ended with {child.ended.result()}")
        requests = await self._requests()
        lasting = [each for each in requests if "latency" in each["faults"]]
        if any(each["ended_at"] for each in lasting):
            raise NotReachedError(VENDOR_WORKS, "the vendor was done before anybody looked")
        return bool(lasting) or any("hang-before" in each["faults"] for each in requests)

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
        self.resumed_after = (await self._requests())[-1]["id"]
        await LaneOperations(store, LaneSettings()).resume_account(self.company.account)

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
        if self.resumed_after is not None:
            return ()  # it was lifted, and with it its counter
        rules = (await self.place.control("GET", "faults"))["rules"]
        return tuple(f"the fault {rule['kind']} never came" for rule in rules if not rule["applied"])

    def _seen(self, result: Result, evidence: Evidence) -> Result:
        refused = [intent for intent in evidence.intents.values() if intent.state is IntentState.REJECTED]
        return replace(
            result,
            deaths=len(self.deaths),
            named_two=self.named_two,
            issued=len(evidence.invoices),
            refused=len(refused),
            watched=sum(intent.open_attempts > 0 for intent in refused),
            requests=len(evidence.published),
            repeats=repeats(evidence),
            look_ups=len(evidence.look_ups),
            resumed=self.resumed_after is not None,
        )

    def _keep(self, result: Result, evidence: Evidence) -> Path:
        told = {"cell": self.cell.name, "problems": result.problems, **evidence.as_json()}
        file = self.folder / "evidence.json"
        file.write_text(json.dumps(told, ensure_ascii=False, indent=1, default=str))
        return file
