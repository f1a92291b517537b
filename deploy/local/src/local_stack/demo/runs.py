"""Numbers the runs of the demo, so that each sends orders that no earlier one had."""

from pathlib import Path
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from orders.store import COLLECTION

from local_stack.demo.orders import FIRST_ID, IDS_PER_RUN

_FILE = "demo-run"


async def next_number(database: AsyncIOMotorDatabase[dict[str, Any]], folder: Path) -> int:
    """The number of the run that begins now: above those that the folder or the database remembers.

    The folder remembers what the stand-ins have; the database may be one that others use as well.
    """
    file = folder / _FILE
    number = max(_kept(file), await _stored(database)) + 1
    file.write_text(f"{number}\n")
    return number


def _kept(file: Path) -> int:
    try:
        return int(file.read_text())
    except (FileNotFoundError, ValueError):
        return 0


async def _stored(database: AsyncIOMotorDatabase[dict[str, Any]]) -> int:
    newest = await database[COLLECTION].find_one(
        {"shop": {"$regex": "^demo-"}}, {"order_id": 1}, sort=[("order_id", -1)]
    )
    return 0 if newest is None else max(0, (newest["order_id"] - FIRST_ID) // IDS_PER_RUN)
