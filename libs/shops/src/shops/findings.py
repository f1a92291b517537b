"""What a check of a shop finds: how grave, where, what, and the way out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shops.finding_texts import TEXTS
from shops.texts import Text


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """Orders are not invoiced, or wrongly, until it is mended."""
    WARNING = "warning"
    """Works now; some orders will be held, or a date will come."""
    OK = "ok"
    """Was looked at and works."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check. `where` is a path in the shop document; `facts` fill the texts and hold no secret."""

    severity: Severity
    code: str
    where: str
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def what(self) -> Text:
        """What was found."""
        return self._filled(TEXTS[self.code][0])

    @property
    def remedy(self) -> Text:
        """What to do; empty where nothing is to be done."""
        return self._filled(TEXTS[self.code][1])

    def _filled(self, text: Text) -> Text:
        vi = {**self.facts, "meaning": self.facts.get("meaning_vi", "")}
        en = {**self.facts, "meaning": self.facts.get("meaning_en", "")}
        return Text(vi=text.vi.format_map(vi), en=text.en.format_map(en))


def error(code: str, where: str, /, **facts: object) -> Finding:
    """Make a finding that must be mended."""
    return _finding(Severity.ERROR, code, where, facts)


def warning(code: str, where: str, /, **facts: object) -> Finding:
    """Make a finding that deserves a look."""
    return _finding(Severity.WARNING, code, where, facts)


def works(code: str, where: str, /, **facts: object) -> Finding:
    """Make a finding that says what works."""
    return _finding(Severity.OK, code, where, facts)


def _finding(severity: Severity, code: str, where: str, facts: Mapping[str, object]) -> Finding:
    return Finding(severity, code, where, {name: str(value) for name, value in facts.items()})
