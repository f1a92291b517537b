"""Webhook deliveries that are due, sent, failed or given up; a restart loses none."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.common import jsons
from sandbox.common.clock import Clock, from_text, to_text
from sandbox.common.database import Database

PENDING, DELIVERED, GIVEN_UP, CANCELLED = "pending", "delivered", "given-up", "cancelled"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one subscription."""

    org_id: str
    subscription: int
    topic: str
    resource_id: str | None
    test: bool
    headers: dict[str, str]
    body: bytes
    delay_seconds: float = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one POST."""

    started_at: datetime
    elapsed: float
    status: int | None
    error: str | None

    @property
    def arrived(self) -> bool:
        """Only HTTP 200 counts; a redirect is a failure like any other."""
        return self.status == 200  # noqa: PLR2004  # HTTP status


def pauses(retries: int, window_seconds: float, growth: float) -> list[float]:
    """Seconds before each retry: growing, and all of them together the window."""
    weights = [growth**index for index in range(retries)]
    return [window_seconds * weight / sum(weights) for weight in weights]


class DeliveryQueue:
    """Rows of `deliveries` and `attempts`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def add(self, delivery: Delivery) -> int:
        """Queue a delivery; gives its id."""
        now = self._clock.now()
        return self._database.execute(
            "INSERT INTO deliveries (org_id, subscription, topic, resource_id, test, headers, body, state, created_at,"
            " due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(delivery.org_id, delivery.subscription, delivery.topic, delivery.resource_id, delivery.test),
                *(jsons.dumps(delivery.headers), delivery.body, PENDING, to_text(now)),
                to_text(now + timedelta(seconds=delivery.delay_seconds)),
            ),
        )

    def due(self, now: datetime, limit: int) -> list[sqlite3.Row]:
        """Deliveries whose time has come by then, longest due first."""
        return self._database.rows(
            "SELECT * FROM deliveries WHERE state = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?",
            (PENDING, to_text(now), limit),
        )

    def seconds_to_next(self, now: datetime) -> float | None:
        """How long from then until the next delivery that is not due by then; None where there is none."""
        due_at = self._database.value(
            "SELECT min(due_at) FROM deliveries WHERE state = ? AND due_at > ?", (PENDING, to_text(now))
        )
        return None if due_at is None else (from_text(due_at) - now).total_seconds()

    def pending(self) -> int:
        """How many deliveries are neither arrived nor given up."""
        return int(self._database.value("SELECT count(*) FROM deliveries WHERE state = ?", (PENDING,)))

    def note(self, delivery: sqlite3.Row, attempt: Attempt, *, state: str, retry_in: float | None) -> None:
        """Record an attempt and what follows from it."""
        due_at = self._clock.now() + timedelta(seconds=retry_in or 0)
        with self._database.transaction():
            self._database.execute(
                "INSERT INTO attempts (delivery, number, started_at, elapsed, status, error) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    *(delivery["id"], delivery["attempts"] + 1, to_text(attempt.started_at)),
                    *(round(attempt.elapsed, 4), attempt.status, attempt.error),
                ),
            )
            self._database.execute(
                "UPDATE deliveries SET state = ?, attempts = attempts + 1, due_at = ? WHERE id = ?",
                (state, to_text(due_at), delivery["id"]),
            )

    def cancel(self, subscription: int) -> None:
        """Give up what is pending for a subscription that is no more."""
        self._database.execute(
            "UPDATE deliveries SET state = ? WHERE subscription = ? AND state = ?", (CANCELLED, subscription, PENDING)
        )

    def find(self, conditions: dict[str, Any], limit: int) -> list[dict[str, Any]]:
        """Deliveries with their attempts, oldest first; conditions are by column."""
        where = " AND ".join(f"{column} = ?" for column in conditions) or "TRUE"
        rows = self._database.rows(
            f"SELECT id, org_id, subscription, topic, resource_id, test, state, created_at, due_at FROM deliveries"  # noqa: S608  # columns are named by our own routes
            f" WHERE {where} ORDER BY id LIMIT ?",
            (*conditions.values(), limit),
        )
        return [dict(row) | {"test": bool(row["test"]), "attempts": self._attempts(row["id"])} for row in rows]

    def _attempts(self, delivery: int) -> list[dict[str, Any]]:
        rows = self._database.rows(
            "SELECT number, started_at, elapsed, status, error FROM attempts WHERE delivery = ? ORDER BY id",
            (delivery,),
        )
        return [dict(row) for row in rows]
