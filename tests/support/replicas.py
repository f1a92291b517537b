"""Several invoicers, each a process of its own, on one lane of a real Kafka, a real MongoDB and a strict stand-in."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from lanes.model import Intent, IntentState
from lanes.mongo import MongoLaneStore
from lanes.ports import FailPoint
from motor.motor_asyncio import AsyncIOMotorClient
from shops.store import ShopStore
from support.crash.checks import CHECKS
from support.crash.evidence import Evidence, Starts, gather, starts
from support.crash.forks import Child, fork_server
from support.crash.orders import Company
from support.crash.place import Place, Shared
from support.servers import free_ports

PATIENCE: Mapping[str, str] = {
    "INVOICER_LANE_LEASE": "2.2",
    "INVOICER_LANE_DEADLINE": "1.2",
    "INVOICER_LANE_MARGIN": "0.3",
    "INVOICER_LANE_PAUSE": "0",
    "INVOICER_LANE_RACE_PAUSE": "0.2",
    "INVOICER_LANE_LONGEST_PAUSE": "2",
    "INVOICER_LANE_QUIET": "0.4",
    "INVOICER_LANE_MOST_INTENTS": "2",
}
"""What takes minutes in production takes seconds here."""
READY_SECONDS = 40.0
DONE_SECONDS = 90.0
_PAUSE = 0.03


@asynccontextmanager
async def shared(kafka: str, mongo_url: str, folder: Path) -> AsyncIterator[Shared]:
    """What the worlds of a module share; the fork server imports the services once for all processes."""
    mongo: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
        mongo_url, tz_aware=True, uuidRepresentation="standard", w="majority", readConcernLevel="majority"
    )
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    producer = AIOKafkaProducer(bootstrap_servers=kafka, enable_idempotence=True)
    await admin.start()
    await producer.start()
    try:
        async with httpx.AsyncClient(timeout=30, trust_env=False) as http, fork_server() as forks:
            yield Shared(kafka, mongo_url, mongo, admin, producer, http, forks, folder)
    finally:
        await producer.stop()
        await admin.close()
        mongo.close()


async def until(holds: Callable[[], Awaitable[object]], what: str, seconds: float = DONE_SECONDS) -> None:
    """Wait for something; fails when it does not come."""
    deadline = time.monotonic() + seconds
    while not await holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        await asyncio.sleep(_PAUSE)


@dataclass
class Member:
    """One invoicer."""

    child: Child
    url: str

    @property
    def stands_still(self) -> bool:
        """Whether SIGSTOP holds it."""
        stat = Path(f"/proc/{self.child.pid}/stat").read_text()
        return stat.rpartition(")")[2].split()[0] == "T"

    def pause(self) -> None:
        """SIGSTOP: it notices nothing, and its clock goes on."""
        self.child.send(signal.SIGSTOP)

    def wake(self) -> None:
        """SIGCONT."""
        self.child.send(signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL."""
        self.child.send(signal.SIGKILL)

    async def leave(self) -> int | None:
        """SIGTERM; its exit code."""
        self.child.send(signal.SIGTERM)
        return await self.child.code(READY_SECONDS)

    def log(self) -> str:
        """All it has written."""
        return self.child.log.read_text(errors="replace")

    async def ready(self, http: httpx.AsyncClient) -> bool:
        """Whether it can work."""
        assert not self.child.ended.done(), self.log()[-3000:]
        try:
            return (await http.get(f"{self.url}/readyz")).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    async def counted(self, http: httpx.AsyncClient, metric: str) -> float:
        """What a counter of its metrics says, as an operator's dashboard reads it."""
        text = (await http.get(f"{self.url}/metrics")).text
        return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(metric))


@dataclass
class World:
    """One company with one lane, and the invoicers that serve it."""

    place: Place
    company: Company
    environment: Mapping[str, str] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)
    began: Starts | None = None

    async def prepare(self, *rules: Mapping[str, Any], seed: int = 0, **options: Any) -> None:
        """Make company and shop known and the vendor faulty; `options` are the stand-in's."""
        place, company = self.place, self.company
        self.began = await starts(place)
        await place.control("PUT", f"accounts/{company.tax_code}", company.at_vendor())
        if options:
            await place.control("PUT", "options", options)
        await self.faults(*rules, seed=seed)
        await place.log_in_an_hour_ago(company.account, company.login())
        await ShopStore(place.database, place.secrets).apply(company.shop(place.vendor_url), None, "replicas")

    async def faults(self, *rules: Mapping[str, Any], seed: int = 0) -> None:
        """Other faults from now on; each is about publish requests unless it says otherwise."""
        of = {"tax_code": self.company.tax_code, "path": "*/invoice"}
        await self.place.control("PUT", "faults", {"seed": seed, "rules": [{**of, **rule} for rule in rules]})

    async def join(
        self, point: FailPoint | str | None = None, sends: signal.Signals = signal.SIGSTOP, skip: int = 0
    ) -> Member:
        """One more invoicer; it sends itself a signal when it comes to a point, `skip` times passed by."""
        port = free_ports("invoicer")["invoicer"]
        log = self.place.shared.folder / f"{self.place.prefix}{len(self.members) + 1}.log"
        environment = {**self.place.environment, **PATIENCE, **self.environment, "HOADON_HTTP_PORT": str(port)}
        name = point.name if isinstance(point, FailPoint) else point
        child = await self.place.shared.forks.invoicer(environment, log, point=name, sends=sends, skip=skip)
        self.members.append(Member(child, f"http://127.0.0.1:{port}"))
        return self.members[-1]

    async def ready(self, *members: Member) -> None:
        """Wait until these can work."""
        for member in members:
            await until(lambda member=member: member.ready(self.place.shared.http), "readiness", READY_SECONDS)  # type: ignore[misc]  # bound at once

    async def stopped(self, member: Member) -> None:
        """Wait until a member stands still at its point."""

        async def stands_still() -> bool:
            return member.stands_still

        await until(stands_still, "the member to stand still", READY_SECONDS)

    async def requests(self) -> Sequence[Mapping[str, Any]]:
        """Publish requests as the vendor has them."""
        found: Sequence[Mapping[str, Any]] = (
            await self.place.control("GET", f"requests?tax_code={self.company.tax_code}")
        )["requests"]
        return found

    async def vendor_works(self) -> bool:
        """Whether the vendor is working on a publish request."""
        return any(request["ended_at"] is None for request in await self.requests())

    async def intents(self) -> Mapping[str, Intent]:
        """What is staged and became of it."""
        return await MongoLaneStore(self.place.database).known(self.company.ref_ids)

    async def issued(self) -> int:
        """How many are issued and recorded."""
        return sum(intent.state is IntentState.ISSUED for intent in (await self.intents()).values())

    async def done(self) -> bool:
        """Whether nothing is left to do."""
        intents = await self.intents()
        if len(intents) < len(self.company.ref_ids) or any(map(self._open, intents.values())):
            return False
        lane = await MongoLaneStore(self.place.database).load(self.company.lane)
        return lane is not None and lane.in_flight is None and not lane.unannounced

    def _open(self, intent: Intent) -> bool:
        end = IntentState.REJECTED if intent.ref_id == self.company.refused else IntentState.ISSUED
        return intent.state is not end or intent.unannounced

    async def evidence(self) -> Evidence:
        """Everything there is to see."""
        assert self.began is not None
        return await gather(self.place, self.company, self.began)

    async def end(self) -> None:
        """Leave no process behind."""
        for member in self.members:
            member.kill()
        for member in self.members:
            await member.child.code(READY_SECONDS)


def company(number: int, size: int) -> Company:
    """A company of its own with this many invoices, the third of which the vendor must refuse."""
    made = Company.number(number)
    return Company(made.tax_code, made.shop_id, made.org_id, tuple(str(uuid4()) for _ in range(size)))


@asynccontextmanager
async def world(shared: Shared, company: Company, **environment: str) -> AsyncIterator[World]:
    """A world of its own: topics, database, stand-in."""
    place = await Place.make(shared)
    made = World(place, company, environment)
    try:
        yield made
    finally:
        await made.end()
        await place.close()


def problems(evidence: Evidence, *, overlaps: bool = False) -> list[str]:
    """Everything that is not as it must be; `overlaps`: requests may have overlapped, all else holds."""
    found = [problem for check in CHECKS for problem in check(evidence)]
    return [problem for problem in found if not (overlaps and problem.startswith("overlaps:"))]
