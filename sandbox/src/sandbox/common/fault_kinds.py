"""What can go wrong: the kinds of faults, which requests each can affect, and which of several have an effect."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from sandbox.common.call import Use


class FaultKind(StrEnum):
    """What can go wrong."""

    LATENCY = "latency"
    """Takes `seconds` longer, counted as processing; the request is handled even if the caller has left."""
    HANG_BEFORE = "hang-before"
    """Nothing is processed, nothing is answered; the connection is dropped after `seconds`."""
    RESET_BEFORE = "reset-before"
    """Nothing is processed; the connection is reset."""
    ERROR_BEFORE = "500-before"
    """Nothing is processed; the answer is HTTP `status`, 500 by default."""
    TOO_MANY_REQUESTS = "429"
    """Nothing is processed; HTTP 429 with `Retry-After: retry_after`, in the vendor's form where none is given."""
    UNAUTHORIZED = "401"
    """Nothing is processed; HTTP 401 in the vendor's words."""
    ACCEPT_THEN_HANG = "accept-then-hang"
    """Processed; no answer; the connection is dropped after `seconds`."""
    ACCEPT_THEN_RESET = "accept-then-reset"
    """Processed; the connection is reset instead of an answer."""
    ACCEPT_THEN_ERROR = "accept-then-500"
    """Processed; the answer is HTTP `status`, 500 by default."""
    GARBAGE = "garbage"
    """Processed; HTTP 200 with a body that is not JSON (`body` replaces it)."""
    PARTIAL = "partial"
    """Processed; half of the answer's body, then the connection is reset."""
    SLOW = "slow"
    """Processed; the answer's body trickles over `seconds`."""

    NUMBER_RACE = "number-race"
    """meInvoice publish: every invoice is answered `InvoiceNumberNotCotinuous`; nothing is issued."""
    TOKEN_EXPIRED = "token-expired"  # noqa: S105  # a fault's name
    """meInvoice: the token is told to be expired."""
    TOKEN_INVALID = "token-invalid"  # noqa: S105  # a fault's name
    """meInvoice: the token is told to be invalid."""
    LICENCE_USED_UP = "licence-used-up"
    """meInvoice publish: `LicenseInfo_OutOfInvoice` for the whole request."""
    DELAYED_VISIBILITY = "delayed-visibility"
    """meInvoice publish: what is issued shows in status only after `seconds`."""
    ELEMENT_MISSING = "element-missing"
    """meInvoice publish: issued, but the first element is absent from the answer."""
    ELEMENT_TWICE = "element-twice"
    """meInvoice publish: issued, but the first element is in the answer twice."""
    ELEMENT_WITHOUT_NUMBER = "element-without-number"
    """meInvoice publish: issued, but the elements carry no number and no lookup code."""
    VERDICT_REFUSED = "verdict-refused"
    """meInvoice publish: issued, and the tax authority refuses it later."""
    VERDICT_ERROR = "verdict-error"
    """meInvoice publish: issued, and sending it to the tax authority fails."""
    REFUSE = "refuse"
    """meInvoice publish: every invoice is answered with the error `code`; nothing is issued or created."""
    ACCEPT_THEN_REFUSE = "accept-then-refuse"
    """meInvoice publish: issued, and yet every invoice is answered with the error `code`."""
    REFUSE_ALL = "refuse-all"
    """meInvoice: the whole request is refused with HTTP 400 and the error `code`; nothing is done."""
    ASYNCHRONOUS_SLOW = "asynchronous-slow"
    """meInvoice publish, SignType 3 and 6: issued only after `seconds`."""
    ASYNCHRONOUS_NEVER = "asynchronous-never"
    """meInvoice publish, SignType 3 and 6: accepted and never issued; only that invoice where `ref_id` is given."""
    STATUS_EMPTY = "status-empty"
    """meInvoice status: success without any row."""
    STATUS_UNCLEAR = "status-unclear"
    """meInvoice status: rows without number and lookup code, and with a publish status of 0."""


BEFORE = frozenset(
    {FaultKind.HANG_BEFORE, FaultKind.RESET_BEFORE, FaultKind.ERROR_BEFORE, FaultKind.TOO_MANY_REQUESTS}
    | {FaultKind.UNAUTHORIZED}
)
AFTER = frozenset(
    {FaultKind.ACCEPT_THEN_HANG, FaultKind.ACCEPT_THEN_RESET, FaultKind.ACCEPT_THEN_ERROR, FaultKind.GARBAGE}
    | {FaultKind.PARTIAL, FaultKind.SLOW}
)

_REFUSALS = frozenset(
    {FaultKind.TOKEN_EXPIRED, FaultKind.TOKEN_INVALID, FaultKind.REFUSE_ALL, FaultKind.LICENCE_USED_UP}
    | {FaultKind.REFUSE, FaultKind.NUMBER_RACE}
)
_ANSWERS = frozenset(
    {FaultKind.ACCEPT_THEN_REFUSE, FaultKind.ELEMENT_MISSING, FaultKind.ELEMENT_TWICE, FaultKind.ELEMENT_WITHOUT_NUMBER}
    | {FaultKind.STATUS_EMPTY, FaultKind.STATUS_UNCLEAR}
)
_VERDICTS = frozenset({FaultKind.VERDICT_REFUSED, FaultKind.VERDICT_ERROR})
_ONE_OF = (BEFORE, _REFUSALS, AFTER, _ANSWERS, _VERDICTS)
"""Of each of these one request has at most one."""
_OF_ISSUED = frozenset(
    {FaultKind.DELAYED_VISIBILITY, FaultKind.ASYNCHRONOUS_SLOW, FaultKind.ASYNCHRONOUS_NEVER} | _ANSWERS | _VERDICTS
)
"""Nothing of these is left where the request is refused."""
_UNREAD = AFTER - {FaultKind.PARTIAL, FaultKind.SLOW}
"""With these nobody reads what the vendor answered."""

_PUBLISHES = frozenset({Use.PUBLISH, Use.ACCEPT})
_INVOICES = _PUBLISHES | {Use.CREATE}
AFFECTS: Mapping[FaultKind, frozenset[Use]] = {
    FaultKind.TOKEN_EXPIRED: frozenset({Use.CALL}),
    FaultKind.TOKEN_INVALID: frozenset({Use.CALL}),
    FaultKind.REFUSE_ALL: frozenset({Use.LOGIN, Use.CALL}),
    FaultKind.LICENCE_USED_UP: _INVOICES,
    FaultKind.REFUSE: _INVOICES,
    FaultKind.NUMBER_RACE: _INVOICES,
    FaultKind.ACCEPT_THEN_REFUSE: _PUBLISHES,
    FaultKind.ELEMENT_MISSING: _PUBLISHES,
    FaultKind.ELEMENT_TWICE: _PUBLISHES,
    FaultKind.ELEMENT_WITHOUT_NUMBER: _PUBLISHES,
    FaultKind.DELAYED_VISIBILITY: _PUBLISHES,
    FaultKind.VERDICT_REFUSED: _PUBLISHES,
    FaultKind.VERDICT_ERROR: _PUBLISHES,
    FaultKind.ASYNCHRONOUS_SLOW: frozenset({Use.ACCEPT}),
    FaultKind.ASYNCHRONOUS_NEVER: frozenset({Use.ACCEPT}),
    FaultKind.STATUS_EMPTY: frozenset({Use.STATUS}),
    FaultKind.STATUS_UNCLEAR: frozenset({Use.STATUS}),
}
"""What a request must be for to be affected; kinds that are absent affect any."""


def effective(kinds: Sequence[FaultKind]) -> list[int]:
    """Positions of the faults that have an effect, of those that hit one request in this order."""
    left: list[int] = []
    taken: set[frozenset[FaultKind]] = set()
    for at, kind in enumerate(kinds):
        group = next((each for each in _ONE_OF if kind in each), frozenset({kind}))
        if kind == FaultKind.LATENCY or group not in taken:
            taken.add(group)
            left.append(at)
    if BEFORE in taken:
        return [at for at in left if kinds[at] in BEFORE]
    refused, unread = _REFUSALS in taken, any(kinds[at] in _UNREAD for at in left)
    return [at for at in left if not (refused and kinds[at] in _OF_ISSUED) and not (unread and kinds[at] in _ANSWERS)]
