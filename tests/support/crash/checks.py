"""What must hold once a cell has ended; each check tells what is wrong, in words for whoever reads the table."""

from collections import Counter
from collections.abc import Callable, Iterator

from contracts.results import InvoiceIssued, InvoiceRejected, InvoiceResult
from lanes.model import Intent, IntentState, LaneState
from support.crash.evidence import Evidence
from support.crash.repeats import repeats

Check = Callable[[Evidence], Iterator[str]]


def problems(evidence: Evidence) -> list[str]:
    """Everything that is not as it must be."""
    return [problem for check in (*CHECKS, explained) for problem in check(evidence)]


def once(evidence: Evidence) -> Iterator[str]:
    """Exactly one invoice for each RefID that is not refused, none for the one that is."""
    issued = [evidence.company.place_of(invoice["ref_id"]) for invoice in evidence.invoices]
    wanted = [evidence.company.place_of(ref_id) for ref_id in evidence.company.good]
    if sorted(issued) != wanted:
        yield f"issued are {sorted(issued)}, not {wanted}"


def in_order(evidence: Evidence) -> Iterator[str]:
    """Numbers from 1 without gap in order of position, and each place asked for the first time after those before."""
    by_number = sorted(evidence.invoices, key=lambda invoice: int(invoice["number"]))
    if (numbers := [int(invoice["number"]) for invoice in by_number]) != list(range(1, len(numbers) + 1)):
        yield f"numbers are {numbers}"
    if (places := [evidence.company.place_of(invoice["ref_id"]) for invoice in by_number]) != sorted(places):
        yield f"numbers go to places {places}"
    first = list(dict.fromkeys(place for request in evidence.asked() for place in request))
    if first != sorted(first):
        yield f"places were asked for in the order {first}"


def audited(evidence: Evidence) -> Iterator[str]:
    """The vendor's records: nothing twice, skipped, overlapping, dated backwards, corrected twice, no login storm."""
    for name in ("issued_twice", "gaps", "overlaps", "date_inversions", "corrections", "accepted", "login_storms"):
        if found := evidence.audit[name]:
            yield f"{name}: {found}"


def settled(evidence: Evidence) -> Iterator[str]:
    """Every intent ended as it must, with the number that the vendor has, under one body; the lane is free."""
    numbers = {invoice["ref_id"].lower(): invoice["inv_no"] for invoice in evidence.invoices}
    for place, ref_id in enumerate(evidence.company.ref_ids, 1):
        intent = evidence.intents.get(ref_id)
        wanted = IntentState.REJECTED if ref_id == evidence.company.refused else IntentState.ISSUED
        if intent is None or intent.state is not wanted:
            yield f"intent {place} is {intent.state if intent else 'lost'}"
        elif intent.result.get("InvNo") != numbers.get(ref_id):
            yield f"intent {place} has number {intent.result.get('InvNo')}, meInvoice {numbers.get(ref_id)}"
        elif len({body.date for body in intent.bodies}) != len(intent.bodies):
            yield f"intent {place} was sent with {len(intent.bodies)} bodies"
    lane = evidence.lane
    if lane is None or lane.in_flight is not None or lane.state is not LaneState.RUNNING:
        yield f"the lane is {lane}"


def announced(evidence: Evidence) -> Iterator[str]:
    """The newest version of every intent, and of the account if it was ever blocked, is on the results' topic."""
    newest = evidence.announced()
    for ref_id, intent in evidence.intents.items():
        if complaint := _announced(intent, newest.get(ref_id)):
            yield f"intent {evidence.company.place_of(ref_id)} {complaint}"
    if evidence.lane is not None and evidence.lane.unannounced:
        yield "the lane's change is not announced"
    if evidence.account is not None:
        change = evidence.announced_account()
        if change is None or (change.version, change.state.value) != (
            evidence.account.version,
            evidence.account.state.value,
        ):
            yield f"the account is {evidence.account}, announced is {change}"


def _announced(intent: Intent, result: InvoiceResult | None) -> str | None:
    if intent.unannounced or result is None or result.version != intent.version:
        return f"has version {intent.version}, announced is {result.version if result else None}"
    match intent.state, result:
        case IntentState.ISSUED, InvoiceIssued(number=number) if number == intent.result["InvNo"]:
            return None
        case IntentState.REJECTED, InvoiceRejected(provisional=provisional) if provisional is (
            intent.open_attempts > 0
        ):
            return None
        case state, _:
            return f"is {state}, announced is {result}"


def consumed(evidence: Evidence) -> Iterator[str]:
    """Every command's offset is committed, and none became a dead letter."""
    if evidence.commands_left:
        yield f"{evidence.commands_left} commands are not committed"
    if evidence.letters:
        yield f"{len(evidence.letters)} dead letters"


def corrected(evidence: Evidence) -> Iterator[str]:
    """Each correction names the very invoice that its command named."""
    for invoice in evidence.invoices if evidence.originals else ():
        place = evidence.company.place_of(invoice["ref_id"])
        if invoice["original"] != evidence.originals[place - 1].name:
            yield f"invoice {place} corrects {invoice['original']}, not {evidence.originals[place - 1].name}"


def on_record(evidence: Evidence) -> Iterator[str]:
    """Whatever was asked of the vendor is in the log of exchanges, also what a killed process asked."""
    asked = Counter(ref_id for request in evidence.requests for ref_id in request["ref_ids"])
    recorded = Counter(ref_id for row in evidence.exchanges for ref_id in row["ref_ids"])
    for ref_id, times in (asked - recorded).items():
        yield f"order {evidence.company.place_of(ref_id)} was asked for {times} times more than there is on record"


def explained(evidence: Evidence) -> Iterator[str]:
    """Whatever was asked for again had a reason, as far as the vendor's records tell."""
    for repeat in repeats(evidence):
        if not repeat.why:
            yield f"order {repeat.place} was asked for again in request {repeat.request}, for no reason"


CHECKS: tuple[Check, ...] = (once, in_order, audited, settled, announced, consumed, corrected, on_record)
