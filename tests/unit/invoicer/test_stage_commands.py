"""Commands become intents in their order; withdrawals keep their place between them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from contracts.commands import IssueInvoice, WithdrawInvoice
from contracts.envelope import Event
from invoicer import bootstrap
from invoicer.application.stage_commands import Received, StageCommands, Unreadable, received
from lanes.model import Command, Intent, Position
from lanes.staging import StageKind, StageOutcome
from prometheus_client import REGISTRY

SAMPLES = Path(__file__).parents[2] / "data/contracts"
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
ISSUE = IssueInvoice.model_validate_json((SAMPLES / "hoadon.invoicing.issue-invoice.v1.json").read_text())
WITHDRAW = WithdrawInvoice.model_validate_json((SAMPLES / "hoadon.invoicing.withdraw-invoice.v1.json").read_text())


class Steps:
    """Records what the use case does, in order; the stager answers with `kind`."""

    def __init__(self, kind: StageKind = StageKind.STAGED) -> None:
        self.done: list[tuple[str, str]] = []
        self.commands: list[Command] = []
        self.withdrawals: list[tuple[str, Position, str]] = []
        self._kind = kind

    async def stage(self, commands: Sequence[tuple[Command, Position]]) -> list[StageOutcome]:
        self.commands += [command for command, _ in commands]
        self.done += [("stage", command.ref_id) for command, _ in commands]
        return [
            StageOutcome(self._kind, Intent(command=command, position=position, seen={}))
            for command, position in commands
        ]

    async def withdraw(self, ref_id: str, *, lane: str, position: Position, reason: str) -> StageOutcome | None:
        self.done.append(("withdraw", ref_id))
        self.withdrawals.append((lane, position, reason))
        return StageOutcome(self._kind, Intent(command=self.commands[0], position=position, seen={}))

    def notify(self, lane: str) -> None:
        self.done.append(("notify", lane))

    def conflict(self, ref_id: str, _lane: str) -> None:
        self.done.append(("conflict", ref_id))

    def too_late(self, ref_id: str, _lane: str) -> None:
        self.done.append(("too late", ref_id))

    def use_case(self) -> StageCommands:
        return StageCommands(self, self.notify, self.conflict, self.too_late)


def issue(ref_id: str, offset: int) -> Received:
    return Received(ISSUE.model_copy(update={"ref_id": ref_id}), Position(6, offset), "00-trace")


async def test_withdrawals_come_between_the_commands_around_them() -> None:
    """Issue, withdraw, issue: in exactly this order, and the lane is woken after each staging."""
    steps = Steps()
    withdraw = Received(WITHDRAW.model_copy(update={"ref_id": "a"}), Position(6, 2), None)
    await steps.use_case()([issue("a", 1), withdraw, issue("b", 3)])
    assert steps.done == [
        ("stage", "a"),
        ("notify", ISSUE.lane),
        ("withdraw", "a"),
        ("stage", "b"),
        ("notify", ISSUE.lane),
    ]
    assert steps.withdrawals == [(WITHDRAW.lane, Position(6, 2), WITHDRAW.reason)]


async def test_a_withdrawal_that_comes_too_late_is_told() -> None:
    """The invoice was sent before: it stands, and somebody hears of it."""
    steps = Steps(StageKind.STANDS)
    withdraw = Received(WITHDRAW.model_copy(update={"ref_id": "a"}), Position(6, 2), None)
    await steps.use_case()([issue("a", 1), withdraw])
    assert steps.done[-1] == ("too late", "a")


async def test_an_intent_carries_what_results_need() -> None:
    """The order's labels, the lines as weight, the trace."""
    steps = Steps()
    await steps.use_case()([issue("a", 1)])
    command = steps.commands[0]
    assert command.labels["order"] == str(ISSUE.order_id)
    assert (command.weight, command.traceparent, command.content) == (ISSUE.line_count, "00-trace", ISSUE.content)


async def test_a_contradiction_raises_an_alarm() -> None:
    """Trap: the same key with other content is an alarm, no update: the first stands, and somebody is told."""
    steps = Steps(StageKind.CONFLICT)
    await steps.use_case()([issue("a", 1)])
    assert ("conflict", "a") in steps.done


def test_a_contradiction_is_counted_as_an_alarm() -> None:
    """Trap: the same key with other content is an alarm: what alerting looks at rises."""

    def value() -> float:
        return REGISTRY.get_sample_value("hoadon_alarms_total", {"kind": "content-conflict"}) or 0.0

    before = value()
    bootstrap._alarm("a", ISSUE.lane)
    assert value() == before + 1


async def test_nothing_to_do_is_done_quietly() -> None:
    """A fetch of nothing readable stages nothing."""
    steps = Steps()
    await steps.use_case()([])
    assert steps.done == []


@pytest.mark.parametrize("kind", ("hoadon.something-else.v1", IssueInvoice.event_type))
def test_what_is_no_command_is_unreadable_with_its_reason(kind: str) -> None:
    """Another type, or a command without its members."""
    event = Event(id="x", type=kind, source="/x", subject="x", time=NOW, key="k", data=b"{}")
    read = received(event, Position(6, 1))
    assert isinstance(read, Unreadable)
    assert read.reason
