"""The rules of the lanes' state machine that bring something about: each does, so that a long run sees everything."""

import logging
from collections.abc import Iterator

import pytest
from lanes.ports import FailPoint
from support.lane_machine import LaneMachine
from support.lane_scene import Report
from support.strict_vendor import Fate


@pytest.fixture
def machine() -> Iterator[LaneMachine]:
    """From its beginning to its end, at which everything must have been settled."""
    logging.disable(logging.CRITICAL)
    playing = LaneMachine(Report())
    playing.begin(pause=0.0)
    yield playing
    try:
        playing.teardown()
    finally:
        logging.disable(logging.NOTSET)


@pytest.mark.parametrize("point", FailPoint, ids=lambda point: point.name)
def test_somebody_dies_at_each_point(machine: LaneMachine, point: FailPoint) -> None:
    """Those of settling and watching, too, which lie behind a lost answer and quiet times."""
    machine.first_there_dies(slot=0, lane=0, point=point)
    machine.rules_hold()
    assert machine.world.seen[f"crash at {point.name}"]


@pytest.mark.parametrize("number", (1, 5))
@pytest.mark.parametrize("fate", [f for f in Fate if f not in {Fate.UNREACHABLE, Fate.NO_CONNECTION}])
def test_each_fate_comes_about(machine: LaneMachine, fate: Fate, number: int) -> None:
    """Of a request of one, and of one of several."""
    machine.one_fate(slot=0, lane=0, fate=fate, number=number)
    machine.rules_hold()
    assert machine.world.seen[f"fate {fate.name}" + (" of several" if number > 1 else "")]
