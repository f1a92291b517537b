"""What a shop owner and an integrator are told, in both languages."""

from typing import Literal, NamedTuple

Language = Literal["vi", "en"]


class Text(NamedTuple):
    """One message in Vietnamese (shop owner, accountant) and English (integrator, operator)."""

    vi: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return the message in `language`."""
        return self.vi if language == "vi" else self.en
