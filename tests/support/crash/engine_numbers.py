"""Numbers of the lane engine that no setting of the invoicer reaches, for a process that has little time."""

from collections.abc import Mapping
from dataclasses import replace

from invoicer.settings import InvoicerLaneSettings
from lanes.settings import LaneSettings


def use(numbers: Mapping[str, float]) -> None:
    """From now on this process gives its engine these instead of their defaults."""
    made = InvoicerLaneSettings.engine

    def engine(self: InvoicerLaneSettings) -> LaneSettings:
        return replace(made(self), **numbers)  # type: ignore[arg-type]  # checked by replace

    InvoicerLaneSettings.engine = engine  # type: ignore[method-assign]  # the process is forked for this
