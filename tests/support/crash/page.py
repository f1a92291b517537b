"""The parts of the documentation's page that a run writes if it held."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from support.crash.cell import Result
from support.crash.faults import FAULTS, NOT_IN_THE_TABLE
from support.crash.plan import Cell
from support.crash.report import mark
from support.crash.steps import STEPS, VENDOR_WORKS, Step

_RULES = {1: "Stage", 2: "Claim", 3: "Call", 4: "Record", 5: "Announce", 6: "Settle and watch"}
MARKER = "<!-- from here on written by `make test-crash WRITE=1` -->\n"


def filled(text: str, results: Sequence[Result]) -> str:
    """The page with the parts that a run writes."""
    said, marker, _ = text.partition(MARKER)
    return "\n".join([f"{said}{marker}", *_steps(), *_faults(), "## Results", "", *_tables(results)])


def _steps() -> Iterator[str]:
    yield from ("## Steps", "", "| step | where the process dies | how the step is reached |", "|---|---|---|")
    for step in STEPS:
        yield f"| {step.number} | {step.label} | {_reached(step)} |"
    yield ""


def _reached(step: Step) -> str:
    if step == VENDOR_WORKS:
        return "killed from outside while the vendor processes the request, or keeps it hanging"
    before = {death for fault in FAULTS for death in Cell(step, fault).deaths[:-1]}
    always = all(len(Cell(step, fault).deaths) > 1 for fault in FAULTS)
    if not before:
        return "in the first request"
    numbers = " or ".join(sorted(death.number for death in before))
    return f"{'after' if always else 'by the fault, else after'} another process has died at {numbers}"


def _faults() -> Iterator[str]:
    yield from ("## Faults", "", "| fault | what the vendor does with the first request |", "|---|---|")
    for fault in FAULTS:
        yield f"| {fault.name} | {fault.meaning} |"
    yield from ("", "Faults of the sandbox that are no row:", "")
    for kind, why in NOT_IN_THE_TABLE.items():
        yield f"- {kind.value}: {why}."
    yield ""


def _tables(results: Sequence[Result]) -> Iterator[str]:
    marks = {(result.cell.step, result.cell.fault): mark(result) for result in results}
    for rule, group in groupby(STEPS, key=lambda step: step.rule):
        steps = list(group)
        yield from (f"### {rule}. {_RULES[rule]}", "")
        yield f"| fault | {' | '.join(step.number for step in steps)} |"
        yield "|---" * (len(steps) + 1) + "|"
        for fault in FAULTS:
            yield f"| {fault.name} | {' | '.join(marks[step, fault] for step in steps)} |"
        yield ""
    kills, issued = sum(result.deaths for result in results), sum(result.issued for result in results)
    requests = sum(result.requests for result in results)
    yield from (f"{len(results)} cells, {kills} kills, {issued} invoices, {requests} publish requests.", "")
