"""The command `hoadon` as people type it, in this process but in a thread of its own, since it runs its own loop."""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from console.cli import app
from typer.testing import CliRunner


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command printed, and its exit code."""

    code: int
    out: str
    error: str

    def json(self) -> Any:
        """Return the JSON on standard output; it must hold nothing else."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Hoadon:
    """Runs commands with an environment of their own; `folder` is for their files."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, text: str) -> str:
        """Write a file into the folder; return its path."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    async def __call__(self, *arguments: str, standard_input: str | None = None, **extra: str) -> Answer:
        """Run `hoadon` with these arguments; `extra` are further environment variables."""
        variables = {"LANG": "vi_VN.UTF-8", "LC_ALL": "", **self.environment, **extra}
        invoke = CliRunner().invoke
        done = await asyncio.to_thread(invoke, app, list(arguments), input=standard_input, env=variables)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Answer(done.exit_code, done.stdout, done.stderr)
