"""What one call of the command line is: its language, and whether a program reads the answer."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

import typer

from console.output import Output
from console.texts import Language, word

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
MOMENT_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
_YES = frozenset({"y", "yes", "c", "co", "có"})
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=500, help="Most rows.")]


@dataclass(frozen=True, slots=True)
class Session:
    """One call: where its answer goes and in which language."""

    language: Language
    out: Output

    def word(self, key: str, **values: object) -> str:
        """Return a text in the session's language."""
        return word(key, self.language, **values)

    def confirmed(self, question: str) -> bool:
        """Ask on the terminal; anything but a yes is a no.

        Raises:
            CommandError: when nobody is there to be asked.
        """
        if not sys.stdin.isatty() or self.out.as_json:
            raise CommandError("needs-yes", code=2)
        sys.stdout.write(f"{question} ")
        sys.stdout.flush()
        with _interrupted_at_once():
            return sys.stdin.readline().strip().casefold() in _YES


@contextmanager
def _interrupted_at_once() -> Iterator[None]:
    """Let Ctrl-C end a wait for the keyboard: asyncio's own handler only cancels a task, which waits for it, too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class CommandError(Exception):
    """The command cannot do what was asked; `code` is the exit code: 1 not found or refused, 2 usage or unreachable."""

    def __init__(self, key: str, *, code: int = 1, **values: object) -> None:
        self.key = key
        self.code = code
        self.values = values
        super().__init__(word(key, "en", **values))


Work = Callable[[Session], Awaitable[int | None]]


def run(ctx: typer.Context, work: Work, *, as_json: bool = False) -> None:
    """Do the work of one command; a known failure becomes one clear line and its exit code.

    Raises:
        typer.Exit: always, with the exit code.
    """
    language: Language = ctx.obj
    session = Session(language, Output(as_json=as_json, nothing=word("nothing", language)))
    try:
        code = asyncio.run(_awaited(work, session))
    except BrokenPipeError:
        code = 0  # whoever read the output has seen enough
        sys.stderr.close()
    except Exception as error:
        from console.failures import explained  # noqa: PLC0415  (drivers are imported only when something fails)

        found = explained(error, language)
        if found is None:
            raise
        code, message = found
        sys.stderr.write(f"hoadon: {message}\n")
    raise typer.Exit(code or 0)


async def _awaited(work: Work, session: Session) -> int | None:
    from console.quiet import quiet  # noqa: PLC0415  (the help needs none of it)

    with quiet():
        return await work(session)
