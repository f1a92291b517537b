"""The variables of `make up`, for a command that is typed in its folder."""

import os
import shlex
from collections.abc import MutableMapping
from pathlib import Path

FILE = Path(".hoadon") / "env"


def load_environment(file: Path = FILE, environment: MutableMapping[str, str] = os.environ) -> None:
    """Set what the file sets and the environment does not; lines are `NAME=value` or `export NAME='value'`."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError:
        return  # no stack was brought up here
    for line in text.splitlines():
        try:
            words = [part for part in shlex.split(line, comments=True) if part != "export"]
        except ValueError:
            continue  # not a line of ours
        for part in words:
            name, equals, value = part.partition("=")
            if equals and name.isidentifier():
                environment.setdefault(name, value)
