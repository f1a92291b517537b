"""Commands from `invoicing.commands`: staged in order, then acknowledged."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.envelope import UnreadableEventError
from contracts.topics import Topic
from lanes.model import Position
from runtime.kafka import Ack, DeadLetter, Outcome, Record

from invoicer.application.stage_commands import Received, StageCommands, Unreadable, received

TOPIC = Topic.INVOICING_COMMANDS
GROUP = "invoicer.publish"


@dataclass(frozen=True, slots=True)
class CommandsHandler:
    """A batch handler; what cannot be read goes to the dead letters and holds nobody up."""

    stage: StageCommands

    async def __call__(self, records: Sequence[Record]) -> Sequence[Outcome]:
        """Stage what is readable of one partition's fetch."""
        read = [_read(record) for record in records]
        await self.stage([command for command in read if isinstance(command, Received)])
        return [_outcome(command) for command in read]


def _read(record: Record) -> Received | Unreadable:
    try:
        event = record.event()
    except UnreadableEventError as error:
        return Unreadable(str(error))
    return received(event, Position(*record.place()))


def _outcome(command: Received | Unreadable) -> Outcome:
    return DeadLetter("UNREADABLE_COMMAND", command.reason) if isinstance(command, Unreadable) else Ack()
