"""What became of invoices, from `invoicing.results` and `invoicing.status`, onto the orders' documents."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.base import Message, read_message
from contracts.envelope import UnreadableEventError
from contracts.topics import Topic
from runtime.kafka import Ack, DeadLetter, Outcome, Record
from runtime.tracing import TRACEPARENT, span

from invoicer.application.project_results import ProjectResults

RESULTS_TOPIC = Topic.INVOICING_RESULTS
STATUS_TOPIC = Topic.INVOICING_STATUS
GROUP = "invoicer.project"


@dataclass(frozen=True, slots=True)
class ResultsHandler:
    """A batch handler for one of the two topics; `kinds` are the messages it carries."""

    project: ProjectResults
    kinds: tuple[type[Message], ...]

    async def __call__(self, records: Sequence[Record]) -> Sequence[Outcome]:
        """Record the messages in order."""
        return [await self._one(record) for record in records]

    async def _one(self, record: Record) -> Outcome:
        try:
            message = read_message(record.event(), *self.kinds)
        except UnreadableEventError as error:
            return DeadLetter("UNREADABLE_EVENT", str(error))
        with span("record result", parent=record.header(TRACEPARENT)):
            await self.project(message)
        return Ack()
