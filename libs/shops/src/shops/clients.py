"""Real clients of a shop's connections, for checks and for whoever else works from a shop document."""

from collections.abc import Awaitable, Callable

import httpx
from haravan.client import HaravanClient
from haravan.exchanges import Observer as HaravanObserver
from haravan.transport import Transport as HaravanTransport
from meinvoice.answers import NotSent, TokenGranted
from meinvoice.client import MeInvoiceClient, fetch_token
from meinvoice.exchanges import Observer as MeInvoiceObserver
from meinvoice.tokens import Credentials, TokenUnavailableError
from meinvoice.transport import Transport as MeInvoiceTransport
from pydantic import SecretStr
from runtime.tokens import AccountTokens, LoginPostponedError

from shops.models import Account, HaravanConnection


class VendorClients:
    """Makes a client a call: cheap, and never with yesterday's credentials. Connections are those of `http`."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        tokens: AccountTokens,
        *,
        observe_haravan: HaravanObserver | None = None,
        observe_meinvoice: MeInvoiceObserver | None = None,
    ) -> None:
        """Share logins through `tokens`, so that no check makes one more than needed."""
        self._http = http
        self._tokens = tokens
        self._observe_haravan = observe_haravan
        self._observe_meinvoice = observe_meinvoice

    def haravan(self, connection: HaravanConnection) -> HaravanClient:
        """Return the client of a shop at Haravan."""
        transport = HaravanTransport(
            self._http, connection.base_url, connection.access_token, observe=self._observe_haravan
        )
        return HaravanClient(transport)

    def meinvoice(self, account: Account) -> MeInvoiceClient:
        """Return the client of a meInvoice account."""
        transport = MeInvoiceTransport(self._http, account.base_url, observe=self._observe_meinvoice)
        tokens = self._tokens.of(account.key, _login(transport, account), _postponed)
        return MeInvoiceClient(transport, tax_code=account.tax_code, tokens=tokens)


def _login(transport: MeInvoiceTransport, account: Account) -> Callable[[], Awaitable[SecretStr]]:
    credentials = Credentials(account.app_id, account.tax_code, account.username, account.password)

    async def login() -> SecretStr:
        answer = await fetch_token(transport, credentials)
        if isinstance(answer, TokenGranted):
            return answer.token
        raise TokenUnavailableError(answer)

    return login


def _postponed(error: LoginPostponedError) -> Exception:
    return TokenUnavailableError(NotSent(str(error)))
