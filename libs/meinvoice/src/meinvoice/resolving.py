"""What became of invoices, told by their status under every flag there is (meInvoice Open API §6, §11, §13.11).

For SignType 3 and 6, whose answer may say no more than `Accepted` (§1.6), and for outcomes that nobody can tell.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from meinvoice.answers import StatusAnswer, Statuses, Unclear, WholeRefusal
from meinvoice.client import MeInvoiceClient, StatusBy
from meinvoice.error_texts import ErrorClass
from meinvoice.models import InvoiceStatus, SeriesKind
from meinvoice.resolutions import Resolution, StatusRows, Waiting, plain_id, resolutions

QUESTIONS = 2
"""One for each value of `invoiceWithCode`: a wrong one returns no row and no error."""
WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between questions, a minute in all. The document says nothing of how long an asynchronous invoice takes."""
_IN_VAIN = frozenset({ErrorClass.ACCOUNT_FAULT, ErrorClass.ORDER_FAULT})


async def resolve(
    client: MeInvoiceClient,
    ref_ids: Sequence[str],
    *,
    series: str,
    waits: Sequence[float] = WAITS,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    question_seconds: float = 30.0,
) -> Mapping[str, Resolution]:
    """Ask for up to 50 invoices of a series until each is settled (meInvoice Open API §1.6, §11); all RefIDs are there.

    Asks at once and again after each of `waits`, for what is left only; `Retry-After` makes a wait longer. Ends early
    where asking again would be in vain: a refused login.

    Raises:
        LimitError: No RefIDs, or more than 50.
        ValueError: The series is none.

    """
    kind = SeriesKind.of(series)
    resolved: dict[str, Resolution] = {}
    left = list(ref_ids)
    for wait in (*waits, None):
        told = await status_rows(
            client,
            left,
            by=StatusBy.REF_ID,
            invoice_with_code=kind.invoice_with_code,
            calculating_machine=kind.calculating_machine,
            question_seconds=question_seconds,
        )
        resolved |= resolutions(told, left, kind)
        left = [one for one in left if isinstance(resolved[one], Waiting | Unclear)]
        if not left or wait is None or _in_vain(told):
            break
        await sleep(max(wait, (told.refusal.retry_after if told.refusal else None) or 0.0))
    return resolved


async def status_rows(
    client: MeInvoiceClient,
    ids: Sequence[str],
    *,
    by: StatusBy,
    invoice_with_code: bool,
    calculating_machine: bool,
    question_seconds: float = 30.0,
) -> StatusRows:
    """Rows of up to 50 ids, asked for with both values of `invoiceWithCode`, the given one first (§11).

    One unclear answer keeps "unknown" from being concluded, whatever the other says. Each of the `QUESTIONS` it may
    take ends after `question_seconds`.

    Raises:
        LimitError: No ids, or more than 50.

    """
    gathered = _Gathered(frozenset(map(plain_id, ids)), by)
    for flag in (invoice_with_code, not invoice_with_code):
        left = [one for one in ids if plain_id(one) not in gathered.rows]
        if flag is not invoice_with_code and not left:
            break
        answer = await client.status(
            left,
            invoice_with_code=flag,
            calculating_machine=calculating_machine,
            by=by,
            deadline_seconds=question_seconds,
        )
        gathered.take(answer)
    return gathered.told()


def _in_vain(told: StatusRows) -> bool:
    return told.refusal is not None and told.refusal.meaning.error_class in _IN_VAIN


@dataclass(slots=True)
class _Gathered:
    """What several answers about the same ids say together."""

    asked: frozenset[str]
    by: StatusBy
    rows: dict[str, InvoiceStatus] = field(default_factory=dict)
    doubled: set[str] = field(default_factory=set)
    unclear: str | None = None
    refusal: WholeRefusal | None = None

    def take(self, answer: StatusAnswer) -> None:
        if isinstance(answer, Statuses):
            self._take_rows(answer)
        elif isinstance(answer, WholeRefusal):
            self.refusal, self.unclear = answer, answer.code
        else:
            self.unclear = answer.reason

    def _take_rows(self, answer: Statuses) -> None:
        if answer.unreadable:
            self.unclear = f"{answer.unreadable} rows could not be read"
        for row in answer.rows:
            named = plain_id(row.RefID if self.by is StatusBy.REF_ID else row.TransactionID)
            if named not in self.asked:
                self.unclear = "a row is about none of the ids that were asked for"
            elif _contradicts(self.rows.setdefault(named, row), row):
                self.doubled.add(named)

    def told(self) -> StatusRows:
        rows = {one: row for one, row in self.rows.items() if one not in self.doubled}
        doubled = f"several invoices go by the same id: {', '.join(sorted(self.doubled))}" if self.doubled else None
        return StatusRows(rows, doubled or self.unclear, self.refusal)


def _contradicts(one: InvoiceStatus, other: InvoiceStatus) -> bool:
    """Whether two rows of one id speak of two invoices: which of them is ours is for a person to find out."""
    return (one.TransactionID, one.InvNo) != (other.TransactionID, other.InvNo)
