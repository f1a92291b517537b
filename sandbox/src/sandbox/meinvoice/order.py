"""Were invoices issued in the order in which they were first asked for? As far as requests tell."""

from itertools import pairwise
from typing import Any

from sandbox.common import jsons
from sandbox.common.database import Database

_Asked = dict[tuple[str, str], tuple[int, int]]
"""Tax code and RefID; request and position in it."""


class Order:
    """Compares numbers with requests; an invoice that was refused or lost may be overtaken rightly.

    What it was refused for is told, and what became of each request for it before the overtaking one: a request that a
    fault kept from being processed has no outcome.
    """

    def __init__(self, database: Database, invoices: list[dict[str, Any]]) -> None:
        self._database = database
        self._invoices = invoices

    def overtaken(self) -> list[dict[str, Any]]:
        """Invoices that were asked for before the invoice with the number below theirs, with what held them up."""
        asked = self._first_asked()
        found = []
        for before, after in pairwise(self._invoices):
            same = all(before[name] == after[name] for name in ("tax_code", "series"))
            if same and _at(asked, after) < _at(asked, before):
                told = {name: after[name] for name in ("tax_code", "series", "number", "ref_id")}
                found.append(
                    told
                    | {"first_request": _at(asked, after)[0], "overtaken_by": before["ref_id"]}
                    | {"overtaken_by_request": _at(asked, before)[0], "refusals": self._refusals(after)}
                    | {"requests": self._requests(after, _at(asked, after)[0], _at(asked, before)[0])}
                )
        return found

    def _first_asked(self) -> _Asked:
        rows = self._database.rows("SELECT id, owner, ref_ids FROM requests WHERE path LIKE '%/invoice' ORDER BY id")
        asked: _Asked = {}
        for row in rows:
            for position, ref_id in enumerate(jsons.loads(row["ref_ids"])):
                asked.setdefault((row["owner"], ref_id.lower()), (row["id"], position))
        return asked

    def _requests(self, invoice: dict[str, Any], first: int, end: int) -> list[dict[str, Any]]:
        """The requests for an invoice from its first one on, before the one that overtook it."""
        rows = self._database.rows(
            "SELECT id, status, faults, outcome, ref_ids FROM requests WHERE path LIKE '%/invoice'"
            " AND owner = ? AND id >= ? AND (id < ? OR id = ?) ORDER BY id",
            (invoice["tax_code"], first, end, first),
        )
        ref_id = invoice["ref_id"].lower()
        return [
            {"request": row["id"], "status": row["status"], "faults": jsons.loads(row["faults"])}
            | {"outcome": _outcome(row["outcome"], ref_id)}
            for row in rows
            if ref_id in {each.lower() for each in jsons.loads(row["ref_ids"])}
        ]

    def _refusals(self, invoice: dict[str, Any]) -> list[str]:
        rows = self._database.rows(
            "SELECT code FROM refusals WHERE tax_code = ? AND lower(ref_id) = ? AND code <> ? ORDER BY id",
            (invoice["tax_code"], invoice["ref_id"].lower(), "DuplicateInvoiceRefID"),
        )
        return [row["code"] for row in rows]


def _at(asked: _Asked, invoice: dict[str, Any]) -> tuple[int, int]:
    return asked.get((invoice["tax_code"], invoice["ref_id"].lower()), (invoice["request"], 0))


def _outcome(text: str | None, ref_id: str) -> Any:
    """What was answered for the whole request, or for this invoice of it."""
    told = None if text is None else jsons.loads(text)
    if not isinstance(told, dict) or "elements" not in told:
        return told
    return next((each for each in told["elements"] if str(each["RefID"]).lower() == ref_id), None)
