"""The lane engine's counters as the process's metrics."""

from lanes.ports import Count, Gauge, Metrics
from runtime import metrics
from typing_extensions import override


class LaneMetrics(Metrics):
    """Counts per kind, not per lane: what belongs to one lane is announced with the lane's name."""

    @override
    def count(self, name: Count, amount: int = 1) -> None:
        metrics.count("hoadon_lane_events_total", amount, kind=name.value)
        if name is Count.SUPERSEDED:  # the one thing that no rule can exclude: somebody should know
            metrics.count("hoadon_alarms_total", amount, kind="possible-overlap")
        if name is Count.STALLED:
            metrics.count("hoadon_alarms_total", amount, kind="lane-stalled")

    @override
    def gauge(self, name: Gauge, value: float) -> None:
        metrics.gauge("hoadon_lanes", value, state=name.value)

    @override
    def request_seconds(self, seconds: float) -> None:
        metrics.observe("hoadon_publish_seconds", seconds)
