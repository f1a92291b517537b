"""The parts of the documentation's page that a run writes if it held."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from support.crash.cell import Result
from support.crash.exceptions import exceptions, overtaken
from support.crash.faults import ASYNCHRONOUS, FAULTS, NOT_IN_THE_TABLE
from support.crash.plan import Cell, faults_of
from support.crash.report import by_way, mark
from support.crash.steps import STEPS, VENDOR_WORKS, Step
from support.crash.ways import AT_ONCE, OTHERS

_RULES = {1: "Stage", 2: "Claim", 3: "Call", 4: "Record", 5: "Announce", 6: "Settle and watch"}
MARKER = "<!-- from here on written by `make test-crash WRITE=1` -->\n"


def filled(text: str, results: Sequence[Result]) -> str:
    """The page with the parts that a run writes."""
    said, marker, _ = text.partition(MARKER)
    written = [*_steps(), *_faults(), *_own(results), *_others(results), *_figures(results)]
    return "\n".join([f"{said}{marker}", *written])


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
    for fault in (*FAULTS, *ASYNCHRONOUS):
        yield f"| {fault.name} | {fault.meaning} |"
    yield from ("", "Faults of the sandbox that are no row:", "")
    for kind, why in NOT_IN_THE_TABLE.items():
        yield f"- {kind.value}: {why}."
    yield ""


def _own(results: Sequence[Result]) -> Iterator[str]:
    of_way = next(found for way, found in by_way(results) if way is AT_ONCE)
    yield from ("## Results", "")
    for rule, group in groupby(STEPS, key=lambda step: step.rule):
        yield from (f"### {rule}. {_RULES[rule]}", "", *_table(of_way, list(group)), "")
    yield from ("### Requests out of order of position", "", *_exceptions(of_way), "")


def _others(results: Sequence[Result]) -> Iterator[str]:
    yield from ("## Other ways of sending", "", "| way | what it is |", "|---|---|")
    for way in OTHERS:
        yield f"| {way.name} | {way.meaning} |"
    yield ""
    for way, of_way in by_way(results):
        if way is not AT_ONCE:
            yield from (f"### {way.name}", "", *_halves(of_way))
            yield from ("Requests out of order of position:", "", *_exceptions(of_way), "")


def _halves(results: Sequence[Result]) -> Iterator[str]:
    """Twenty columns are too wide for a page."""
    for steps in ([s for s in STEPS if s.rule <= 3], [s for s in STEPS if s.rule > 3]):
        yield from (*_table(results, steps), "")


def _table(results: Sequence[Result], steps: Sequence[Step]) -> Iterator[str]:
    marks = {(result.cell.step, result.cell.fault): mark(result) for result in results}
    yield f"| fault | {' | '.join(step.number for step in steps)} |"
    yield "|---" * (len(steps) + 1) + "|"
    for fault in faults_of(results[0].cell.way):
        row = [marks.get((step, fault), "") for step in steps]
        if any(row):
            yield f"| {fault.name} | {' | '.join(row)} |"


def _exceptions(results: Sequence[Result]) -> Iterator[str]:
    yield from ("| why an order was asked for again | orders | faults | steps | times |", "|---|---|---|---|---|")
    for each in exceptions(results):
        yield f"| {each.why} | {each.orders} | {each.faults} | {each.steps} | {each.times} |"
    count = overtaken(results)
    yield from ("", f"Overtaken by an order behind it: {f'{count} times' if count else 'none'}.")


def _figures(results: Sequence[Result]) -> Iterator[str]:
    kills, issued = sum(result.deaths for result in results), sum(result.issued for result in results)
    requests = sum(result.requests for result in results)
    yield from ("## Figures", "")
    yield from (f"{len(results)} cells, {kills} kills, {issued} invoices, {requests} publish requests.", "")
