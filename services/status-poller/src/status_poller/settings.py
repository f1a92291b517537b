"""Settings of the status poller, from variables that begin with `STATUS_POLLER_`."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import SettingsConfigDict
from runtime.settings import Duration, ServiceSettings

from status_poller.domain.schedule import FailureBackoff, PollSchedule, WriteSchedule


class StatusPollerSettings(ServiceSettings):
    """Everything the status poller reads from its environment. Durations in seconds."""

    model_config = SettingsConfigDict(env_prefix="STATUS_POLLER_", frozen=True, extra="forbid")

    first_polls: tuple[Duration, ...] = Field(
        PollSchedule().first, description="Delays of the first questions about an invoice, as a JSON list of seconds."
    )
    poll_until_verdict: Duration = Field(
        PollSchedule().until_verdict, description="Between later questions until the tax authority has answered."
    )
    poll_after_acceptance: Duration = Field(
        PollSchedule().after_acceptance, description="Between questions after its answer, to see corrections."
    )
    stop_after: Duration = Field(PollSchedule().stop_after, description="How long after issue an invoice is followed.")
    poll_failure_longest: Duration = Field(
        FailureBackoff().longest, description="Longest delay after questions that meInvoice did not answer."
    )
    write_failure_longest: Duration = Field(
        WriteSchedule().longest, description="Longest delay between attempts to write to an order."
    )
    interval: Duration = Field(
        timedelta(seconds=1), description="How often MongoDB is asked for what is due while nothing happens."
    )
    lease: Duration = Field(
        timedelta(minutes=1),
        description="After how long the work of a process that died is done by another; doing it twice does no harm.",
    )
    deadline: Duration = Field(timedelta(seconds=30), description="Deadline of one request to meInvoice or Haravan.")
    shop_cache: Duration = Field(timedelta(seconds=2), description="How long a shop's configuration is kept in memory.")

    def poll_schedule(self) -> PollSchedule:
        """When to ask."""
        return PollSchedule(self.first_polls, self.poll_until_verdict, self.poll_after_acceptance, self.stop_after)

    def write_schedule(self) -> WriteSchedule:
        """When to write again after a failure."""
        return WriteSchedule(longest=self.write_failure_longest, give_up_after=self.stop_after)

    def failure_backoff(self) -> FailureBackoff:
        """When to ask again after a failure."""
        return FailureBackoff(longest=self.poll_failure_longest)
