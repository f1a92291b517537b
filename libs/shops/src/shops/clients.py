"""Real clients of a shop's connections, for checks and for whoever else works from a shop document."""

from functools import partial

import httpx
from haravan.client import HaravanClient
from haravan.exchanges import Observer as HaravanObserver
from haravan.transport import Transport as HaravanTransport
from meinvoice.answers import NotSent
from meinvoice.client import MeInvoiceClient, log_in
from meinvoice.exchanges import Observer as MeInvoiceObserver
from meinvoice.signing import SignService
from meinvoice.tokens import Credentials, TokenUnavailableError
from meinvoice.transport import Transport as MeInvoiceTransport
from runtime.tokens import AccountTokens, LoginPostponedError

from shops.accounts import Signing
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
        login_seconds: float = 30.0,
    ) -> None:
        """Share logins through `tokens`, so that nobody makes one more than needed; one may take `login_seconds`."""
        self._login_seconds = login_seconds
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
        credentials = Credentials(account.app_id, account.tax_code, account.username, account.password)
        login = partial(log_in, transport, credentials, deadline_seconds=self._login_seconds)
        tokens = self._tokens.of(account.key, login, _postponed)
        return MeInvoiceClient(transport, tax_code=account.tax_code, tokens=tokens)

    def sign_service(self, signing: Signing) -> SignService:
        """Return MISA's signing tool at the shop (Open API §5.2)."""
        return SignService(signing.url, signing.pin, http=self._http, observe=self._observe_meinvoice)


def _postponed(error: LoginPostponedError) -> Exception:
    # Nothing was sent and nothing is known to be wrong: whoever asks tries again later.
    return TokenUnavailableError(NotSent(str(error)))
