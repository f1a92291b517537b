"""Secrets at rest: encrypted with the first key, readable with any of them, so that keys rotate without downtime."""

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from runtime.settings import SecretSettings


class SecretKeyError(ValueError):
    """The keys in `HOADON_SECRET_KEYS` are missing or malformed."""


class UndecryptableError(ValueError):
    """A stored secret was not encrypted with any of the present keys."""


class SecretBox:
    """Encrypts and decrypts short texts with `cryptography`'s MultiFernet."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take the keys; the first one encrypts, all of them decrypt.

        Raises:
            SecretKeyError: when there is no key, or one is not a Fernet key.
        """
        if not keys:
            raise SecretKeyError("HOADON_SECRET_KEYS holds no key; make one with `python -m runtime.secrets`")
        self._keys = tuple(keys)
        self._fernet = MultiFernet([_fernet(key, number) for number, key in enumerate(keys, start=1)])

    @classmethod
    def from_settings(cls, settings: SecretSettings) -> "SecretBox":
        """Build the box from the process settings."""
        raw = settings.keys.get_secret_value()
        return cls([key.strip() for key in raw.split(",") if key.strip()])

    def encrypt(self, text: str) -> str:
        """Encrypt with the first key."""
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, token: str) -> str:
        """Decrypt with whichever key fits.

        Raises:
            UndecryptableError: when none fits; the key that wrote it is missing from `HOADON_SECRET_KEYS`.
        """
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken as error:
            message = "a stored secret fits none of the keys in HOADON_SECRET_KEYS; add the key that wrote it"
            raise UndecryptableError(message) from error

    def rotate(self, token: str) -> str:
        """Encrypt again with the first key what any key wrote.

        Raises:
            UndecryptableError: as for `decrypt`.
        """
        return self.encrypt(self.decrypt(token))

    def fingerprints(self, text: str) -> list[str]:
        """What a text is found by without being told: under each key, the first key's first, which is the one to store.

        Only who has a key can tell which text it is; all are needed to find what an earlier first key wrote.
        """
        return [hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest() for key in self._keys]


def _fernet(key: str, number: int) -> Fernet:
    try:
        return Fernet(key)
    except ValueError as error:
        message = f"key {number} of HOADON_SECRET_KEYS is not a Fernet key (32 bytes in URL-safe base64)"
        raise SecretKeyError(message) from error


def generate_key() -> str:
    """Make a new key for `HOADON_SECRET_KEYS`."""
    return Fernet.generate_key().decode()


if __name__ == "__main__":
    print(generate_key())  # noqa: T201  (the command's answer)
