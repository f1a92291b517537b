"""The rules, each a switch: what it demands, and the property that breaks without it."""

from enum import Enum
from typing import Self

from lanes_model.properties import Property


class Rule(Enum):
    """A rule in one sentence, with the property that it protects."""

    sentence: str
    protects: Property

    def __new__(cls, sentence: str, protects: Property) -> Self:
        member = object.__new__(cls)
        member._value_ = sentence
        member.sentence = sentence
        member.protects = protects
        return member

    # The lane is the lock.
    LANE_IS_THE_LOCK = "The lane document is the lock; a guard on the intents alone is none.", Property.NO_OVERLAP
    COMPARE_AND_SET = "Every change of the lane compares its revision with the one that was read.", Property.NO_OVERLAP
    FENCED_RECORD = "A worker that has been superseded changes nothing.", Property.ISSUED_STANDS
    DATABASE_TIME = "A lease ends by the database's clock.", Property.NO_OVERLAP
    COUNT_FROM_BEFORE = "The holder counts its lease from before it asked for it.", Property.NO_OVERLAP
    CLOCK_GOES_ON = "The holder's clock goes on while its machine is suspended.", Property.NO_OVERLAP
    LAST_CHECK = "No call begins if the lease would end during it.", Property.NO_OVERLAP
    HARD_DEADLINE = "A call ends at its deadline, which lies before the end of the lease.", Property.NO_OVERLAP

    # Staging.
    STAGE_BEFORE_COMMIT = "An intent is inserted before its command's offset is committed.", Property.NOTHING_LOST
    STAGE_IN_ORDER = "Intents are inserted in order of position.", Property.ORDER
    POSITION_OF_TOPIC = (
        "The position is the command's place in its topic, not a counter handed out before the insert.",
        Property.NEWER_STANDS,
    )
    GENERATION_COUNTS = (
        "The topic's generation comes before the offset, which begins anew in another partition.",
        Property.ORDER,
    )
    REF_ID_OF_SOURCE = "The RefID is computed from the order, never counted.", Property.ONE_INVOICE
    REDELIVERY_IGNORED = (
        "What is not above the last position seen is a redelivery and changes nothing.",
        Property.NEWER_STANDS,
    )
    SEEN_ONLY_RISES = (
        "The last position seen is never lowered, not even by a consumer that wakes late.",
        Property.NEWER_STANDS,
    )
    RETRY_AT_TAIL = "A retry of what was refused goes to the tail.", Property.ORDER
    CHANGE_KEEPS_PLACE = "A change of what was never sent keeps its place.", Property.ORDER
    FIRST_STANDS = "While an attempt may be alive, or it was issued, a command changes nothing.", Property.ONE_BODY

    # Claim, call, record.
    RUNNING_ONLY = "Only a lane that is running claims.", Property.PAUSE_STANDS
    WRITE_BEFORE_CALL = "A claim writes the bodies and names them in the lane before the call.", Property.NUMBERS
    CLAIM_IN_ONE = "Lane and intents change in one transaction when they are claimed.", Property.NOTHING_LOST
    RECORD_IN_ONE = "Lane and intents change in one transaction when an answer is recorded.", Property.NOTHING_LOST
    JOIN_WHEN_SETTLED = (
        "An answer and the next claim share a transaction only if the answer settles all.",
        Property.ORDER,
    )
    DATE_NEVER_BACK = "The date is today's, and never before the lane's last one.", Property.DATES
    OPEN_FIRST = "What may be alive goes before what is not, for its date stands already.", Property.DATES
    ONE_POST = "One POST, no retry by the transport.", Property.NUMBERS
    UNNAMED_IS_UNKNOWN = "What the answer does not name is unknown.", Property.NUMBERS
    RESULT_OR_UNKNOWN = "What is named as issued without a number is unknown.", Property.NUMBERS
    WHOLE_REFUSAL_SPLITS = "A refusal of the whole that names nobody: next time one by one.", Property.INNOCENT
    FAULT_REJECTS_NOBODY = "A fault of the account is nobody's own: it rejects no intent.", Property.INNOCENT
    FAULT_BLOCKS = "A fault of the account blocks the lane until a person resumes it.", Property.PERSON_CALLED

    # Claiming ahead: the request after the one that is under way.
    AHEAD_IS_NAMED = "What follows is named in the lane, with its body, before it may leave.", Property.NUMBERS
    AHEAD_COMPARES = (
        "To name what follows compares the lane's revision: it must be running still.",
        Property.PAUSE_STANDS,
    )
    AHEAD_ONE_DATE = "What follows carries the same date as the request before it.", Property.DATES
    FOLLOWS_ANSWER = "What follows leaves only after the answer to the request before it.", Property.NO_OVERLAP
    FOLLOWS_SETTLED = "What follows leaves only if that answer settles everything by itself.", Property.ORDER
    FOLLOWS_TODAY = "The date of what follows is compared with today's before it leaves.", Property.TODAY
    FOLLOWS_CHECKED = "What follows has a last check of its own, directly before its first byte.", Property.NO_OVERLAP
    FOLLOWING_STAYS = (
        "To record an answer takes only the answered out of the lane: what follows stays named.",
        Property.NOTHING_LOST,
    )
    GIVEN_BACK_UNSENT = "What follows is given back to the queue only if it never left.", Property.NUMBERS
    GIVEN_BACK_AS_IT_WAS = (
        "What is given back is as it was: a body of which an older attempt may be alive is kept.",
        Property.ONE_BODY,
    )
    QUIET_FROM_CALL = (
        "The quiet period of what followed counts from the end of its own call, never from when it was named.",
        Property.NO_OVERLAP,
    )
    ALL_NAMED_UNKNOWN = "Whoever takes over treats all that is named as unknown, what follows too.", Property.NUMBERS

    # Unknown outcomes.
    SETTLE_FIRST = "Whoever takes over settles what is in flight before it claims.", Property.NOTHING_LOST
    QUIET_PERIOD = "A look-up waits until the vendor must have finished.", Property.NO_OVERLAP
    TWO_LOOK_UPS = "Two look-ups, a quiet period apart, before anything is sent again.", Property.SENT_ONCE
    IDENTICAL_BODY = "A resend is the identical body, its date included.", Property.ONE_BODY
    ONE_BY_ONE = "After the resends of the whole: one by one.", Property.INNOCENT
    RESENDS_END = "After the limit of resends the lane is blocked and a person called.", Property.PERSON_CALLED
    PAUSE_SETTLES = "A pause stops claims, not settling.", Property.SETTLES_ON
    BLOCK_LOOKS_UP = "A block stops resends too; look-ups go on.", Property.SETTLES_ON
    PAUSE_OUTLASTS = (
        "A pause outlasts a block over an unknown outcome: when that is settled, the lane is paused again.",
        Property.PAUSE_STANDS,
    )
    REFUSAL_PROVISIONAL = "A refusal is provisional while an older attempt may be alive.", Property.ONE_BODY
    SET_ASIDE_WATCHED = "What was set aside is looked up on while an attempt may be alive.", Property.NUMBERS
    WATCH_ENDS_ASKED = "A watch ends only by a look-up that was asked after its end.", Property.NUMBERS
    WITHDRAW_UNSENT = "A person withdraws only what was never sent, or was refused every time.", Property.ISSUED_STANDS
    COMMAND_TAKES_UNSENT = "Nor does a command withdraw anything else.", Property.ISSUED_STANDS

    # Announcing.
    VERSION_RISES = "Every change raises the version.", Property.NEWEST_TOLD
    HIGHEST_KEPT = "Who is told keeps the highest version.", Property.NEWEST_TOLD
    ANNOUNCED_IS_A_VERSION = "What was announced is a version, the highest, and no mere flag.", Property.NEWEST_TOLD
    SWEEP = "A sweep announces what a crash left behind.", Property.NEWEST_TOLD
