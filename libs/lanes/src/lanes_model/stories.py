"""What happens without a rule, in a sentence or two: the shortest counterexample, told."""

from lanes_model.rules import Rule

STORIES = {
    Rule.LANE_IS_THE_LOCK: "Two workers claim different intents, each guarded by itself, and send at the same time.",
    Rule.COMPARE_AND_SET: (
        "A worker reads that nothing is in flight and is suspended. Its lease ends, another claims and sends; it "
        "wakes, claims the next intent on what it read, and sends too."
    ),
    Rule.FENCED_RECORD: (
        "A worker loses its lease before it records 'no answer'. Its successor looks up, finds and adopts; then the "
        "first one writes 'unknown' over what is issued."
    ),
    Rule.DATABASE_TIME: "By its own clock, which is ahead, a worker takes the lease while its holder is calling.",
    Rule.COUNT_FROM_BEFORE: (
        "The receipt of a claim arrives when the lease has ended. Counted from then, it looks fresh: the worker sends "
        "beside its successor."
    ),
    Rule.CLOCK_GOES_ON: "A machine sleeps past the end of its lease; on its clock no time has passed, and it sends.",
    Rule.LAST_CHECK: "A worker sends after a pause that has outlasted its lease, while its successor is sending.",
    Rule.HARD_DEADLINE: "A call goes on for longer than the lease; whoever takes over sends beside it.",
    Rule.STAGE_BEFORE_COMMIT: "The offset is committed, the consumer dies, and nobody ever inserts the intent.",
    Rule.STAGE_IN_ORDER: "The second command is staged and claimed while the first is not stored yet.",
    Rule.POSITION_OF_TOPIC: (
        "A redelivered command draws a new number from the counter, so it looks like a new command, and undoes what a "
        "later one has changed."
    ),
    Rule.GENERATION_COUNTS: (
        "The topic gets more partitions. What comes after that has a lower offset than what waits, and goes before it."
    ),
    Rule.REF_ID_OF_SOURCE: "A redelivered command gets another RefID: two intents, two invoices for one order.",
    Rule.REDELIVERY_IGNORED: "After a rebalance an old command comes again and acts again.",
    Rule.SEEN_ONLY_RISES: (
        "A consumer that lost its partition writes the older position over the newer one. The intent is withdrawn; the "
        "newest command comes again, looks new, and brings it back."
    ),
    Rule.RETRY_AT_TAIL: "A refused intent is sent in again and goes before those that have waited for longer.",
    Rule.CHANGE_KEEPS_PLACE: "A change before the first sending costs the intent its place; a later one overtakes it.",
    Rule.FIRST_STANDS: "An issued intent gets new content and is sent again with it.",
    Rule.WRITE_BEFORE_CALL: (
        "A worker dies during its call, and nothing is written. The vendor issues; here the intent still waits as if "
        "nobody had sent it."
    ),
    Rule.CLAIM_IN_ONE: "A crash between the two writes: the intents are 'sending', and no lane knows of them.",
    Rule.RECORD_IN_ONE: "A crash between the two writes: the lane is free, its intents are 'sending' for ever.",
    Rule.JOIN_WHEN_SETTLED: "One intent's outcome is open, and the next is claimed on top of it.",
    Rule.DATE_NEVER_BACK: "Midnight has come to one worker only; the other sends yesterday's date after today's.",
    Rule.OPEN_FIRST: (
        "Of two intents that were sent yesterday one counts as refused and gets today's date; the other's body is "
        "frozen with yesterday's, and follows it."
    ),
    Rule.AHEAD_IS_NAMED: (
        "What follows leaves straight from the queue; its worker dies during the call. The vendor issues; here the "
        "intent still waits as if nobody had sent it."
    ),
    Rule.AHEAD_COMPARES: "A person pauses the lane during a request, and its worker goes on to name the next.",
    Rule.AHEAD_ONE_DATE: (
        "Midnight comes during a request, and what follows carries the new date. The first is refused, the second "
        "leaves, the worker is gone. Its successor finds neither, and sends the first again: with yesterday's date."
    ),
    Rule.FOLLOWS_ANSWER: "Two requests of one lane are at the vendor at the same time.",
    Rule.FOLLOWS_SETTLED: "The answer leaves an outcome open, and the next request leaves on top of it.",
    Rule.FOLLOWS_TODAY: "Midnight comes between naming and leaving: a new request leaves with yesterday's date.",
    Rule.FOLLOWS_CHECKED: (
        "A worker is suspended with an answer in its hands. Its successor settles and sends; it wakes, and sends what "
        "it had named."
    ),
    Rule.FOLLOWING_STAYS: (
        "The answer before is recorded, and the lane counts as free. A crash: the intents that followed are 'sending' "
        "for ever."
    ),
    Rule.GIVEN_BACK_UNSENT: "The lane is paused; what follows is put back into the queue, and is at the vendor.",
    Rule.GIVEN_BACK_AS_IT_WAS: (
        "An intent that may be alive since yesterday is named ahead and given back without its body. It is sent with "
        "today's date, while yesterday's request may still arrive."
    ),
    Rule.QUIET_FROM_CALL: (
        "What followed gets no answer. Counted from its naming the quiet period is over at once: nothing is found, and "
        "the resend overlaps with it."
    ),
    Rule.ALL_NAMED_UNKNOWN: (
        "Whoever takes over treats only the first request as unknown, and puts the other back into the queue: it had "
        "left."
    ),
    Rule.ONE_POST: (
        "The connection breaks and the transport sends the same again. The second is refused and recorded; the first, "
        "which nobody counted, is issued."
    ),
    Rule.UNNAMED_IS_UNKNOWN: "The answer leaves out an intent; it is taken as refused, and was issued.",
    Rule.RESULT_OR_UNKNOWN: "An intent is recorded as issued, without its number.",
    Rule.WHOLE_REFUSAL_SPLITS: "One bad intent has the request refused as a whole: the good ones are rejected with it.",
    Rule.FAULT_REJECTS_NOBODY: "The password is wrong, and every intent of the queue is rejected for it.",
    Rule.FAULT_BLOCKS: "The password is wrong, and the same request goes out again and again; nobody is told.",
    Rule.RUNNING_ONLY: "A person pauses the lane, and its worker claims.",
    Rule.SETTLE_FIRST: "A request is left behind; the next claim takes its place in the lane, and nobody settles it.",
    Rule.QUIET_PERIOD: "Nothing is found because the vendor is still at work; the resend overlaps with it.",
    Rule.TWO_LOOK_UPS: "The vendor shows late what it has issued; after one look-up it is sent again.",
    Rule.IDENTICAL_BODY: "After midnight a resend carries the new date while the first body may still be alive.",
    Rule.ONE_BY_ONE: "The vendor never answers for one intent; its healthy neighbour is given up with it.",
    Rule.RESENDS_END: "No answer ever comes, and the same is sent again and again; nobody is told.",
    Rule.PAUSE_SETTLES: "A person pauses the lane while a request is under way, and nobody asks what became of it.",
    Rule.BLOCK_LOOKS_UP: "A person blocks the lane; what it has in flight is issued, and nobody looks.",
    Rule.PAUSE_OUTLASTS: (
        "A person pauses a lane whose request is never answered. It is given up, which blocks the lane; the intent is "
        "set aside, nothing is unsettled any more, and the lane runs."
    ),
    Rule.REFUSAL_PROVISIONAL: (
        "A request is lost, its resend refused, the content changed and sent: while the first may still arrive."
    ),
    Rule.SET_ASIDE_WATCHED: "An intent is set aside while its request is under way. It is issued, and nobody looks.",
    Rule.WATCH_ENDS_ASKED: (
        "A look-up finds nothing; its worker is suspended for a day, in which the vendor issues. It wakes, sees that "
        "the watch is over, and counts the intent as refused."
    ),
    Rule.WITHDRAW_UNSENT: "An intent with an open outcome is withdrawn, and had been issued.",
    Rule.COMMAND_TAKES_UNSENT: "An intent is issued; then the command comes that takes it back, and is obeyed.",
    Rule.VERSION_RISES: "A look-up adopts what was unknown, under the same version: no announcement follows.",
    Rule.HIGHEST_KEPT: "An announcement of an older version arrives after the newest one, and is believed.",
    Rule.ANNOUNCED_IS_A_VERSION: "While the older version is announced a newer one is written; the mark covers both.",
    Rule.SWEEP: "A worker dies between recording and telling; nobody tells.",
}
