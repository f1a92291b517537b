"""Codes of a correction that cannot be sent, since its original does not stand: `original-` and meInvoice's reason."""

from meinvoice.models.correction_texts import TEXTS, Refusal

_PREFIX = "original-"


def original_code(refusal: Refusal) -> str:
    """The code of the correction."""
    return f"{_PREFIX}{refusal}"


def original_texts(code: str) -> tuple[str, str] | None:
    """What such a code says, in Vietnamese and in English; None for any other code."""
    refusal = code.removeprefix(_PREFIX)
    return TEXTS[Refusal(refusal)] if refusal != code and refusal in set(Refusal) else None
