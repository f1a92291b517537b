"""The log of exchanges as the publisher uses it: beside what its clients write there by themselves."""

from dataclasses import dataclass

from meinvoice.exchanges import Exchange
from runtime.exchange_writing import ExchangeWriter
from runtime.exchanges import ExchangeLog
from typing_extensions import override

from invoicer.adapters.meinvoice_publisher import Records


@dataclass(frozen=True, slots=True)
class ExchangeRecords(Records):
    """Adds to the log at once, and waits for the writer behind the clients."""

    log: ExchangeLog
    writer: ExchangeWriter

    @override
    async def add_once(self, exchange: Exchange, request_id: str) -> None:
        await self.log.observe_meinvoice_once(exchange, request_id)

    @override
    async def written(self, request_id: str | None) -> None:
        await self.writer.written(request_id)
