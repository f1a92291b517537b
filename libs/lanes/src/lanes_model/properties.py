"""What must hold, whatever happens. Each is named by the rules that protect it."""

from enum import Enum


class Property(Enum):
    """A property and the sentence that says it."""

    ONE_INVOICE = "The vendor issues at most one invoice for one order."
    NOTHING_LOST = "From wherever things stand there is a way to where every intent is final: no dead end, no loss."
    NUMBERS = "A number that the vendor allotted stands at its intent, or is still being looked for: no gap."
    DATES = "No request carries an earlier date than one that was sent before it."
    TODAY = "What leaves for the first time carries the day on which its turn came, or a later one."
    ORDER = "Requests go out in order of position: a claim leaves nobody behind who comes first."
    ONE_BODY = "Never may two different bodies of one RefID be alive, or one be alive when the other is issued."
    NO_OVERLAP = (
        "No request begins while another of the lane is at work, except after a suspension past the last check."
    )
    ISSUED_STANDS = "What is issued is never recorded as anything else."
    NEWEST_TOLD = "What the world is told at last is the newest version."
    NEWER_STANDS = "A command that was taken notice of has no effect again, nor has one older than it."
    INNOCENT = "An intent is rejected, or given up, only for what is its own."
    PERSON_CALLED = "Nothing is tried for ever in silence: so many requests, and a person is called."
    PAUSE_STANDS = (
        "A lane that a person, or a fault of its account, has stopped claims nothing until a person resumes it."
    )
    SETTLES_ON = (
        "What is in flight when its lane is stopped comes to its end, or a person is called, though nobody acts."
    )
    SENT_ONCE = "What is issued is not sent again while the vendor keeps its times."
