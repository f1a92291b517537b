"""What becomes of one entry by an edit."""

from dataclasses import dataclass
from typing import Generic, TypeVar

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Change(Generic[E]):
    """None before is a new entry, None after one that is taken away."""

    key: str
    before: E | None
    after: E | None
