"""CSV files in and out, of goods and of buyers: all or nothing, what changes told first."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from catalogue.cells import BadFileError
from catalogue.changes import Change
from catalogue.ledger import Edited, Ledger, Plan

from console.session import CommandError, Session
from console.who import who

E = TypeVar("E")


def read_bytes(file: Path) -> bytes:
    """A file's bytes, or those of standard input for `-`.

    Raises:
        CommandError: when it cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise CommandError("file-unreadable", code=2, file=file, reason=error.strerror) from error


def write_out(session: Session, text: str, to: Path | None) -> None:
    """Write a file, or standard output.

    Raises:
        CommandError: when it cannot be written.
    """
    if to is None:
        session.out.text(text)
        return
    try:
        to.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise CommandError("file-unwritable", code=2, file=to, reason=error.strerror) from error


async def stored(ledger: Ledger[E], shop: str, plan: Plan[E], *, dry_run: bool) -> Edited[E]:
    """Store what a file says, or only look at what that would change."""
    await ledger.ensure_indexes()
    return await (ledger.preview(shop, plan) if dry_run else ledger.edit(shop, plan, who()))


def refused(session: Session, file: Path, error: BadFileError) -> int:
    """Tell every fault of a file that was not taken; gives the exit code."""
    if session.out.as_json:
        told = [{"row": one.row, "column": one.column, "message": _text(session, one)} for one in error.problems]
        session.out.json({"stored": False, "problems": told})
        return 1
    lines = [session.word("bad-file", file=file)]
    lines += [
        f"  {session.word('row', row=one.row)}{f', {one.column}' if one.column else ''}: {_text(session, one)}"
        for one in error.problems
    ]
    sys.stderr.write("hoadon: " + "\n".join(lines) + "\n")
    return 1


def _text(session: Session, problem: Any) -> str:
    return str(problem.vi if session.language == "vi" else problem.en)


def tell(
    session: Session,
    edited: Edited[E],
    told: Callable[[Change[E]], Sequence[str]],
    *,
    shop: str,
    dry_run: bool,
    unknown: Sequence[str],
) -> None:
    """Tell what changed, line by line for people."""
    prefix = session.word("would") if dry_run else ""
    key = "import-changes" if edited.changes else "import-nothing"
    session.out.text(prefix + session.word(key, shop=shop, count=len(edited.changes), revision=edited.revision))
    for change in edited.changes:
        for line in told(change):
            session.out.text(f"  {line}")
    if unknown:
        session.out.text(session.word("import-unknown", count=len(unknown), some=", ".join(unknown[:10])))
