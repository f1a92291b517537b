"""Look-ups by RefID: with every flag there is, and from the document itself where several bodies were sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from invoicing.series import is_cash_register, is_with_code
from lanes import outcomes as lane
from lanes.model import Intent
from meinvoice.answers import Downloads, InvoiceFiles, Statuses
from meinvoice.client import MOST_IDS, FileKind, MeInvoiceClient, StatusBy
from meinvoice.documents import InvoiceDocument, read_document
from meinvoice.models import InvoiceStatus

from invoicer.domain.answers import found, found_document

QUESTIONS = 2
"""One for each value of `invoiceWithCode`."""
_QUESTION_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class StatusRows:
    """Rows by the id asked for, in lower case; `unclear` says why the vendor's word is not complete."""

    rows: Mapping[str, InvoiceStatus]
    unclear: str | None


def was_changed(intent: Intent) -> bool:
    """Whether several bodies were sent under its RefID: then only the document tells which was issued."""
    return len({body.text for body in intent.bodies}) > 1


class LookUps:
    """Asks for one series with both `invoiceWithCode` flags: a wrong one returns no row and no error (Open API §11)."""

    def __init__(self, client: MeInvoiceClient, series: str) -> None:
        """Ask through this client; `series` is with or without its year."""
        self._client = client
        self._with_code = is_with_code(series)
        self._calculating_machine = is_cash_register(series)

    async def of(self, intents: Sequence[Intent]) -> dict[str, lane.LookUp]:
        """What the vendor knows of these intents."""
        answers: dict[str, lane.LookUp] = {}
        for start in range(0, len(intents), MOST_IDS):
            part = intents[start : start + MOST_IDS]
            asked = await self.rows([intent.ref_id for intent in part], StatusBy.REF_ID)
            for intent in part:
                answers[intent.ref_id] = await self._look_up(intent, asked)
        return answers

    async def rows(
        self, ids: Sequence[str], by: StatusBy, *, question_seconds: float = _QUESTION_SECONDS
    ) -> StatusRows:
        """Rows of up to 50 ids. One unclear answer keeps "unknown" from being concluded, whatever the other says.

        Each of the `QUESTIONS` it may take ends after `question_seconds`.
        """
        rows: dict[str, InvoiceStatus] = {}
        doubled: set[str] = set()
        unclear: str | None = None
        for flag in (self._with_code, not self._with_code):
            left = [one for one in ids if one.lower() not in rows]
            if not left:
                break
            answer = await self._client.status(
                left,
                invoice_with_code=flag,
                calculating_machine=self._calculating_machine,
                by=by,
                deadline_seconds=question_seconds,
            )
            if not isinstance(answer, Statuses):
                unclear = str(getattr(answer, "reason", None) or getattr(answer, "code", "?"))
                continue
            if answer.unreadable:
                unclear = f"{answer.unreadable} rows could not be read"
            for row in answer.rows:
                if _contradicts(rows.setdefault(_id(row, by), row), row):
                    doubled.add(_id(row, by))
        if doubled:
            unclear = f"several invoices go by the same id: {', '.join(sorted(doubled))}"
        return StatusRows({one: row for one, row in rows.items() if one not in doubled}, unclear)

    async def _look_up(self, intent: Intent, asked: StatusRows) -> lane.LookUp:
        row = asked.rows.get(intent.ref_id.lower())
        if row is None:
            return lane.Unclear(asked.unclear) if asked.unclear else lane.NotFound()
        said = found(row)
        if isinstance(said, lane.Found) and was_changed(intent):
            return found_document(said, await self._document(row.TransactionID))
        return said

    async def _document(self, transaction_id: str) -> InvoiceDocument | None:
        """The document itself: a status carries neither date nor amounts."""
        answer = await self._client.download(
            [transaction_id],
            kind=FileKind.XML,
            invoice_with_code=self._with_code,
            calculating_machine=self._calculating_machine,
        )
        files = answer.results.get(transaction_id) if isinstance(answer, Downloads) else None
        return read_document(files.xml) if isinstance(files, InvoiceFiles) and files.xml else None


def _id(row: InvoiceStatus, by: StatusBy) -> str:
    return (row.RefID if by is StatusBy.REF_ID else row.TransactionID).lower()


def _contradicts(one: InvoiceStatus, other: InvoiceStatus) -> bool:
    """Whether two rows of one id speak of two invoices: which of them is ours is for a person to find out."""
    return (one.TransactionID, one.InvNo) != (other.TransactionID, other.InvNo)
