"""Lookup codes, tokens and tax-authority codes: repeatable, from a seed."""

import hashlib

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def _draw(length: int, *parts: object) -> str:
    value = int.from_bytes(hashlib.sha256(":".join(map(str, parts)).encode()).digest(), "big")
    text = ""
    for _ in range(length):
        value, remainder = divmod(value, len(_ALPHABET))
        text += _ALPHABET[remainder]
    return text


def lookup_code(seed: int, tax_code: str, ref_id: str) -> str:
    """A TransactionID: the code by which a buyer finds the invoice."""
    return _draw(12, "lookup", seed, tax_code, ref_id.lower())


def authority_code(seed: int, transaction_id: str) -> str:
    """The tax authority's code of an ordinary invoice: 34 characters."""
    return f"00{_draw(32, 'authority', seed, transaction_id)}"


def cash_register_code(tax_code: str, year: int, number: int) -> str:
    """The code of a cash-register invoice, which the provider makes itself: M1-year-5 characters-11 digits."""
    return f"M1-{year % 100:02}-{_draw(5, 'register', tax_code)}-{number:011}"


def token(seed: int, tax_code: str, count: int) -> str:
    """An access token."""
    return _draw(48, "token", seed, tax_code, count)
