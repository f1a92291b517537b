"""Reads the answer to creating XML, SignType 1 (meInvoice Open API §5.1)."""

from collections.abc import Mapping, Sequence
from typing import Any

from meinvoice.answers import CreateAnswer, Created, CreationAnswer, Creations, Unclear, Unknown
from meinvoice.failures import failure_of, succeeded, untold
from meinvoice.models.series import is_series
from meinvoice.outcomes import Sent, number_of, of_each, refused, series_of
from meinvoice.parsing import code_of, parse_envelope, rows_of, text_of
from meinvoice.transport import Reply

_SERVER_ERROR = 500


def create_answer(reply: Reply, sent: Sequence[Sent]) -> CreateAnswer:
    """What became of each invoice whose XML was asked for."""
    envelope = parse_envelope(reply.text)
    rows = rows_of(envelope.create_result) if envelope is not None else None
    if envelope is None or not rows or reply.status >= _SERVER_ERROR:
        if envelope is not None and succeeded(reply, envelope):
            return Unknown("success without any XML")
        return untold(failure_of(reply, envelope))
    results, _ = of_each(rows, sent, _element)
    return Creations(results)


def _element(element: Mapping[str, Any], sent: Sent) -> CreationAnswer:
    code = code_of(element.get("errorcode"))
    if code:
        return refused(code, element, sent)
    transaction_id, xml = text_of(element.get("transactionid")), text_of(element.get("invoicedata")).lstrip("\ufeff")
    if not transaction_id or not xml.startswith("<"):
        return Unclear("success without lookup code or XML")
    series = series_of(element, sent)
    if not is_series(series):
        return Unclear("success without a series")
    return Created(
        ref_id=sent.ref_id,
        transaction_id=transaction_id,
        inv_series=series,
        xml=xml,
        inv_no=number_of(element),
    )
