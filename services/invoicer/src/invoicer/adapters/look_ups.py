"""Look-ups by RefID: with every flag there is, and from the document itself where several bodies were sent."""

from collections.abc import Sequence

from invoicing.series import is_cash_register, is_with_code
from lanes import outcomes as lane
from lanes.model import Intent
from meinvoice.answers import Downloads, InvoiceFiles
from meinvoice.client import MOST_IDS, FileKind, MeInvoiceClient, StatusBy
from meinvoice.documents import InvoiceDocument, read_document
from meinvoice.resolutions import StatusRows
from meinvoice.resolving import status_rows

from invoicer.domain.answers import found, found_document

_QUESTION_SECONDS = 30.0


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
        """Rows of up to 50 ids; each of the `QUESTIONS` it may take ends after `question_seconds`."""
        return await status_rows(
            self._client,
            ids,
            by=by,
            invoice_with_code=self._with_code,
            calculating_machine=self._calculating_machine,
            question_seconds=question_seconds,
        )

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
