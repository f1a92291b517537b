"""What there is to see once a cell has ended: at the vendor, in MongoDB, in Kafka."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.base import read_message
from contracts.envelope import Event
from contracts.results import RESULTS, InvoiceResult, LaneChanged
from contracts.topics import Topic
from lanes.model import AccountRecord, Intent, LaneRecord
from lanes.mongo import MongoLaneStore
from runtime.exchanges import COLLECTION
from support.crash import originals
from support.crash.orders import SERIES, Company
from support.crash.originals import Issued
from support.crash.place import Place

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Starts:
    """Where the cell's records begin."""

    commands: int
    results: int
    letters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All of it."""

    company: Company
    invoices: Rows
    requests: Rows
    look_ups: Rows
    audit: Mapping[str, Any]
    intents: Mapping[str, Intent]
    lane: LaneRecord | None
    account: AccountRecord | None
    results: Sequence[Event]
    letters: Sequence[Event]
    commands_left: int
    tokens: Rows = ()
    """Requests for a token."""
    deaths: Sequence[datetime] = ()
    """When processes died, by this machine's clock."""
    resumed_after: int | None = None
    """The vendor's last request before an operator let a blocked account go on."""
    originals: Sequence[Issued] = ()
    """Of corrections: what each order corrects."""
    exchanges: Rows = ()
    """What the invoicer has put on record of its publish requests: their RefIDs, and how each ended."""

    @property
    def published(self) -> Rows:
        """Requests to publish. Creating XML (SignType 1) issues nothing and may be repeated."""
        return [row for row in self.requests if (row["outcome"] or {}).get("step") != "create"]

    def announced(self) -> Mapping[str, InvoiceResult]:
        """The result of the highest version, by RefID."""
        newest: dict[str, InvoiceResult] = {}
        for result in self._results():
            if isinstance(result, InvoiceResult):
                known = newest.get(result.ref_id)
                newest[result.ref_id] = result if known is None or result.version > known.version else known
        return newest

    def announced_account(self) -> LaneChanged | None:
        """The newest change of the account."""
        changes = [r for r in self._results() if isinstance(r, LaneChanged) and r.lane == self.company.account]
        return max(changes, key=lambda change: change.version, default=None)

    def _results(self) -> list[Any]:
        return [read_message(event, *RESULTS) for event in self.results]

    def asked(self) -> list[list[int]]:
        """The places that each publish request named, in order of the requests."""
        return [[self.company.place_of(ref_id) for ref_id in request["ref_ids"]] for request in self.published]

    def repeated(self) -> list[int]:
        """Places that were asked for more than once."""
        flat = [place for request in self.asked() for place in request]
        return sorted({place for place in flat if flat.count(place) > 1})

    def as_json(self) -> Mapping[str, Any]:
        """For the file that a failed cell leaves behind; texts of whatever has no JSON."""
        return {
            "company": str(self.company),
            "invoices": self.invoices,
            "requests": self.requests,
            "look_ups": self.look_ups,
            "tokens": self.tokens,
            "exchanges": self.exchanges,
            "deaths": self.deaths,
            "resumed_after": self.resumed_after,
            "audit": self.audit,
            "intents": {place: str(self.intents.get(r)) for place, r in enumerate(self.company.ref_ids, 1)},
            "lane": str(self.lane),
            "account": str(self.account),
            "results": [[event.id, event.type, event.data.decode()] for event in self.results],
            "letters": [[event.id, event.type, event.data.decode()] for event in self.letters],
            "commands_left": self.commands_left,
        }


async def starts(place: Place) -> Starts:
    """Where the topics end now."""
    return Starts(
        commands=await place.end_of(Topic.INVOICING_COMMANDS),
        results=await place.end_of(Topic.INVOICING_RESULTS),
        letters=await place.end_of(Topic.DEAD_LETTERS),
    )


async def gather(place: Place, company: Company, began: Starts, **seen: Any) -> Evidence:
    """Look everywhere; `seen` is what whoever played the cell has to add."""
    store = MongoLaneStore(place.database)
    of = f"tax_code={company.tax_code}"
    accounts = await store.accounts([company.account])
    requests = (await place.control("GET", f"requests?{of}"))["requests"]
    return Evidence(
        company=company,
        invoices=(await place.control("GET", f"invoices?{of}&series={SERIES}&body=false"))["invoices"],
        requests=[row for row in requests if row["series"] != [originals.SERIES]],
        look_ups=(await place.control("GET", f"requests?{of}&path=*/invoice/status"))["requests"],
        tokens=(await place.control("GET", f"requests?{of}&path=*/auth/token"))["requests"],
        audit=await place.control("GET", f"audit?{of}"),
        intents=await store.known(company.ref_ids),
        lane=await store.load(company.lane),
        account=accounts.get(company.account),
        results=await place.read(Topic.INVOICING_RESULTS, began.results),
        letters=await place.read(Topic.DEAD_LETTERS, began.letters),
        commands_left=await place.end_of(Topic.INVOICING_COMMANDS) - await place.committed(),
        exchanges=await _exchanges(place, company),
        **seen,
    )


async def _exchanges(place: Place, company: Company) -> Rows:
    kept = {"_id": False, "ref_ids": True, "request_id": True, "status": True, "error": True}
    about = {"lane": company.lane, "operation": "POST /invoice"}
    return [row async for row in place.database[COLLECTION].find(about, kept).sort("started_at")]
