"""Behaviour of the Haravan stand-in that documents leave open, or that a test wants otherwise."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

NumberStyle = Literal["decimal", "plain", "string"]
"""Money as `600000.0000`, as `600000`, or as `"600000.0000"`."""


class HaravanOptions(BaseSettings):
    """Read from `SANDBOX_HARAVAN_*`, changed by `PUT /_sandbox/options`."""

    model_config = SettingsConfigDict(env_prefix="SANDBOX_HARAVAN_", frozen=True, extra="forbid")

    latency_seconds: Annotated[float, Field(ge=0)] = 0
    """How long every answer takes at least, from the request's first byte, processing included and counted as such."""
    bucket_size: Annotated[int, Field(ge=1)] = 80
    """Requests that fit into a shop's leaky bucket (Haravan API call limit)."""
    bucket_leak_per_second: Annotated[float, Field(gt=0)] = 4
    default_status: Literal["open", "any"] = "open"
    """Which orders a list without `status` shows; not documented."""
    filter_time: Literal["measured", "utc"] = "measured"
    """How `*_at_min/max` are read: as measured on a live shop (shop-local time, Z ignored), or sanely."""
    note_attributes: Literal["replace", "merge"] = "replace"
    """What PUT does with note attributes."""
    rest_numbers: NumberStyle = "decimal"
    webhook_numbers: NumberStyle = "plain"
    echo: bool = True
    """Whether writing an order by API sends `orders/updated`."""
    echo_delay_seconds: Annotated[float, Field(ge=0)] = 0.2
    webhook_timeout_seconds: Annotated[float, Field(gt=0)] = 5
    webhook_retries: Annotated[int, Field(ge=0)] = 19
    webhook_retry_window_seconds: Annotated[float, Field(gt=0)] = 172_800
    """The time over which all retries are spread: 48 hours; the spacing grows, since none is published."""
    webhook_retry_growth: Annotated[float, Field(ge=1)] = 1.5
    """Each pause is so many times as long as the one before."""
    webhook_concurrency: Annotated[int, Field(ge=1)] = 16
    subscription_deleted_by: Literal["delivery", "attempts"] = "delivery"
    """When a subscription is deleted: a delivery has used up its retries and nothing has arrived since it began,
    or so many attempts in a row have failed whichever delivery they belong to."""
