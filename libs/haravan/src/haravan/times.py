"""Times as Haravan's filters read them."""

from datetime import datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def filter_time(moment: datetime) -> str:
    """An aware time as `*_at_min` and `*_at_max` want it: Vietnam's clock, without any zone.

    Measured by integrators: a trailing `Z` is ignored and a numeric offset is applied twice.

    Raises:
        ValueError: The time names no zone.

    """
    if moment.tzinfo is None:
        raise ValueError("a filter time needs its time zone")
    return moment.astimezone(VIETNAM).strftime("%Y-%m-%dT%H:%M:%S")
