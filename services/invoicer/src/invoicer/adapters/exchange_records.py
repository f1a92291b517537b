"""The log of exchanges as the publisher uses it: beside what its clients write there by themselves."""

from dataclasses import dataclass
from datetime import timedelta

from lanes.settings import LaneSettings
from meinvoice.exchanges import Exchange
from runtime.exchange_writing import BEHIND, ExchangeWriter
from runtime.exchanges import ExchangeLog
from typing_extensions import override

from invoicer.adapters.meinvoice_publisher import Records


def exchange_writer(log: ExchangeLog, lanes: LaneSettings) -> ExchangeWriter:
    """The writer behind the clients: with a pause between requests there is time for the log before the lane goes on.

    Without one it would take its share of each round trip.
    """
    return ExchangeWriter(log, behind=timedelta(0) if lanes.pause_seconds else BEHIND)


@dataclass(frozen=True, slots=True)
class ExchangeRecords(Records):
    """Adds to the log at once, and waits for the writer behind the clients."""

    log: ExchangeLog
    writer: ExchangeWriter

    @override
    async def add(self, exchange: Exchange) -> None:
        await self.log.observe_meinvoice(exchange)

    @override
    async def written(self) -> None:
        await self.writer.written()
