"""Orders as they are kept: whole JSON documents with the columns that lists filter by."""

import re
from datetime import UTC, datetime
from typing import Any

from sandbox.common import jsons
from sandbox.common.clock import Clock, to_text
from sandbox.common.database import Database

Order = dict[str, Any]
_FRACTION = re.compile(r"(\.\d{1,6})\d*")


def read_time(text: str) -> datetime:
    """A Haravan time: up to seven digits of a second, UTC where nothing else is said.

    Raises:
        ValueError: it is no time.
    """
    moment = datetime.fromisoformat(_FRACTION.sub(r"\1", text))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def write_time(moment: datetime) -> str:
    """A time in Haravan's style: UTC with Z and a fraction without trailing zeros."""
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return f"{text}Z"


def _state(order: Order) -> str:
    if order.get("cancelled_at"):
        return "cancelled"
    return "closed" if order.get("closed_at") else "open"


class OrderStore:
    """Orders by shop and id."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def put(self, org_id: str, order_id: int, order: Order) -> Order:
        """Store an order whole; `id` is set, `created_at` and `updated_at` are now where absent.

        Raises:
            ValueError: one of its times is no time.
        """
        now = write_time(self._clock.now())
        order = order | {"id": order_id}
        for name in ("created_at", "updated_at"):
            order[name] = order.get(name) or now
        times = [to_text(read_time(order[name])) for name in ("created_at", "updated_at")]
        processed = to_text(read_time(order["processed_at"])) if order.get("processed_at") else None
        self._database.execute(
            "INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(org_id, order_id, *times, processed, _state(order)),
                *(order.get("financial_status"), order.get("fulfillment_status"), jsons.dumps(order)),
            ),
        )
        return order

    def get(self, org_id: str, order_id: int) -> Order | None:
        """The order, or None."""
        body = self._database.value("SELECT body FROM orders WHERE org_id = ? AND id = ?", (org_id, order_id))
        return None if body is None else dict(jsons.loads(body))

    def change(self, org_id: str, order: Order, changes: Order) -> Order:
        """Change top-level fields as the vendor does: `updated_at` becomes now, later than before."""
        before = read_time(order["updated_at"])
        now = self._clock.now()
        changed = order | {"updated_at": write_time(max(now, before))} | changes
        return self.put(org_id, int(order["id"]), changed)

    def all_of(self, org_id: str) -> list[Order]:
        """All orders of a shop by id."""
        rows = self._database.rows("SELECT body FROM orders WHERE org_id = ? ORDER BY id", (org_id,))
        return [jsons.loads(row["body"]) for row in rows]
