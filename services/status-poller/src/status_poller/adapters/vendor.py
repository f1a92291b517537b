"""meInvoice behind the port."""

from collections.abc import Sequence

from meinvoice.answers import StatusAnswer
from meinvoice.client import StatusBy
from shops.clients import VendorClients
from shops.models import Account


class MeInvoiceVendor:
    """Asks `/invoice/status` by RefID."""

    def __init__(self, clients: VendorClients, *, deadline_seconds: float) -> None:
        """Ask through the clients of the accounts."""
        self._clients = clients
        self._deadline = deadline_seconds

    async def ask(
        self, account: Account, ref_ids: Sequence[str], *, invoice_with_code: bool, calculating_machine: bool
    ) -> StatusAnswer:
        """The state of up to 50 invoices of an account."""
        return await self._clients.meinvoice(account).status(
            ref_ids,
            invoice_with_code=invoice_with_code,
            calculating_machine=calculating_machine,
            by=StatusBy.REF_ID,
            deadline_seconds=self._deadline,
        )
