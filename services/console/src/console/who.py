"""Who works at the command line, for the record."""

import getpass


def who() -> str:
    """The name of the operating system's user, `cli:an`; `cli` where it has none, as in some containers."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli"
