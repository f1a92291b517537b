"""One SQLite file per stand-in, so that its state outlives a restart and a kill."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Parameters = Sequence[Any] | Mapping[str, Any]


class Database:
    """A thin hand on SQLite in WAL mode; used from the event loop's thread only.

    What is written is safe against the process being killed at any moment (the operating system has it),
    not against the machine losing power: `synchronous` is NORMAL for speed.
    """

    def __init__(
        self, path: Path | str, schema: str, later_columns: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        """Open or make the file. `later_columns` (by table, name and declaration) are added where a file is older."""
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA busy_timeout = 5000")
        self._connection.executescript(schema)
        for table, columns in (later_columns or {}).items():
            self._add_columns(table, columns)

    def _add_columns(self, table: str, columns: Mapping[str, str]) -> None:
        present = {row["name"] for row in self.rows(f"PRAGMA table_info({table})")}
        for name in columns.keys() - present:
            self._connection.execute(f"ALTER TABLE {table} ADD COLUMN {name} {columns[name]}")

    def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one statement; gives the new row's id where there is one, else the count of changed rows."""
        cursor = self._connection.execute(sql, parameters)
        return cursor.lastrowid if sql.lstrip()[:6].upper() == "INSERT" and cursor.lastrowid else cursor.rowcount

    def rows(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self._connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        found: sqlite3.Row | None = self._connection.execute(sql, parameters).fetchone()
        return found

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        """The first column of the first row, or None."""
        found = self.row(sql, parameters)
        return None if found is None else found[0]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is written, or nothing. Must not be nested nor awaited in."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def clear(self) -> None:
        """Empty every table."""
        tables = self.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        with self.transaction():
            for table in tables:
                self._connection.execute(f'DELETE FROM "{table["name"]}"')  # noqa: S608  # names are our own schema's

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
