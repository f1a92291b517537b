"""Lookup codes, tokens and tax-authority codes: repeatable, from a seed."""

import hashlib

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


_TABLE = bytes(ord(_ALPHABET[value % len(_ALPHABET)]) for value in range(256))


def _draw(length: int, *parts: object) -> str:
    """At most 64 letters and digits that look random and depend on the parts alone."""
    digest = hashlib.sha512(":".join(map(str, parts)).encode()).digest()
    return digest[:length].translate(_TABLE).decode()


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
