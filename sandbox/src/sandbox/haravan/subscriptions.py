"""Who wants which events: entries of webhooks, active, inactive, unsubscribed or deleted after failures."""

import sqlite3
from typing import Any

from sandbox.common import jsons
from sandbox.common.clock import Clock, to_text
from sandbox.common.database import Database
from sandbox.haravan.shops import Webhook


class Subscriptions:
    """Rows of `subscriptions`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def put(self, org_id: str, webhook: Webhook) -> int:
        """Add the entry, or renew it: a renewed one is active again and starts without failures."""
        self._database.execute(
            "INSERT INTO subscriptions (org_id, url, kind, secret, topics, state) VALUES (?, ?, ?, ?, ?, 'active')"
            " ON CONFLICT (org_id, url, kind) DO UPDATE SET secret = excluded.secret, topics = excluded.topics,"
            " state = 'active', reason = NULL, failures = 0",
            (org_id, webhook.url, webhook.kind, webhook.secret.get_secret_value(), jsons.dumps(webhook.topics)),
        )
        return int(
            self._database.value(
                "SELECT id FROM subscriptions WHERE org_id = ? AND url = ? AND kind = ?",
                (org_id, webhook.url, webhook.kind),
            )
        )

    def drop_others(self, org_id: str, kept: list[int]) -> None:
        """Remove the shop's entries that are not among those."""
        marks = ", ".join("?" * len(kept))
        self._database.execute(
            f"DELETE FROM subscriptions WHERE org_id = ? AND id NOT IN ({marks})",  # noqa: S608  # only marks
            (org_id, *kept),
        )

    def get(self, subscription: int) -> sqlite3.Row | None:
        """The entry, or None."""
        return self._database.row("SELECT * FROM subscriptions WHERE id = ?", (subscription,))

    def of_shop(self, org_id: str) -> list[sqlite3.Row]:
        """All entries of a shop."""
        return self._database.rows("SELECT * FROM subscriptions WHERE org_id = ? ORDER BY id", (org_id,))

    def wanting(self, org_id: str, topic: str, kind: str | None = None) -> list[sqlite3.Row]:
        """Active entries for that topic."""
        return [
            row
            for row in self.of_shop(org_id)
            if row["state"] == "active" and topic in jsons.loads(row["topics"]) and kind in {None, row["kind"]}
        ]

    def set_state(self, subscription: int, state: str, reason: str | None = None) -> None:
        """active, inactive (handshake failed), unsubscribed or deleted."""
        self._database.execute(
            "UPDATE subscriptions SET state = ?, reason = ?, failures = 0 WHERE id = ?", (state, reason, subscription)
        )

    def succeeded(self, subscription: int) -> None:
        """A delivery has arrived: the row of failures is broken."""
        self._database.execute(
            "UPDATE subscriptions SET failures = 0, last_success_at = ? WHERE id = ?",
            (to_text(self._clock.now()), subscription),
        )

    def failed(self, subscription: int) -> int:
        """An attempt has failed; gives how many in a row."""
        self._database.execute("UPDATE subscriptions SET failures = failures + 1 WHERE id = ?", (subscription,))
        return int(self._database.value("SELECT failures FROM subscriptions WHERE id = ?", (subscription,)) or 0)


def told(row: sqlite3.Row) -> dict[str, Any]:
    """The entry without its secret."""
    return {name: row[name] for name in ("id", "url", "kind", "state", "reason", "failures")} | {
        "topics": jsons.loads(row["topics"])
    }
