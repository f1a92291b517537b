"""Faults on demand: which request is hit by what, decided by rules, counters and seeded chance."""

import random
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from sandbox.common import jsons
from sandbox.common.call import Call
from sandbox.common.database import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS fault_plan (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fault_counters (
    rule INTEGER PRIMARY KEY, matched INTEGER NOT NULL, applied INTEGER NOT NULL);
"""


class FaultKind(StrEnum):
    """What can go wrong."""

    LATENCY = "latency"
    """Takes `seconds` longer, counted as processing; the request is handled even if the caller has left."""
    HANG_BEFORE = "hang-before"
    """Nothing is processed, nothing is answered; the connection is dropped after `seconds`."""
    RESET_BEFORE = "reset-before"
    """Nothing is processed; the connection is reset."""
    ERROR_BEFORE = "500-before"
    """Nothing is processed; the answer is HTTP `status`, 500 by default."""
    TOO_MANY_REQUESTS = "429"
    """Nothing is processed; HTTP 429 with `Retry-After: retry_after`."""
    UNAUTHORIZED = "401"
    """Nothing is processed; HTTP 401 in the vendor's words."""
    ACCEPT_THEN_HANG = "accept-then-hang"
    """Processed; no answer; the connection is dropped after `seconds`."""
    ACCEPT_THEN_RESET = "accept-then-reset"
    """Processed; the connection is reset instead of an answer."""
    ACCEPT_THEN_ERROR = "accept-then-500"
    """Processed; the answer is HTTP `status`, 500 by default."""
    GARBAGE = "garbage"
    """Processed; HTTP 200 with a body that is not JSON (`body` replaces it)."""
    PARTIAL = "partial"
    """Processed; half of the answer's body, then the connection is reset."""
    SLOW = "slow"
    """Processed; the answer's body trickles over `seconds`."""

    NUMBER_RACE = "number-race"
    """meInvoice publish: every invoice is answered `InvoiceNumberNotCotinuous`; nothing is issued."""
    TOKEN_EXPIRED = "token-expired"  # noqa: S105  # a fault's name
    """meInvoice: the token is told to be expired."""
    TOKEN_INVALID = "token-invalid"  # noqa: S105  # a fault's name
    """meInvoice: the token is told to be invalid."""
    LICENCE_USED_UP = "licence-used-up"
    """meInvoice publish: `LicenseInfo_OutOfInvoice` for the whole request."""
    DELAYED_VISIBILITY = "delayed-visibility"
    """meInvoice publish: what is issued shows in status only after `seconds`."""
    ELEMENT_MISSING = "element-missing"
    """meInvoice publish: issued, but the first element is absent from the answer."""
    ELEMENT_TWICE = "element-twice"
    """meInvoice publish: issued, but the first element is in the answer twice."""
    ELEMENT_WITHOUT_NUMBER = "element-without-number"
    """meInvoice publish: issued, but the elements carry no number and no lookup code."""
    VERDICT_REFUSED = "verdict-refused"
    """meInvoice publish: issued, and the tax authority refuses it later."""
    VERDICT_ERROR = "verdict-error"
    """meInvoice publish: issued, and sending it to the tax authority fails."""
    REFUSE = "refuse"
    """meInvoice publish: every invoice is answered with the error `code`; nothing is issued or created."""
    ACCEPT_THEN_REFUSE = "accept-then-refuse"
    """meInvoice publish: issued, and yet every invoice is answered with the error `code`."""
    REFUSE_ALL = "refuse-all"
    """meInvoice: the whole request is refused with HTTP 400 and the error `code`; nothing is done."""
    ASYNCHRONOUS_SLOW = "asynchronous-slow"
    """meInvoice publish, SignType 3 and 6: issued only after `seconds`."""
    ASYNCHRONOUS_NEVER = "asynchronous-never"
    """meInvoice publish, SignType 3 and 6: accepted and never issued; only that invoice where `ref_id` is given."""
    STATUS_EMPTY = "status-empty"
    """meInvoice status: success without any row."""
    STATUS_UNCLEAR = "status-unclear"
    """meInvoice status: rows without number and lookup code, and with a publish status of 0."""


BEFORE = frozenset(
    {FaultKind.HANG_BEFORE, FaultKind.RESET_BEFORE, FaultKind.ERROR_BEFORE, FaultKind.TOO_MANY_REQUESTS}
    | {FaultKind.UNAUTHORIZED}
)
AFTER = frozenset(
    {FaultKind.ACCEPT_THEN_HANG, FaultKind.ACCEPT_THEN_RESET, FaultKind.ACCEPT_THEN_ERROR, FaultKind.GARBAGE}
    | {FaultKind.PARTIAL, FaultKind.SLOW}
)


class FaultRule(BaseModel):
    """One fault and the requests it hits; every condition that is given must hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: FaultKind
    method: str | None = None
    path: str | None = Field(default=None, description="shell pattern over the whole path, e.g. */invoice")
    owner: str | None = Field(default=None, validation_alias=AliasChoices("owner", "tax_code", "org_id"))
    """Tax code (meInvoice) or org id (Haravan)."""
    series: str | None = Field(default=None, description="shell pattern over any series in the request, e.g. 1C??TAA")
    ref_id: str | None = None
    order_id: str | None = None
    action: str | None = Field(default=None, description="create or publish: the two uses of SignType 1's path")
    skip: Annotated[int, Field(ge=0)] = 0
    """How many matching requests pass before the fault begins."""
    count: Annotated[int, Field(ge=1)] | None = None
    """How often the fault is applied; without end where absent."""
    probability: Annotated[float, Field(ge=0, le=1)] = 1.0
    seconds: Annotated[float, Field(ge=0)] = 3600.0
    status: Annotated[int, Field(ge=400, le=599)] = 500
    retry_after: str = "2.0"
    body: str | None = None
    code: str = "Exception"
    """The vendor's error code that the invoice or request is refused with."""

    def matches(self, call: Call) -> bool:
        """Whether the request is one of those this rule is about."""
        return (
            (self.method is None or self.method.upper() == call.method)
            and (self.path is None or fnmatchcase(call.path, self.path))
            and (self.owner is None or self.owner == call.owner)
            and (self.series is None or any(fnmatchcase(name, self.series) for name in call.series))
            and (self.ref_id is None or self.ref_id.lower() in {ref_id.lower() for ref_id in call.ref_ids})
            and (self.order_id is None or self.order_id == call.order_id)
            and (self.action is None or self.action == call.action)
        )


class FaultPlan(BaseModel):
    """All rules in force, in order, and the seed of their chance."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = 0
    rules: tuple[FaultRule, ...] = ()


class Faults:
    """Keeps the plan and its counters, and picks what hits a request."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: tuple[str | None, FaultPlan] = (None, FaultPlan())

    @property
    def plan(self) -> FaultPlan:
        """The plan in force; its text is parsed when it has changed."""
        body = self._database.value("SELECT body FROM fault_plan")
        if body != self._read[0]:
            self._read = (body, FaultPlan() if body is None else FaultPlan.model_validate(jsons.loads(body)))
        return self._read[1]

    def replace(self, plan: FaultPlan) -> None:
        """Put another plan in force; counters begin anew."""
        with self._database.transaction():
            self._database.execute("DELETE FROM fault_counters")
            self._database.execute("INSERT OR REPLACE INTO fault_plan VALUES (1, ?)", (plan.model_dump_json(),))

    def pick(self, call: Call) -> tuple[FaultRule, ...]:
        """The rules that hit this request; counts it for each rule that it matches."""
        plan = self.plan
        return tuple(
            rule
            for index, rule in enumerate(plan.rules)
            if rule.matches(call) and self._applies(index, rule, plan.seed)
        )

    def _applies(self, index: int, rule: FaultRule, seed: int) -> bool:
        counters = self._database.row("SELECT matched, applied FROM fault_counters WHERE rule = ?", (index,))
        matched, applied = (0, 0) if counters is None else (counters["matched"], counters["applied"])
        chance = random.Random(f"{seed}:{index}:{matched}").random()  # noqa: S311  # repeatable on purpose
        hit = matched >= rule.skip and (rule.count is None or applied < rule.count) and chance < rule.probability
        self._database.execute(
            "INSERT OR REPLACE INTO fault_counters VALUES (?, ?, ?)", (index, matched + 1, applied + hit)
        )
        return hit

    def report(self) -> dict[str, Any]:
        """The plan with how often each rule matched and was applied."""
        counters = {row["rule"]: row for row in self._database.rows("SELECT * FROM fault_counters")}
        plan = self.plan
        rules = [
            rule.model_dump(mode="json", exclude_defaults=True)
            | {
                "kind": rule.kind,
                "matched": counters[index]["matched"] if index in counters else 0,
                "applied": counters[index]["applied"] if index in counters else 0,
            }
            for index, rule in enumerate(plan.rules)
        ]
        return {"seed": plan.seed, "rules": rules}
