"""The whole run: every scenario with all rules, then each rule taken away; a table for people, JSON for machines."""

import json
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import starmap

from lanes_model.model import Model, Scenario
from lanes_model.rules import Rule
from lanes_model.scenarios import SCENARIOS
from lanes_model.search import MOST_STATES, Found, TooLarge, search
from lanes_model.stories import STORIES
from lanes_model.where import WHERE


@dataclass(frozen=True, slots=True)
class Options:
    """How far to go: the larger budgets, more workers, and on how many processors."""

    deep: bool = False
    workers: int = 0
    processes: int = 1


@dataclass(frozen=True, slots=True)
class Job:
    """One search: a scenario with every rule, or without one (then only for the property that it protects)."""

    scenario: Scenario
    without: Rule | None = None
    most: int = MOST_STATES

    def run(self) -> tuple["Job", Found, float]:
        """Search; what was found, and in how many seconds."""
        began = time.monotonic()
        wanted = None if self.without is None else frozenset({self.without.protects})
        try:
            found = search(Model(self.scenario, self.without), wanted=wanted, most=self.most)
        except TooLarge:
            found = Found(self.most, 0, None, too_large=True)
        return self, found, time.monotonic() - began


Result = tuple[Job, Found, float]


def jobs(options: Options) -> tuple[list[Job], list[Job]]:
    """The searches with every rule, and those without one each."""
    whole = [Job(_sized(scenario, options)) for scenario in SCENARIOS]
    return whole, [Job(WHERE[rule], rule) for rule in Rule]


def _sized(scenario: Scenario, options: Options) -> Scenario:
    budget = scenario.deeper if options.deep else scenario.budget
    return replace(scenario, budget=budget, workers=max(scenario.workers, options.workers))


def _all(work: list[Job], processes: int) -> Iterator[Result]:
    if processes == 1:
        yield from map(Job.run, work)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(Job.run, work)


def run(options: Options) -> Iterator[str]:
    """The lines of the report; the last one is JSON."""
    began = time.monotonic()
    whole, less = jobs(options)
    yield "With every rule, no property may break:"
    held, violated = [], []
    for result in _all(whole, options.processes):
        held.append(result)
        yield from _scenario_lines(*result)
    yield ""
    yield "Without one rule, the property that it protects must break:"
    for result in _all(less, options.processes):
        violated.append(result)
        yield from _rule_lines(*result)
    yield ""
    yield from table(violated)
    yield ""
    yield json.dumps(_figures(held, violated, time.monotonic() - began))


def _scenario_lines(job: Job, found: Found, seconds: float) -> Iterator[str]:
    said = "TOO LARGE: not all was visited" if found.too_large else "holds"
    if found.violation is not None:
        said = f"VIOLATION of {found.violation.property.name}"
    yield f"  {job.scenario.name:20} {found.states:8,} states {found.steps:9,} steps {seconds:6.1f} s  {said}"
    if found.violation is not None:
        yield from numbered(found.violation.trace)


def _rule_lines(job: Job, found: Found, seconds: float) -> Iterator[str]:
    if job.without is None:
        raise ValueError("a rule must be missing")
    yield ""
    yield f"{job.without.name}: {job.without.sentence}"
    yield f"  {STORIES[job.without]}"
    if found.violation is None:
        why = "not all was visited" if found.too_large else "superfluous?"
        yield f"  without it nothing breaks in {job.scenario.name!r} ({found.states:,} states): {why}"
        return
    yield f"  without it {job.without.protects.name} breaks in {job.scenario.name!r} ({seconds:.1f} s):"
    yield from numbered(found.violation.trace)


def numbered(trace: Iterable[str]) -> Iterator[str]:
    """A trace, a step a line."""
    return starmap("  {:3}. {}".format, enumerate(trace, 1))


def table(results: list[Result]) -> Iterator[str]:
    """Rule, property, what comes without the rule."""
    yield f"{'rule':24} {'property it protects':22} {'without it':12} {'steps':>5} {'states':>8}"
    for job, found, _ in results:
        rule = job.without
        if rule is not None:
            holds = "TOO LARGE" if found.too_large else "HOLDS"
            said, length = ("violated", len(found.violation.trace)) if found.violation else (holds, 0)
            yield f"{rule.name:24} {rule.protects.name:22} {said:12} {length:5} {found.states:8,}"


def _figures(held: list[Result], violated: list[Result], seconds: float) -> dict[str, object]:
    broken = [job.scenario.name for job, found, _ in held if found.violation is not None]
    unbroken = [(job.without.name, found) for job, found, _ in violated if job.without and found.violation is None]
    superfluous = [rule for rule, found in unbroken if not found.too_large]
    too_large = [job.scenario.name for job, found, _ in held if found.too_large]
    too_large += [rule for rule, found in unbroken if found.too_large]
    return {
        "states": sum(found.states for _, found, _ in held),
        "steps": sum(found.steps for _, found, _ in held),
        "scenarios": len(held),
        "rules": len(violated),
        "violations_without": len(violated) - len(unbroken),
        "states_without": sum(found.states for _, found, _ in violated),
        "violated_with_all_rules": broken,
        "superfluous": superfluous,
        "too_large": too_large,
        "seconds": round(seconds, 1),
        "ok": not broken and not superfluous and not too_large,
    }
