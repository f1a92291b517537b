"""The record of every request of the vendor's API: when it came, when it was answered, with what."""

from typing import Any

from sandbox.common import jsons
from sandbox.common.call import Call
from sandbox.common.clock import Clock, to_text
from sandbox.common.database import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT, method TEXT NOT NULL, path TEXT NOT NULL, owner TEXT, series TEXT NOT NULL,
    ref_ids TEXT NOT NULL, order_id TEXT, started_at TEXT NOT NULL, ended_at TEXT, status INTEGER,
    faults TEXT NOT NULL, outcome TEXT);
CREATE INDEX IF NOT EXISTS requests_by_path ON requests (path, id);
"""


class RequestLog:
    """Rows of `requests`; a row without an end belongs to a request that is still being handled."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def begin(self, call: Call, faults: list[str]) -> int:
        """Note that a request has come; gives its id."""
        return self._database.execute(
            "INSERT INTO requests (method, path, owner, series, ref_ids, order_id, started_at, faults)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(call.method, call.path, call.owner, jsons.dumps(call.series), jsons.dumps(call.ref_ids)),
                *(call.order_id, to_text(self._clock.now()), jsons.dumps(faults)),
            ),
        )

    def end(self, request: int, status: int | None) -> None:
        """Note that handling is over; `status` is None where no answer is sent."""
        self._database.execute(
            "UPDATE requests SET ended_at = ?, status = ? WHERE id = ?", (to_text(self._clock.now()), status, request)
        )

    def tell(self, request: int, outcome: Any) -> None:
        """Add what came of the request, in the resource's own words."""
        self._database.execute("UPDATE requests SET outcome = ? WHERE id = ?", (jsons.dumps(outcome), request))

    def interrupt(self) -> None:
        """After a restart: what was being handled then ended with the process."""
        self._database.execute(
            "UPDATE requests SET ended_at = ?, outcome = coalesce(outcome, ?) WHERE ended_at IS NULL",
            (to_text(self._clock.now()), jsons.dumps("interrupted by a restart of the sandbox")),
        )

    def find(self, *, path: str, owner: str | None = None, after: int = 0, limit: int = 10_000) -> list[dict[str, Any]]:
        """Requests whose path fits an SQLite GLOB pattern, oldest first."""
        rows = self._database.rows(
            "SELECT * FROM requests WHERE path GLOB ? AND (? IS NULL OR owner = ?) AND id > ? ORDER BY id LIMIT ?",
            (path, owner, owner, after, limit),
        )
        return [_readable(dict(row)) for row in rows]


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    for name in ("series", "ref_ids", "faults", "outcome"):
        row[name] = None if row[name] is None else jsons.loads(row[name])
    return row
