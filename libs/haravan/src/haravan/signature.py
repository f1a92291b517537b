"""Verifies that a webhook was signed with one of the shop's secrets.

`base64(HMAC-SHA256(secret, raw body))` in `X-Haravan-Hmacsha256` (Haravan webhooks documentation). A shop has up to
two valid secrets at once: the app's client secret and the secret of its own notifications page.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable


class SignatureCheck:
    """Checks a body while it arrives: `update` with each chunk, then `matches` once."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Accept a body signed with any of `secrets`; empty ones are never accepted."""
        self._digests = [hmac.new(secret.encode(), digestmod=hashlib.sha256) for secret in secrets if secret]

    def update(self, chunk: bytes) -> None:
        """Take the next bytes of the raw body."""
        for digest in self._digests:
            digest.update(chunk)

    def matches(self, header: str | None) -> bool:
        """Whether the header is the signature of what was taken; constant time in header and secrets."""
        given = _decoded(header)
        found = False
        for digest in self._digests:  # no early end: time must not tell which secret matched
            found |= hmac.compare_digest(digest.digest(), given)
        return found


def verify(body: bytes | Iterable[bytes], header: str | None, secrets: Iterable[str]) -> bool:
    """Whether `header` signs the raw body with any of the secrets."""
    check = SignatureCheck(secrets)
    for chunk in (body,) if isinstance(body, bytes) else body:
        check.update(chunk)
    return check.matches(header)


def sign(body: bytes, secret: str) -> str:
    """The header's value for a body, as Haravan makes it."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def _decoded(header: str | None) -> bytes:
    """The digest in the header; what is no base64 equals no digest."""
    try:
        return base64.b64decode((header or "").strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""
