"""Faults on demand: which request is hit by what, decided by rules, counters and seeded chance."""

import random
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from sandbox.common import jsons
from sandbox.common.call import Call
from sandbox.common.database import Database
from sandbox.common.fault_kinds import AFFECTS, AFTER, BEFORE, FaultKind, effective

__all__ = ["AFTER", "BEFORE", "SCHEMA", "FaultKind", "FaultPlan", "FaultRule", "Faults"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS fault_plan (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fault_counters (
    rule INTEGER PRIMARY KEY, matched INTEGER NOT NULL, applied INTEGER NOT NULL);
"""


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
    retry_after: str | None = None
    """As the vendor tells it where absent."""
    body: str | None = None
    code: str = "Exception"
    """The vendor's error code that the invoice or request is refused with."""

    def matches(self, call: Call) -> bool:
        """Whether the request is one of those this rule is about, and its fault can affect."""
        return (
            (self.kind not in AFFECTS or not AFFECTS[self.kind].isdisjoint(call.uses))
            and (self.method is None or self.method.upper() == call.method)
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
        """The rules that have an effect on this request.

        It counts as matched for each rule that it matches, as applied for those that have an effect only.
        """
        plan = self.plan
        matching = [(index, rule) for index, rule in enumerate(plan.rules) if rule.matches(call)]
        hitting = [(index, rule) for index, rule in matching if self._hits(index, rule, plan.seed)]
        applied = [hitting[at] for at in effective([rule.kind for _, rule in hitting])]
        for index, _ in matching:
            self._count(index, applied=any(index == other for other, _ in applied))
        return tuple(rule for _, rule in applied)

    def _counted(self, index: int) -> tuple[int, int]:
        row = self._database.row("SELECT matched, applied FROM fault_counters WHERE rule = ?", (index,))
        return (0, 0) if row is None else (row["matched"], row["applied"])

    def _hits(self, index: int, rule: FaultRule, seed: int) -> bool:
        matched, applied = self._counted(index)
        chance = random.Random(f"{seed}:{index}:{matched}").random()  # noqa: S311  # repeatable on purpose
        return matched >= rule.skip and (rule.count is None or applied < rule.count) and chance < rule.probability

    def _count(self, index: int, *, applied: bool) -> None:
        matched, before = self._counted(index)
        self._database.execute(
            "INSERT OR REPLACE INTO fault_counters VALUES (?, ?, ?)", (index, matched + 1, before + applied)
        )

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
