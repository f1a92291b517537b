"""Which orders were asked for again, or were overtaken, and why: read from the vendor's own record of requests."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from meinvoice.error_texts import ErrorClass
from meinvoice.errors import TOKEN_CODES, classify
from sandbox.common.faults import AFTER, FaultKind
from support.crash.evidence import Evidence

Row = Mapping[str, Any]

QUESTIONS = 4
"""A resend of an unknown outcome comes after two look-ups, each with both values of `invoiceWithCode`."""
ON_ITS_WAY = timedelta(seconds=0.5)
"""So long after a death a request that left before may still come in; the next process must wait for longer."""
_HTTP_TOO_MANY = 429
_SPOILED = AFTER | {
    FaultKind.ELEMENT_MISSING,
    FaultKind.ELEMENT_TWICE,
    FaultKind.ELEMENT_WITHOUT_NUMBER,
    FaultKind.ACCEPT_THEN_REFUSE,
}
"""Faults that make an answer say less than the vendor knows."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """One order that a request named although an earlier one had named it. `why` is empty where nothing explains it.

    `overtaken_by`: orders behind it that were asked for in between.
    """

    place: int
    orders: str
    request: int
    why: str
    overtaken_by: tuple[int, ...] = ()


def repeats(evidence: Evidence) -> tuple[Repeat, ...]:
    """All of them, in order of place."""
    return tuple(found for place in range(1, len(evidence.company.ref_ids) + 1) for found in _of(evidence, place))


def _of(evidence: Evidence, place: int) -> Iterator[Repeat]:
    ref_id = evidence.company.ref_ids[place - 1]
    rows = [row for row in evidence.published if _names(row, ref_id)]
    for earlier, later in pairwise(rows):
        between = [row for row in evidence.published if earlier["id"] <= row["id"] < later["id"]]
        behind = {evidence.company.place_of(each) for row in between for each in row["ref_ids"]}
        before = {evidence.company.place_of(each) for each in earlier["ref_ids"]}
        yield Repeat(
            place,
            evidence.company.kind_of(place),
            later["id"],
            _Between(evidence, ref_id, earlier, later).why(),
            tuple(sorted(other for other in behind - before if other > place)),
        )


@dataclass(frozen=True, slots=True)
class _Between:
    """What lies between two requests that name the same order."""

    evidence: Evidence
    ref_id: str
    earlier: Row
    later: Row

    def why(self) -> str:
        """The reason for the later one, or nothing."""
        code = self._code()
        kind = classify(code).error_class if code else None
        if kind is ErrorClass.ACCOUNT_FAULT and self._resumed():
            return f"an account's fault ({code}): blocked, and resumed"
        lost = self._lost(code)
        if lost and self._questions() >= QUESTIONS:
            where = self._at_the_vendor(code)
            return f"unknown outcome ({lost}; {where}), looked up and not found: the same body again"
        return self._known_refusal(code, kind)

    def _known_refusal(self, code: str, kind: ErrorClass | None) -> str:
        if kind is ErrorClass.ACCOUNT_FAULT and code.lower() in TOKEN_CODES and self._count(self.evidence.tokens):
            return f"the token was refused ({code}), and renewed"
        if kind is ErrorClass.ORDER_FAULT and self._whole() and len(self.earlier["ref_ids"]) > 1:
            return f"the whole request was refused and no invoice named ({code}): then one by one"
        if kind is ErrorClass.NUMBER_RACE:
            return f"a race for the number ({code})"
        if kind is ErrorClass.TRY_LATER or self.earlier["status"] == _HTTP_TOO_MANY:
            return f"refused for now ({code or 'HTTP 429'})"
        return ""

    def _lost(self, code: str) -> str:
        """Why nobody knows what came of the earlier request; nothing if its process should know."""
        earlier = self.earlier
        spoiled = not _SPOILED.isdisjoint(earlier["faults"])
        if spoiled or (earlier["outcome"] is None and earlier["status"] != _HTTP_TOO_MANY):
            return "no clear answer"
        if any(_came(earlier) <= death + ON_ITS_WAY < _came(self.later) for death in self.evidence.deaths):
            return "its process was killed"
        if code and classify(code).error_class in {ErrorClass.ISSUED_ALREADY, ErrorClass.UNKNOWN_OUTCOME}:
            return "known to the vendor already"
        if self._element().get("InvNo") is None and not code:
            return "accepted, and not found for too long"
        return ""

    def _at_the_vendor(self, code: str) -> str:
        if self.earlier["outcome"] is None:
            return "not processed"
        if code:
            return f"refused with {code}"
        return "issued" if self._element().get("InvNo") else "accepted"

    def _code(self) -> str:
        """The code that the vendor refused the request or the order with; nothing if it did not, or never saw it."""
        outcome = self.earlier["outcome"] or {}
        return str(outcome.get("refusal") or self._element().get("ErrorCode") or "")

    def _whole(self) -> bool:
        return "refusal" in (self.earlier["outcome"] or {})

    def _element(self) -> Row:
        elements = (self.earlier["outcome"] or {}).get("elements", ())
        return next((each for each in elements if str(each["RefID"]).lower() == self.ref_id), {})

    def _resumed(self) -> bool:
        after = self.evidence.resumed_after
        return after is not None and self.earlier["id"] <= after < self.later["id"]

    def _questions(self) -> int:
        return self._count(row for row in self.evidence.look_ups if _names(row, self.ref_id))

    def _count(self, rows: Iterable[Row]) -> int:
        return sum(self.earlier["id"] < row["id"] < self.later["id"] for row in rows)


def _names(row: Row, ref_id: str) -> bool:
    return ref_id in {each.lower() for each in row["ref_ids"]}


def _came(row: Row) -> datetime:
    return datetime.fromisoformat(row["started_at"])
