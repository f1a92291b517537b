"""meInvoice behind the port: one client per account, its token shared with all other processes."""

from collections.abc import Sequence

import httpx
from meinvoice.answers import NotSent, StatusAnswer
from meinvoice.client import MeInvoiceClient, StatusBy, log_in
from meinvoice.exchanges import Observer
from meinvoice.tokens import Credentials, TokenUnavailableError
from meinvoice.transport import Transport
from pydantic import SecretStr
from runtime.tokens import AccountTokens, LoginPostponedError
from shops.models import Account


class MeInvoiceVendor:
    """Asks `/invoice/status` by RefID."""

    def __init__(
        self, http: httpx.AsyncClient, tokens: AccountTokens, observe: Observer, *, deadline_seconds: float
    ) -> None:
        """Use `http` for all accounts; `observe` logs the exchanges."""
        self._http = http
        self._tokens = tokens
        self._observe = observe
        self._deadline = deadline_seconds

    async def ask(
        self, account: Account, ref_ids: Sequence[str], *, invoice_with_code: bool, calculating_machine: bool
    ) -> StatusAnswer:
        """The state of up to 50 invoices of an account."""
        return await self._client(account).status(
            ref_ids,
            invoice_with_code=invoice_with_code,
            calculating_machine=calculating_machine,
            by=StatusBy.REF_ID,
            deadline_seconds=self._deadline,
        )

    def _client(self, account: Account) -> MeInvoiceClient:
        transport = Transport(self._http, account.base_url, observe=self._observe)

        async def login() -> SecretStr:
            credentials = Credentials(account.app_id, account.tax_code, account.username, account.password)
            return await log_in(transport, credentials, deadline_seconds=self._deadline)

        token = self._tokens.of(account.key, login, refuse=_postponed)
        return MeInvoiceClient(transport, tax_code=account.tax_code, tokens=token)


def _postponed(error: LoginPostponedError) -> TokenUnavailableError:
    return TokenUnavailableError(NotSent(str(error)))
