"""Clients of meInvoice accounts, made from the shop's configuration as it is now."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from lanes.model import Intent
from meinvoice.client import MeInvoiceClient
from meinvoice.models import PublishInvoiceData
from runtime.clock import Clock
from runtime.secrets import UndecryptableError
from shops.clients import VendorClients
from shops.environment import check_environment
from shops.models import Account, Series, SignType
from shops.problems import InvalidShopError
from typing_extensions import override

from invoicer.adapters.errands import Errands
from invoicer.adapters.key_signing import KeySigning
from invoicer.adapters.meinvoice_publisher import Access, Accounts, AccountUnusableError
from invoicer.adapters.signed_invoices import SignedInvoices
from invoicer.application.ports import Shops


@dataclass(frozen=True, slots=True)
class MeInvoiceAccounts(Accounts):
    """Finds the account of a lane in its shop's configuration and gives access to it.

    `signed` and `signatures` are what is signed and being signed by tokens (SignType 1).
    """

    shops: Shops
    clients: VendorClients
    signed: SignedInvoices
    signatures: Errands[PublishInvoiceData]
    clock: Clock

    @override
    async def access(self, intents: Sequence[Intent]) -> Access:
        """How to send intents of one lane and shop.

        Raises:
            AccountUnusableError: as the port says.
        """
        command = intents[0].command
        account, series = await self._configured(command.labels["shop"], command.account, command.lane)
        client = self.clients.meinvoice(account)
        return Access(client, series.sign_type.value, self._signing(account, series, client))

    def _signing(self, account: Account, series: Series, client: MeInvoiceClient) -> KeySigning | None:
        if series.sign_type is not SignType.FILE or account.signing is None:
            return None
        return KeySigning(
            client=client,
            tool=self.clients.sign_service(account.signing),
            kept=self.signed,
            signatures=self.signatures,
            now=self.clock.utc_now,
            monotonic=self.clock.monotonic,
            new_id=lambda: uuid4().hex,
        )

    async def _configured(self, shop_id: str, account_key: str, lane: str) -> tuple[Account, Series]:
        try:
            stored = await self.shops.get(shop_id)
        except (InvalidShopError, UndecryptableError) as error:
            raise AccountUnusableError(
                "ShopUnreadable",
                f"Không đọc được cấu hình cửa hàng {shop_id}: {error}. Áp dụng lại tệp cửa hàng rồi mở lại.",
            ) from error
        account = stored.shop.account_by_key(account_key) if stored else None
        if account is None:
            raise AccountUnusableError(
                "AccountNotConfigured",
                f"Cửa hàng {shop_id} không còn tài khoản meInvoice {account_key}. Thêm lại tài khoản rồi mở lại.",
            )
        mismatch = check_environment(account)
        if mismatch is not None:
            raise AccountUnusableError("EnvironmentMismatch", mismatch.vi)
        series = account.find_series(lane.rpartition(":")[2])
        if series is None:
            raise AccountUnusableError(
                "SeriesNotConfigured",
                f"Tài khoản {account.name} không còn ký hiệu của {lane}. Thêm lại ký hiệu rồi mở lại.",
            )
        return account, series
