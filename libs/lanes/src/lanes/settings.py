"""How patient, how quick and how wide the engine is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneSettings:
    """Every number of the engine; durations in seconds.

    Raises:
        ValueError: if the lease could not hold a whole call.
    """

    lease_seconds: float = 30.0
    """How long a lane stays with a worker that died; every claim renews it."""
    deadline_seconds: float = 20.0
    """The hard end of one call."""
    margin_seconds: float = 2.0
    """What the lease must have left beyond the deadline at the last check."""
    pause_seconds: float = 1.0
    """Between two requests of a lane."""
    race_pause_seconds: float = 3.0
    """The same after a refusal that says "try again"; doubled with each further one."""
    longest_pause_seconds: float = 60.0
    """Where doubling ends, for refusals and for a vendor that cannot be reached."""
    quiet_seconds: float = 60.0
    """From the deadline to the first look-up of an unknown outcome, and from it to the second; must exceed the vendor's
    longest processing."""
    accepted_poll_seconds: float = 5.0
    """Between look-ups of what the vendor accepted and works on."""
    accepted_seconds: float = 600.0
    """After this, what was accepted and never found is an unknown outcome."""
    watch_seconds: float = 24 * 3600.0
    """How long a refused or set-aside intent is looked up after an attempt that was never answered."""
    whole_resends: int = 2
    """Resends of the whole remainder, before one by one."""
    resend_limit: int = 4
    """Resends of one intent in all, before the lane is blocked."""
    unclear_limit: int = 10
    """Look-ups in a row without a clear answer, before the lane is blocked (they go on)."""
    try_again_limit: int = 10
    """Refusals "try again" of one intent in a row, before the lane is blocked; requests in a row that came to nothing
    (not sent, refused as a whole "for now"), before an alarm."""
    most_intents: int = 30
    """Per request."""
    weight_limit: int = 200
    """The weights of a request add up to less than this."""
    most_lanes: int = 512
    """Lanes served at the same time by this process."""
    most_at_work: int = 16
    """Lanes at work at the same time: all that do not wait for the vendor or a pause. More than keep the processor and
    the database busy only make each of them slower."""
    turn_requests: int = 10
    """Requests of one lane before others that wait get its place."""
    hold_seconds: float = 5.0
    """A lane that waits longer than this is given back."""
    sweep_seconds: float = 1.0
    """Between looks for lanes with work, for announcements left behind, for due look-ups."""
    sweep_grace_seconds: float = 2.0
    """Lanes woken later than this ago are left to the replica that staged them."""
    announce_grace_seconds: float = 5.0
    """Changes younger than this are left to the worker that made them."""
    shutdown_seconds: float = 25.0
    """How long `stop` lets calls finish before their outcome is marked unknown."""

    def __post_init__(self) -> None:
        """Refuse numbers that contradict each other."""
        if self.lease_seconds <= self.deadline_seconds + self.margin_seconds:
            raise ValueError(
                f"lease_seconds ({self.lease_seconds}) must exceed deadline_seconds + margin_seconds "
                f"({self.deadline_seconds + self.margin_seconds}): raise the lease or shorten the deadline"
            )
        if self.most_at_work < 1:
            raise ValueError("most_at_work must be 1 or more")
        if not 0 <= self.whole_resends <= self.resend_limit:
            raise ValueError("whole_resends must lie between 0 and resend_limit")

    @property
    def seconds_before_the_check(self) -> float:
        """What a publisher may take for preparations of its own before the last check, for the call still to fit."""
        return 0.8 * (self.lease_seconds - self.deadline_seconds - self.margin_seconds)
