"""Was anything issued twice, skipped, overlapping, out of order? Answered from the stand-in's own records."""

from collections import defaultdict
from itertools import pairwise
from typing import Any

from sandbox.common import jsons
from sandbox.common.database import Database
from sandbox.meinvoice.auth import TOO_MANY
from sandbox.meinvoice.checks.corrections import REPLACE
from sandbox.meinvoice.order import Order

_WITHIN = "(:tax_code IS NULL OR tax_code = :tax_code) AND (:base IS NULL OR base = :base)"


class Audit:
    """The questions; `tax_code` and `base` (series without year) narrow them down."""

    def __init__(self, database: Database, *, tax_code: str | None = None, base: str | None = None) -> None:
        self._database = database
        self._scope = {"tax_code": tax_code, "base": base}

    def report(self) -> dict[str, Any]:
        """Every answer; all is well where the lists up to `login_storms` are empty, `order` read with its refusals."""
        return {
            "issued_twice": self.issued_twice(),
            "gaps": self.gaps(),
            "overlaps": self.overlaps(),
            "date_inversions": self.date_inversions(),
            "order": self.order(),
            "corrections": self.corrections(),
            "login_storms": self.login_storms(),
            "same_content": self.same_content(),
            "series": self.series(),
            "accepted": self.accepted(),
            "refusals": self.refusals(),
            "invoices": self._one("SELECT count(*) AS n FROM invoices WHERE {}")["n"],
            "token_requests": self.token_requests(),
        }

    def order(self) -> list[dict[str, Any]]:
        """Neighbours by number of which the later one was asked for first: it has been overtaken."""
        return Order(
            self._database,
            self._rows("SELECT * FROM invoices WHERE {} ORDER BY tax_code, base, year, number"),
        ).overtaken()

    def corrections(self) -> list[dict[str, Any]]:
        """Originals that were replaced more than once, or both replaced and adjusted."""
        rows = self._rows(
            "SELECT tax_code, original, json_extract(body, '$.ReferenceType') AS kind, ref_id FROM invoices"
            " WHERE {} AND original IS NOT NULL ORDER BY id"
        )
        found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            found[row["tax_code"], row["original"]].append(row)
        return [
            {"tax_code": tax_code, "original": original, "replaced": replaced, "adjusted": len(each) - replaced}
            | {"ref_ids": [row["ref_id"] for row in each]}
            for (tax_code, original), each in found.items()
            if (replaced := sum(row["kind"] == REPLACE for row in each)) > 1 or 0 < replaced < len(each)
        ]

    def accepted(self) -> list[dict[str, Any]]:
        """Invoices that were accepted and are not issued: still waiting, or lost (and why)."""
        rows = self._database.rows(
            "SELECT tax_code, series, ref_id, due_at, lost FROM pending WHERE (? IS NULL OR tax_code = ?) ORDER BY id",
            (self._scope["tax_code"], self._scope["tax_code"]),
        )
        return [dict(row) for row in rows]

    def _rows(self, sql: str) -> list[dict[str, Any]]:
        return [dict(row) for row in self._database.rows(sql.replace("{}", _WITHIN), self._scope)]

    def _one(self, sql: str) -> dict[str, Any]:
        return self._rows(sql)[0]

    def issued_twice(self) -> list[dict[str, Any]]:
        """RefIDs with more than one invoice: within a company the table forbids it, across companies it does not."""
        rows = self._rows(
            "SELECT ref_id, group_concat(tax_code || ' ' || series || ' ' || number, ', ') AS invoices FROM invoices"
            " WHERE {} GROUP BY ref_id COLLATE NOCASE HAVING count(*) > 1"
        )
        return [row | {"invoices": row["invoices"].split(", ")} for row in rows]

    def same_content(self) -> list[dict[str, Any]]:
        """Invoices alike in all but RefID, date and series: two RefIDs for one sale, or two alike sales."""
        rows = self._rows(
            "SELECT tax_code, group_concat(ref_id) AS ref_ids FROM invoices WHERE {}"
            " GROUP BY tax_code, content HAVING count(*) > 1"
        )
        return [row | {"ref_ids": row["ref_ids"].split(",")} for row in rows]

    def gaps(self) -> list[dict[str, Any]]:
        """Numbers that are missing between 1 and the last of a series and year."""
        rows = self._rows("SELECT tax_code, series, number FROM invoices WHERE {} ORDER BY tax_code, series")
        numbers: dict[tuple[str, str], set[int]] = defaultdict(set)
        for row in rows:
            numbers[row["tax_code"], row["series"]].add(row["number"])
        return [
            {"tax_code": tax_code, "series": series, "missing": missing}
            for (tax_code, series), taken in numbers.items()
            if (missing := sorted(set(range(1, max(taken) + 1)) - taken))
        ]

    def overlaps(self) -> list[dict[str, Any]]:
        """Publish requests of one series that were being processed at the same time."""
        return self._rows(
            "SELECT tax_code, base AS series, first_request, second_request, at FROM overlaps WHERE {} ORDER BY id"
        )

    def date_inversions(self) -> list[dict[str, Any]]:
        """Neighbours by number whose dates go back."""
        rows = self._rows(
            "SELECT tax_code, base, series, number, inv_date FROM invoices WHERE {}"
            " ORDER BY tax_code, base, year, number"
        )
        return [
            {"tax_code": after["tax_code"], "series": after["series"], "number": after["number"]}
            | {"date": after["inv_date"], "date_before": before["inv_date"]}
            for before, after in pairwise(rows)
            if (before["tax_code"], before["base"]) == (after["tax_code"], after["base"])
            and after["inv_date"] < before["inv_date"]
        ]

    def series(self) -> list[dict[str, Any]]:
        """Per series and year: how many invoices, first and last number and date, sum of totals in đồng."""
        rows = self._rows(
            "SELECT tax_code, series, count(*) AS count, min(number) AS first, max(number) AS last,"
            " min(inv_date) AS first_date, max(inv_date) AS last_date FROM invoices"
            " WHERE {} GROUP BY tax_code, series ORDER BY tax_code, series"
        )
        totals = self._totals()
        return [row | {"total_amount": totals[row["tax_code"], row["series"]]} for row in rows]

    def _totals(self) -> dict[tuple[str, str], Any]:
        totals: dict[tuple[str, str], Any] = defaultdict(int)
        for row in self._rows("SELECT tax_code, series, body FROM invoices WHERE {}"):
            totals[row["tax_code"], row["series"]] += jsons.loads(row["body"]).get("TotalAmount") or 0
        return totals

    def refusals(self) -> list[dict[str, Any]]:
        """How often each error code was answered for an invoice."""
        rows = self._database.rows(
            "SELECT tax_code, code, count(*) AS count FROM refusals WHERE (? IS NULL OR tax_code = ?)"
            " GROUP BY tax_code, code ORDER BY tax_code, code",
            (self._scope["tax_code"], self._scope["tax_code"]),
        )
        return [dict(row) for row in rows]

    def login_storms(self) -> list[dict[str, Any]]:
        """Companies that asked for tokens so often that they were stopped, and how often that was."""
        counted = (row for row in self.token_requests() if row["outcome"] == TOO_MANY)
        return [{"tax_code": row["tax_code"], "stopped": row["count"]} for row in counted]

    def token_requests(self) -> list[dict[str, Any]]:
        """How often tokens were asked for, by company and outcome."""
        rows = self._database.rows(
            "SELECT tax_code, outcome, count(*) AS count FROM token_requests WHERE (? IS NULL OR tax_code = ?)"
            " GROUP BY tax_code, outcome ORDER BY tax_code, outcome",
            (self._scope["tax_code"], self._scope["tax_code"]),
        )
        return [dict(row) for row in rows]
