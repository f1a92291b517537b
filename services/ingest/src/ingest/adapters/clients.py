"""Haravan's API of each shop."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
from haravan.client import HaravanClient
from haravan.errors import ForbiddenError, HaravanError, TooManyRequestsError, UnauthorizedError
from haravan.exchanges import Observer
from haravan.transport import Patience, Transport

from ingest.application.ports import KnownShop, ReadRefusedError, ReadUnavailableError

_LARGEST = 1_000
PATIENCE = Patience(attempts=2, longest_wait=5.0, timeout=10.0)
"""Within what a rebalance and a stopping process wait for a handler: a record that must wait longer comes again."""


class Clients:
    """One client a shop, because each shop has its own bucket of requests, whatever is read."""

    def __init__(self, http: httpx.AsyncClient, observe: Observer) -> None:
        """Call through `http`; every exchange is shown to `observe`."""
        self._http = http
        self._observe = observe
        self._clients: OrderedDict[tuple[str, str, str], HaravanClient] = OrderedDict()

    def of(self, shop: KnownShop) -> HaravanClient:
        """The client of a shop as it is configured now."""
        key = (shop.shop, shop.base_url, shop.access_token.get_secret_value())
        if key not in self._clients:
            transport = Transport(
                self._http, shop.base_url, shop.access_token, observe=self._observe, patience=PATIENCE
            )
            self._clients[key] = HaravanClient(transport)
            while len(self._clients) > _LARGEST:
                self._clients.popitem(last=False)
        return self._clients[key]


@contextmanager
def told() -> Iterator[None]:
    """Tell failures of a call in the words of the ports.

    Raises:
        ReadRefusedError: the shop's token may not read it.
        ReadUnavailableError: try again later.
    """
    try:
        yield
    except (UnauthorizedError, ForbiddenError) as error:
        raise ReadRefusedError(str(error)) from error
    except HaravanError as error:
        raise ReadUnavailableError(str(error), _retry_after(error)) from error


def _retry_after(error: HaravanError) -> timedelta | None:
    seconds = error.retry_after if isinstance(error, TooManyRequestsError) else None
    return timedelta(seconds=seconds) if seconds is not None else None
