"""What a person who starts the stack can be told: one line, with the way out."""


class StackError(Exception):
    """The stack can't be started, or something is asked that it can't do.

    Its text is one English line that names the cause and the remedy; the command line prints it and ends with code 2.
    """


USE_YOUR_OWN = "set {variable} to one that runs (deploy/compose.yaml starts one with Docker)"


def use_your_own(variable: str) -> str:
    """The remedy that always works: a server that someone else runs."""
    return USE_YOUR_OWN.format(variable=variable)


def one_line(error: BaseException) -> str:
    """An exception's first line, short enough to stand inside a message."""
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0][:200]}" if text else type(error).__name__
