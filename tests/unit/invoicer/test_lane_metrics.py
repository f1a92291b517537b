"""What the lane engine counts becomes metrics; what somebody should know of becomes an alarm."""

import pytest
from invoicer.adapters.lane_metrics import LaneMetrics
from lanes.ports import Count
from prometheus_client import REGISTRY


def value(metric: str, kind: str) -> float:
    return REGISTRY.get_sample_value(metric, {"kind": kind}) or 0.0


@pytest.mark.parametrize("count", tuple(Count))
def test_every_count_is_an_event_of_its_kind(count: Count) -> None:
    """Under the name by which the documentation knows it."""
    before = value("hoadon_lane_events_total", count.value)
    LaneMetrics().count(count, 2)
    assert value("hoadon_lane_events_total", count.value) == before + 2


@pytest.mark.parametrize(("count", "alarm"), ((Count.SUPERSEDED, "possible-overlap"), (Count.STALLED, "lane-stalled")))
def test_what_somebody_should_know_of_is_an_alarm(count: Count, alarm: str) -> None:
    """Each under a name of its own; what is counted every day is none."""
    before = value("hoadon_alarms_total", alarm)
    LaneMetrics().count(count)
    LaneMetrics().count(Count.ISSUED)
    assert value("hoadon_alarms_total", alarm) == before + 1
