"""`make test-crash`: plays the crash table and prints it."""

import argparse
import asyncio
import json
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from support import servers
from support.crash.cell import Result
from support.crash.page import filled
from support.crash.plan import Cell, every_cell, other_cells
from support.crash.report import lines, summary, tables
from support.crash.table import CELLS_AT_ONCE, play, shared_parts

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / ".hoadon" / "crash-table"
PAGE = ROOT / "docs" / "reference" / "crash-table.md"


def main() -> int:
    """Play, print, write; the exit code is 0 only if everything held."""
    arguments = _arguments()
    cells = [cell for cell in (*every_cell(), *other_cells()) if not arguments.only or _named(cell, arguments.only)]
    if not cells:
        sys.stderr.write(
            f"no cell, step or fault is named {' '.join(arguments.only)}: see docs/reference/crash-table.md\n"
        )
        return 2
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    began = time.monotonic()
    servers.begin_run()
    try:
        results = asyncio.run(_play(cells, arguments.at_once))
    finally:
        servers.end_run()
    return _report(results, time.monotonic() - began, write=arguments.write)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make test-crash", description=__doc__)
    parser.add_argument("--only", nargs="*", help="cells, steps or faults, such as 3.4xgarbage, 3.4 or garbage")
    parser.add_argument(
        "--at-once", type=int, default=CELLS_AT_ONCE, help="cells at the same time (default: %(default)s)"
    )
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)} if all holds")
    return parser.parse_args()


def _named(cell: Cell, names: Sequence[str]) -> bool:
    return bool({cell.name, cell.step.number, cell.fault.name, cell.way.name} & set(names))


async def _play(cells: Sequence[Cell], at_once: int) -> list[Result]:
    kafka, mongo = servers.kafka_bootstrap_servers(), servers.mongo_url()
    done = 0

    def tell(result: Result) -> None:
        nonlocal done
        done += 1
        sys.stderr.write(f"{done}/{len(cells)} {result.cell.name} {'ok' if result.ok else 'FAILED'}\n")

    async with shared_parts(kafka, mongo, FOLDER) as shared:
        return await play(cells, shared, at_once=at_once, tell=tell)


def _report(results: Sequence[Result], seconds: float, *, write: bool) -> int:
    told = summary(results, seconds)
    print(*lines(results), "", *tables(results), "", sep="\n")  # noqa: T201 - a command's output
    if write and told["ok"] and len(results) == len(every_cell()) + len(other_cells()):
        PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), results), encoding="utf-8")
    print(json.dumps(told))  # noqa: T201 - as above
    return 0 if told["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
