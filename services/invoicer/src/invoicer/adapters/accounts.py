"""Clients of meInvoice accounts, made from the shop's configuration as it is now."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import httpx
from lanes.model import Intent, Scope
from meinvoice.answers import NotSent, TokenGranted
from meinvoice.client import MeInvoiceClient, fetch_token
from meinvoice.exchanges import Observer
from meinvoice.tokens import Credentials, TokenUnavailableError
from meinvoice.transport import Transport
from pydantic import SecretStr
from runtime.tokens import AccountTokens, LoginPostponedError
from shops.environment import check_environment
from shops.models import Account, Series
from typing_extensions import override

from invoicer.adapters.meinvoice_publisher import Accounts, AccountUnusableError
from invoicer.application.ports import Shops


@dataclass(frozen=True, slots=True)
class MeInvoiceAccounts(Accounts):
    """Builds a client a call: cheap, and never with yesterday's credentials. Connections are those of `http`."""

    shops: Shops
    tokens: AccountTokens
    http: httpx.AsyncClient
    observe: Observer

    @override
    async def client(self, intents: Sequence[Intent]) -> tuple[MeInvoiceClient, int]:
        """The client for intents of one lane and shop, and the SignType of their series.

        Raises:
            AccountUnusableError: as the port says.
        """
        command = intents[0].command
        account, series = await self._configured(command.labels["shop"], command.account, command.lane)
        transport = Transport(self.http, account.base_url, observe=self.observe)
        tokens = self.tokens.of(account.key, _login(transport, account), _postponed)
        return MeInvoiceClient(transport, tax_code=account.tax_code, tokens=tokens), series.sign_type.value

    async def _configured(self, shop_id: str, account_key: str, lane: str) -> tuple[Account, Series]:
        stored = await self.shops.get(shop_id)
        account = stored.shop.account_by_key(account_key) if stored else None
        if account is None:
            raise AccountUnusableError(
                "AccountNotConfigured",
                f"Cửa hàng {shop_id} không còn tài khoản meInvoice {account_key}. Thêm lại tài khoản rồi mở lại.",
                Scope.ACCOUNT,
            )
        mismatch = check_environment(account)
        if mismatch is not None:
            raise AccountUnusableError("EnvironmentMismatch", mismatch.vi, Scope.ACCOUNT)
        series = account.find_series(lane.rpartition(":")[2])
        if series is None:
            raise AccountUnusableError(
                "SeriesNotConfigured",
                f"Tài khoản {account.name} không còn ký hiệu của {lane}. Thêm lại ký hiệu rồi mở lại.",
                Scope.LANE,
            )
        return account, series


def _login(transport: Transport, account: Account) -> Callable[[], Awaitable[SecretStr]]:
    credentials = Credentials(account.app_id, account.tax_code, account.username, account.password)

    async def login() -> SecretStr:
        answer = await fetch_token(transport, credentials)
        if isinstance(answer, TokenGranted):
            return answer.token
        raise TokenUnavailableError(answer)

    return login


def _postponed(error: LoginPostponedError) -> Exception:
    # Nothing was sent and nothing is known to be wrong with the invoice: the lane tries again later.
    return TokenUnavailableError(NotSent(str(error)))
