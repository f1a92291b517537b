"""The page of the documentation."""

from collections.abc import Sequence

from support.crash.cell import Result


def page(results: Sequence[Result]) -> str:
    """The whole page."""
    return str(len(results))
