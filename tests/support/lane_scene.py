"""The scene of the lane machine: small limits, two lanes, two accounts, and stories of what a vendor does."""

from collections import Counter

from hypothesis import strategies as st
from lanes.ports import Count, FailPoint
from lanes.settings import LaneSettings
from support.strict_vendor import Fate
from support.virtual_world import HOLD

SETTINGS = LaneSettings(
    lease_seconds=12,
    deadline_seconds=6,
    margin_seconds=2,
    longest_pause_seconds=20,
    quiet_seconds=10,
    accepted_poll_seconds=4,
    accepted_seconds=30,
    watch_seconds=300,
    whole_resends=1,
    resend_limit=2,
    unclear_limit=3,
    try_again_limit=3,
    most_intents=3,
    weight_limit=6,
    most_lanes=2,
    turn_requests=2,
    sweep_seconds=4,
    sweep_grace_seconds=1,
    announce_grace_seconds=3,
    shutdown_seconds=8,
)
LANES = ("1C__TAA", "1C__TBB")
ACCOUNTS = ("0101243150", "0202243150")
NEW = 5
WHICH = st.integers(0, 9)
"""Up to `NEW` a new identity, above it one of those that are not issued yet, or were issued last."""
LANE = st.sampled_from(LANES)
SLOT = st.integers(0, 2)
COMMANDS = st.tuples(
    WHICH,
    st.sampled_from((0, 0, 0, 0, 0, 0, 1)),  # the other lane
    st.sampled_from((0, 0, 0, 0, 1)),  # the other account
    st.sampled_from(("x", "x", "x", "x", "y", HOLD)),
    st.sampled_from((1, 1, 1, 2, 4)),
)
STORIES = (
    (Fate.DROPPED,) * 6,
    (Fate.RACE,) * 6,
    (Fate.ISSUED_INVISIBLY,) * 6,
    (Fate.ISSUED_INVISIBLY, Fate.REJECTED),
    (Fate.ISSUED_INVISIBLY, Fate.WHOLE_REFUSED, Fate.REJECTED),
    (Fate.ISSUED_INVISIBLY, Fate.RACE, Fate.RACE),
    (Fate.HANGS_LATE, Fate.LANE_FAULT),
    (Fate.DROPPED, Fate.REJECTED, Fate.ACCEPTED),
    (Fate.PARTLY, Fate.EMPTY),
    (Fate.GARBAGE, Fate.UNCLEAR, Fate.HANGS),
    (Fate.THROTTLED, Fate.ACCOUNT_FAULT),
    (Fate.LOST, Fate.LOST_LATE, Fate.LOST_LATE),
    (Fate.ACCEPTED_NEVER, Fate.ACCEPTED_NEVER),
    (Fate.FIRST_REJECTED, Fate.LAST_RACES, Fate.PARTLY),
    (Fate.LOST, Fate.FIRST_UNSENDABLE, Fate.LAST_LEFT_OUT),
    (Fate.LAST_LEFT_OUT,) * 6,
    (Fate.FIRST_UNSENDABLE,) * 4,
)
LOSING: dict[FailPoint, tuple[Fate, ...]] = {
    FailPoint.SETTLE_AFTER_TAKEOVER: (Fate.HANGS,),
    FailPoint.SETTLE_AFTER_LOOK_UP: (Fate.DROPPED,),
    FailPoint.SETTLE_AFTER_RECORD: (Fate.DROPPED,),
    FailPoint.SETTLE_AFTER_RESEND_CLAIM: (Fate.DROPPED,),
    FailPoint.WATCH_AFTER_LOOK_UP: (Fate.ISSUED_INVISIBLY, Fate.REJECTED),
    FailPoint.WATCH_AFTER_RECORD: (Fate.ISSUED_INVISIBLY, Fate.REJECTED),
}
"""What must go wrong before anybody comes there; to the others every request comes."""
SHORTLY_BEFORE = (FailPoint.CALL_AFTER_LAST_CHECK, FailPoint.CALL_AFTER_LAST_CHECK, FailPoint.CLAIM_AFTER_COMMIT)
FAULTS = ("before", "after", "late", "late", "")
ENDLESS = 3_000.0
"""Virtual seconds in which everything must have come to its end."""


class Report:
    """What happened in all examples of a run."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.steps = 0
        self.examples = 0
        self.seen: Counter[str] = Counter()
        self.counts: Counter[Count] = Counter()
