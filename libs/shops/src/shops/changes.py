"""What differs between two versions of a shop, told without its secrets."""

from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr
from typing_extensions import override

from shops.documents import MASK, leaves
from shops.models import Shop
from shops.problems import Path, path_text


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs; None where it was not set, or no longer is. Secrets are masked."""

    where: str
    before: str | None
    after: str | None

    @override
    def __str__(self) -> str:
        """Return the change on one line."""
        return f"{self.where}: {self.before or '∅'} → {self.after or '∅'}"


def changes_between(before: Shop | None, after: Shop) -> tuple[Change, ...]:
    """List what differs, in the order of the document."""
    old = leaves(before) if before else {}
    new = leaves(after)
    paths = [*new, *(path for path in old if path not in new)]
    return tuple(_change(path, old, new) for path in paths if old.get(path) != new.get(path))


def _change(path: Path, old: dict[Path, Any], new: dict[Path, Any]) -> Change:
    return Change(
        where=path_text(path),
        before=_shown(old.get(path)),
        after=_shown(new.get(path)),
    )


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    return MASK if isinstance(value, SecretStr) else str(value)
