"""Settings of the invoicer, from variables that begin with `INVOICER_`."""

from datetime import timedelta
from enum import StrEnum

from lanes.settings import LaneSettings
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from runtime.settings import Duration, ServiceSettings


class Role(StrEnum):
    """What a process of this package does; a cluster runs each role in a deployment of its own."""

    DECIDE = "decide"
    """Judge orders and send commands; keep what became of them."""
    PUBLISH = "publish"
    """Stage commands and publish them, lane by lane."""


class InvoicerLaneSettings(BaseSettings):
    """How patient and how quick the lanes are; durations in seconds. The rest of `LaneSettings` keeps its defaults."""

    model_config = SettingsConfigDict(env_prefix="INVOICER_LANE_", frozen=True, extra="forbid")

    lease: Duration = Field(
        timedelta(seconds=30), description="How long a lane stays with a process that died; above deadline and margin."
    )
    deadline: Duration = Field(timedelta(seconds=20), description="The hard end of one publish request.")
    margin: Duration = Field(timedelta(seconds=2), description="What a lease must have left beyond the deadline.")
    pause: Duration = Field(timedelta(seconds=1), description="Between two requests of one series, as MISA asks.")
    race_pause: Duration = Field(timedelta(seconds=3), description="The same after a race for the next number.")
    longest_pause: Duration = Field(
        timedelta(minutes=1), description="Where waits end that double: after refusals for now, and requests not sent."
    )
    quiet: Duration = Field(
        timedelta(seconds=60),
        description="Before each look-up of an unknown outcome; above meInvoice's longest processing.",
    )
    accepted: Duration = Field(
        timedelta(minutes=10),
        description="How long meInvoice may work on what it accepted (SignType 3 and 6); later the outcome is unknown.",
    )
    accepted_poll: Duration = Field(timedelta(seconds=5), description="Between two look-ups of what was accepted.")
    most_intents: int = Field(30, ge=1, le=30, description="Invoices in one request; meInvoice allows 30.")
    most_lanes: int = Field(256, ge=1, description="Lanes served at the same time by one process.")

    def engine(self) -> LaneSettings:
        """The engine's settings.

        Raises:
            ValueError: when the lease could not hold a whole call.
        """
        return LaneSettings(
            lease_seconds=self.lease.total_seconds(),
            deadline_seconds=self.deadline.total_seconds(),
            margin_seconds=self.margin.total_seconds(),
            pause_seconds=self.pause.total_seconds(),
            race_pause_seconds=self.race_pause.total_seconds(),
            longest_pause_seconds=self.longest_pause.total_seconds(),
            quiet_seconds=self.quiet.total_seconds(),
            accepted_seconds=self.accepted.total_seconds(),
            accepted_poll_seconds=self.accepted_poll.total_seconds(),
            most_intents=self.most_intents,
            most_lanes=self.most_lanes,
            shutdown_seconds=(self.deadline + self.margin).total_seconds(),
        )


class InvoicerSettings(ServiceSettings):
    """Everything the invoicer reads from its environment. Durations in seconds."""

    model_config = SettingsConfigDict(env_prefix="INVOICER_", frozen=True, extra="forbid")

    roles: frozenset[Role] = Field(
        frozenset(Role), description='What this process does, as a JSON list: `["decide", "publish"]`.'
    )
    shop_cache: Duration = Field(timedelta(seconds=2), description="How long a shop's configuration is kept in memory.")
    lane: InvoicerLaneSettings = Field(default_factory=InvoicerLaneSettings)
