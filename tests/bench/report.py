"""What a benchmark ends with: a table for people, then one JSON object, and an exit code that says the same."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from typing_extensions import override


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure and the least (or the most) that it must be."""

    name: str
    value: float
    least: float | None = None
    most: float | None = None

    @property
    def reached(self) -> bool:
        """Whether the figure is within its limits."""
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)

    @override
    def __str__(self) -> str:
        """The figure beside its limit."""
        limit = f"at least {self.least:g}" if self.least is not None else f"at most {self.most:g}"
        return f"{'reached' if self.reached else 'MISSED '}  {self.name}: {self.value:.3f} ({limit})"


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under a head, columns as wide as they need."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)]
    return "\n".join([title, *lines, ""])


def finish(figures: dict[str, object], goals: Sequence[Goal]) -> int:
    """Print the goals and the last line; gives the exit code."""
    well = all(goal.reached for goal in goals)
    _print("\n".join(map(str, goals)))
    _print("")
    told = {"figures": figures, "goals": [asdict(goal) | {"reached": goal.reached} for goal in goals], "ok": well}
    _print(json.dumps(told, ensure_ascii=False))
    return 0 if well else 1


def say(text: str) -> None:
    """Show a part of the report as soon as it is known."""
    _print(text)


def progress(text: str) -> None:
    """Show on standard error that something goes on."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - for whoever waits


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a benchmark's report is its output
