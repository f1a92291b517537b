"""Shows how the orders come along: bars in a terminal, a line whenever something changed elsewhere."""

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from local_stack.demo.tally import Tally

_BAR = 16
_LINE_SECONDS = 2.0


class Progress(Protocol):
    """Something that is told the newest counts again and again."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    def show(self, tally: Tally, pending: int) -> None:
        """Show these counts."""
        ...


def progress(out: Console, companies: Mapping[str, str]) -> Progress:
    """The display that fits the console; `companies` names each lane's company."""
    return _Bars(out, companies) if out.is_terminal else _Lines(out)


class _Bars:
    def __init__(self, out: Console, companies: Mapping[str, str]) -> None:
        self._companies = companies
        self._live = Live(console=out, refresh_per_second=8, transient=True)
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._live.stop()

    def show(self, tally: Tally, pending: int) -> None:
        elapsed = time.monotonic() - self._started
        head = Text(f"orders done {tally.done}/{tally.of}   webhooks on their way {pending}   {elapsed:.0f} s")
        self._live.update(Group(head, self._lanes(tally)))

    def _lanes(self, tally: Tally) -> RenderableType:
        table = Table.grid(padding=(0, 1))
        for lane in tally.lanes:
            bar = ProgressBar(total=lane.expected, completed=lane.issued, width=_BAR)
            counts = f"{lane.issued}/{lane.expected} issued, {lane.written_back} on the order"
            table.add_row(lane.lane.rpartition(":")[2], self._companies.get(lane.lane, ""), bar, counts)
        for ending, are, must in tally.others:
            table.add_row("", ending.value, ProgressBar(total=must, completed=are, width=_BAR), f"{are}/{must}")
        return table


class _Lines:
    def __init__(self, out: Console) -> None:
        self._out = out
        self._started = time.monotonic()
        self._last = ""
        self._told_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Nothing is left to undo."""

    def show(self, tally: Tally, pending: int) -> None:
        issued, written = (sum(getattr(lane, name) for lane in tally.lanes) for name in ("issued", "written_back"))
        others = ", ".join(f"{ending} {are}/{must}" for ending, are, must in tally.others)
        counts = f"issued {issued}, written back {written}, {others}, done {tally.done}/{tally.of}"
        line = f"{counts}, webhooks on their way {pending}"
        now = time.monotonic()
        if line == self._last or (now - self._told_at < _LINE_SECONDS and tally.done < tally.of):
            return
        self._out.print(f"  {now - self._started:5.1f} s  {line}", soft_wrap=True)
        self._last, self._told_at = line, now
