"""Look-ups by RefID: with every flag there is, and from the document itself where several bodies were sent."""

from collections.abc import Callable, Mapping, Sequence

from invoicing.series import is_cash_register, is_with_code
from lanes import outcomes as lane
from lanes.model import Intent
from meinvoice.answers import Downloads, InvoiceFiles
from meinvoice.client import MOST_IDS, FileKind, MeInvoiceClient, StatusBy
from meinvoice.documents import InvoiceDocument, read_document
from meinvoice.resolutions import StatusRows
from meinvoice.resolving import QUESTIONS, status_rows

from invoicer.domain.answers import found, found_document

_QUESTIONS = QUESTIONS + 1
"""About the status, and for the documents of those that were changed."""
_NO_TIME = "no time was left to ask"


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

    async def of(self, intents: Sequence[Intent], seconds_left: Callable[[], float]) -> dict[str, lane.LookUp]:
        """What the vendor knows of these intents; what is known when the time is over stands, the rest is unclear."""
        answers: dict[str, lane.LookUp] = {}
        for start in range(0, len(intents), MOST_IDS):
            part = intents[start : start + MOST_IDS]
            each = seconds_left() / _QUESTIONS
            answers |= await self._part(part, each) if each > 0 else _unclear(part, _NO_TIME)
        return answers

    async def _part(self, part: Sequence[Intent], question_seconds: float) -> dict[str, lane.LookUp]:
        ref_ids = [intent.ref_id for intent in part]
        asked = await self.rows(ref_ids, StatusBy.REF_ID, question_seconds=question_seconds)
        said = {intent.ref_id: _said(intent, asked) for intent in part}
        changed = [intent.ref_id for intent in part if was_changed(intent)]
        told = {one: known for one in changed if isinstance(known := said[one], lane.Found)}
        documents = await self._documents([known.result["TransactionID"] for known in told.values()], question_seconds)
        return said | {one: found_document(k, documents.get(k.result["TransactionID"])) for one, k in told.items()}

    async def rows(self, ids: Sequence[str], by: StatusBy, *, question_seconds: float) -> StatusRows:
        """Rows of up to 50 ids; each of the `QUESTIONS` it may take ends after `question_seconds`."""
        return await status_rows(
            self._client,
            ids,
            by=by,
            invoice_with_code=self._with_code,
            calculating_machine=self._calculating_machine,
            question_seconds=question_seconds,
        )

    async def _documents(
        self, transaction_ids: Sequence[str], question_seconds: float
    ) -> Mapping[str, InvoiceDocument | None]:
        """The documents themselves, in one question: a status carries neither date nor amounts."""
        if not transaction_ids:
            return {}
        answer = await self._client.download(
            transaction_ids,
            kind=FileKind.XML,
            invoice_with_code=self._with_code,
            calculating_machine=self._calculating_machine,
            deadline_seconds=question_seconds,
        )
        files = answer.results if isinstance(answer, Downloads) else {}
        return {one: read_document(got.xml) for one, got in files.items() if isinstance(got, InvoiceFiles) and got.xml}


def _said(intent: Intent, asked: StatusRows) -> lane.LookUp:
    row = asked.rows.get(intent.ref_id.lower())
    if row is None:
        return lane.Unclear(asked.unclear) if asked.unclear else lane.NotFound()
    return found(row)


def _unclear(intents: Sequence[Intent], why: str) -> dict[str, lane.LookUp]:
    return {intent.ref_id: lane.Unclear(why) for intent in intents}
