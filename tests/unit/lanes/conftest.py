"""A lane in virtual time, with work."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from lanes.settings import LaneSettings
from support.virtual_lanes import VirtualLane

ALL = ("a", "b", "c", "d", "e", "f")


@pytest.fixture
def make() -> Iterator[Callable[..., VirtualLane]]:
    """Six invoices wait in a lane that takes two at a time and has no pause, unless the settings are others."""
    lanes: list[VirtualLane] = []

    def make(**settings: float) -> VirtualLane:
        chosen: dict[str, Any] = {"pause_seconds": 0.0, "most_intents": 2, **settings}
        lanes.append(VirtualLane(settings=LaneSettings(**chosen)))
        lanes[-1].stage(*ALL)
        return lanes[-1]

    yield make
    for lane in lanes:
        lane.loop.end()


@pytest.fixture
def lane(make: Callable[..., VirtualLane]) -> VirtualLane:
    """As `make` makes it."""
    return make()
