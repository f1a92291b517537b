"""A client whose vendor is a function, and recorded answers to publish requests."""

from collections.abc import Callable
from pathlib import Path

import httpx
from meinvoice.answers import PublishAnswer
from meinvoice.client import MeInvoiceClient
from meinvoice.exchanges import Exchange
from meinvoice.tokens import FixedToken
from meinvoice.transport import Transport
from pydantic import SecretStr

DATA = Path(__file__).parents[1] / "data" / "meinvoice" / "publish"
A = "11111111-1111-4111-8111-111111111111"
B = "22222222-2222-4222-8222-222222222222"
INVOICES = tuple(
    f'{{"RefID":"{ref}","InvSeries":"1C26TAA","InvDate":"2026-10-01","TotalAmount":1.10}}' for ref in (A, B)
)
Handler = Callable[[httpx.Request], httpx.Response]


class Tokens:
    """Gives t1, then t2; counts renewals."""

    def __init__(self) -> None:
        """Start with t1."""
        self.renewed: list[str] = []

    async def get(self) -> SecretStr:
        """Return t1."""
        return SecretStr("t1")

    async def renew(self, refused_token: SecretStr) -> SecretStr:
        """Return t2."""
        self.renewed.append(refused_token.get_secret_value())
        return SecretStr("t2")


def client_of(
    handler: Handler, exchanges: list[Exchange] | None = None, tokens: Tokens | None = None
) -> MeInvoiceClient:
    """A client whose vendor is `handler`."""

    async def observe(exchange: Exchange) -> None:
        if exchanges is not None:
            exchanges.append(exchange)

    http = httpx.AsyncClient(transport=httpx.MockTransport(handler))
    transport = Transport(http, "https://vendor.test/api/integration/", observe=observe)
    return MeInvoiceClient(transport, tax_code="0101243150", tokens=tokens or FixedToken(SecretStr("t1")))


def answering(name: str, status: int = 200) -> Handler:
    """A vendor that always answers with one recorded payload."""
    text = (DATA / f"{name}.json").read_text()
    return lambda _: httpx.Response(status, text=text)


async def publish(handler: Handler, **more: object) -> PublishAnswer:
    """Publish both invoices."""
    return await client_of(handler).publish(2, INVOICES, deadline_seconds=5)
