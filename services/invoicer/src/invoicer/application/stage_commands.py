"""Commands from Kafka become intents, in their order, before the offset is committed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from contracts.base import read_message
from contracts.commands import COMMANDS, PublishInvoice, WithdrawInvoice
from contracts.envelope import Event, UnreadableEventError
from lanes.model import Command, Position
from lanes.staging import StageKind, StageOutcome

from invoicer.domain.labels import Labels


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that is no command; the reason names the field."""

    reason: str


@dataclass(frozen=True, slots=True)
class Received:
    """A command with its place in the topic and the trace it goes on."""

    message: PublishInvoice | WithdrawInvoice
    position: Position
    traceparent: str | None


class Stager(Protocol):
    """The lane engine's first step."""

    async def stage(self, commands: Sequence[tuple[Command, Position]]) -> list[StageOutcome]:
        """Insert in order; returns when the database has them."""
        ...

    async def withdraw(self, ref_id: str, *, lane: str, position: Position, reason: str) -> StageOutcome | None:
        """Take back what was not sent; returns when the database has it. None: there is no such intent."""
        ...


def received(event: Event, position: Position) -> Received | Unreadable:
    """Read a command from its event."""
    try:
        message = read_message(event, *COMMANDS)
    except UnreadableEventError as error:
        return Unreadable(str(error))
    if not isinstance(message, PublishInvoice | WithdrawInvoice):
        return Unreadable(f"{event.type} is no command")
    return Received(message, position, event.traceparent)


@dataclass(frozen=True, slots=True)
class StageCommands:
    """Stages what came in one fetch of one partition.

    `notify` wakes a lane; `on_conflict` is told of a command that contradicts what was already sent, `on_too_late` of
    a withdrawal that found its invoice sent, or found none (RefID and lane).
    """

    stager: Stager
    notify: Callable[[str], None]
    on_conflict: Callable[[str, str], None]
    on_too_late: Callable[[str, str], None]

    async def __call__(self, commands: Sequence[Received]) -> None:
        """Stage all, withdrawals at their place between them."""
        waiting: list[Received] = []
        for command in commands:
            if isinstance(command.message, PublishInvoice):
                waiting.append(command)
                continue
            await self._stage(waiting)
            waiting = []
            await self._withdraw(command.message, command.position)
        await self._stage(waiting)

    async def _withdraw(self, message: WithdrawInvoice, position: Position) -> None:
        outcome = await self.stager.withdraw(
            message.ref_id, lane=message.lane, position=position, reason=message.reason
        )
        if outcome is None or outcome.kind is StageKind.STANDS:
            self.on_too_late(message.ref_id, message.lane)

    async def _stage(self, waiting: Sequence[Received]) -> None:
        if not waiting:
            return
        outcomes = await self.stager.stage([_lane_command(each) for each in waiting])
        for outcome in outcomes:
            if outcome.kind is StageKind.CONFLICT:
                self.on_conflict(outcome.intent.ref_id, outcome.intent.command.lane)
        for lane in dict.fromkeys(each.message.lane for each in waiting):
            self.notify(lane)


def _lane_command(received: Received) -> tuple[Command, Position]:
    issue = received.message
    if not isinstance(issue, PublishInvoice):
        raise TypeError("only commands to publish are staged")
    command = Command(
        ref_id=issue.ref_id,
        lane=issue.lane,
        account=issue.account,
        content=issue.content,
        weight=issue.line_count,
        labels=Labels.of(issue).to_mapping(),
        traceparent=received.traceparent,
    )
    return command, received.position
