"""Who may ask for tokens, and how the client gets one."""

from dataclasses import dataclass
from typing import Protocol

from pydantic import SecretStr

from meinvoice.answers import NotSent, Unknown, WholeRefusal


@dataclass(frozen=True, slots=True)
class Credentials:
    """A meInvoice login for one tax code (meInvoice Open API §2)."""

    app_id: SecretStr
    tax_code: str
    username: str
    password: SecretStr


class TokenUnavailableError(Exception):
    """No token can be had; `failure` is the vendor's answer, or why there is none."""

    def __init__(self, failure: WholeRefusal | NotSent | Unknown) -> None:
        """Keep the failure that ended the login."""
        super().__init__(failure.code if isinstance(failure, WholeRefusal) else failure.reason)
        self.failure = failure

    @property
    def retry_after(self) -> float | None:
        """Seconds that the vendor asked to wait before another login, where it did (HTTP 429)."""
        return self.failure.retry_after if isinstance(self.failure, WholeRefusal) else None


class TokenProvider(Protocol):
    """Gives the account's token. The vendor blocks addresses that log in often: share one among all processes."""

    async def get(self) -> SecretStr:
        """Return the token in use, or fetch one.

        Raises:
            TokenUnavailableError: There is none to be had now.

        """

    async def renew(self, refused_token: SecretStr) -> SecretStr:
        """Return another token than the refused one; when somebody renewed it meanwhile, theirs.

        Raises:
            TokenUnavailableError: There is none to be had now.

        """


class FixedToken:
    """A token that is never renewed: for scripts and tests."""

    def __init__(self, token: SecretStr) -> None:
        """Give out this one token."""
        self._token = token

    async def get(self) -> SecretStr:
        """Return the token."""
        return self._token

    async def renew(self, refused_token: SecretStr) -> SecretStr:  # noqa: ARG002 (the protocol names it)
        """Return the same token: there is no other."""
        return self._token
