"""Behaviour that can be changed while the stand-in runs, and that outlives its restart."""

from datetime import timedelta
from typing import Any, Generic, TypeVar

from pydantic_settings import BaseSettings

from sandbox.common import jsons
from sandbox.common.clock import MovableClock
from sandbox.common.database import Database

SCHEMA = "CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, body TEXT NOT NULL);"

T = TypeVar("T", bound=BaseSettings)


class Options(Generic[T]):
    """The options in force: defaults, then the environment, then what the control API changed."""

    def __init__(self, model: type[T], database: Database) -> None:
        self._model = model
        self._database = database
        self.current: T = model(**self._changes())

    def _changes(self) -> dict[str, Any]:
        body = self._database.value("SELECT body FROM kept WHERE name = 'options'")
        return {} if body is None else dict(jsons.loads(body))

    def change(self, changes: dict[str, Any]) -> T:
        """Change the options that are named, keep the others.

        Raises:
            pydantic.ValidationError: an option is unknown or its value is not allowed.
        """
        merged = self._changes() | changes
        self.current = self._model(**merged)
        keep(self._database, "options", merged)
        return self.current

    def reset(self) -> None:
        """Back to defaults and environment."""
        self._database.execute("DELETE FROM kept WHERE name = 'options'")
        self.current = self._model()


def keep(database: Database, name: str, value: Any) -> None:
    """Store one named value."""
    database.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, jsons.dumps(value)))


def kept_offset(database: Database) -> timedelta:
    """How far the clock had been moved before the restart."""
    body = database.value("SELECT body FROM kept WHERE name = 'clock_offset_seconds'")
    return timedelta(seconds=0.0 if body is None else float(jsons.loads(body)))


def move_clock(database: Database, clock: MovableClock, seconds: float) -> None:
    """Set the clock `seconds` ahead of the machine's time (negative: behind), also after a restart."""
    clock.offset = timedelta(seconds=seconds)
    keep(database, "clock_offset_seconds", seconds)
