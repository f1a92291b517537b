"""SignType 3 and 6: accepted at once, issued after a while; some never (Open API §1.6)."""

import sqlite3
from datetime import timedelta
from typing import Any

from sandbox.common import jsons
from sandbox.common.clock import from_text, to_text
from sandbox.common.faults import FaultKind
from sandbox.meinvoice import codes, invoices, originals, outbox
from sandbox.meinvoice.batch import Batch
from sandbox.meinvoice.checks.fields import check_date
from sandbox.meinvoice.checks.refusal import RefusedError
from sandbox.meinvoice.envelope import describe
from sandbox.meinvoice.issuing import Judged, refused_later, visible_after
from sandbox.meinvoice.numbering import Register
from sandbox.meinvoice.series import parse_series
from sandbox.meinvoice.state import MeInvoice
from sandbox.meinvoice.told import accepted_element

_LOST = "asynchronous-never"


def accept(batch: Batch, invoice: dict[str, Any], judged: Judged) -> dict[str, Any]:
    """Keep the invoice to be issued later; gives its element."""
    slow = batch.exchange.fault(FaultKind.ASYNCHRONOUS_SLOW)
    delay = batch.options.asynchronous_delay_seconds if slow is None else slow.seconds
    lost = _is_lost(batch, judged.ref_id)
    batch.database.execute(
        "INSERT OR REPLACE INTO pending (tax_code, ref_id, series, inv_date, body, sign_type, request, at, due_at,"
        " visible_after, refused, original, lost) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(batch.tax_code, judged.ref_id, judged.series.text, judged.day.isoformat(), jsons.dumps(invoice)),
            *(int(batch.sign_type), batch.exchange.request, to_text(batch.at)),
            *(to_text(batch.at + timedelta(seconds=delay)), visible_after(batch, judged.correction)),
            refused_later(batch, judged.correction),
            None if judged.correction is None else judged.correction.original,
            _LOST if lost else None,
        ),
    )
    if not lost:
        batch.register.note_waiting(judged.ref_id)
    with_code = batch.options.asynchronous_answer == "with-lookup-code"
    seed = batch.options.seed
    return accepted_element(
        judged.ref_id, codes.lookup_code(seed, batch.tax_code, judged.ref_id) if with_code else None
    )


def _is_lost(batch: Batch, ref_id: str) -> bool:
    rule = batch.exchange.fault(FaultKind.ASYNCHRONOUS_NEVER)
    return rule is not None and (rule.ref_id is None or rule.ref_id.lower() == ref_id.lower())


def settle(meinvoice: MeInvoice) -> None:
    """Issue what is due, in the order of the due times, then of acceptance. Called whenever somebody looks."""
    database = meinvoice.database
    due = database.rows(
        "SELECT * FROM pending WHERE lost IS NULL AND due_at <= ? ORDER BY due_at, id",
        (to_text(meinvoice.basics.clock.now()),),
    )
    for row in due:
        try:
            with database.transaction():
                _issue(meinvoice, row)
                database.execute("DELETE FROM pending WHERE id = ?", (row["id"],))
        except RefusedError as error:
            database.execute("UPDATE pending SET lost = ? WHERE id = ?", (error.code, row["id"]))


def _issue(meinvoice: MeInvoice, row: sqlite3.Row) -> None:
    if invoices.find(meinvoice.database, row["tax_code"], row["ref_id"]) is not None:
        raise RefusedError("DuplicateInvoiceRefID", describe("DuplicateInvoiceRefID"))
    invoice, series = jsons.loads(row["body"]), parse_series(row["series"])
    if series is None:  # it was judged when it was accepted
        raise AssertionError(row["series"])
    day, register = check_date(invoice), Register(meinvoice.database, row["tax_code"])
    register.check_date(series, day)
    at, options = from_text(row["due_at"]), meinvoice.options.current
    correction = originals.read_correction(meinvoice.database, row["tax_code"], invoice, options, at)
    account = meinvoice.accounts.get(row["tax_code"])
    issue = invoices.Issue(
        tax_code=row["tax_code"],
        seller="" if account is None else account.company_name,
        series=series,
        number=register.next_number(series),
        day=day,
        sign_type=row["sign_type"],
        request=row["request"],
        at=at,
        visible_after=row["visible_after"],
        refused=row["refused"],
        original=row["original"],
    )
    issued = invoices.insert(meinvoice.database, invoice, issue, options)
    originals.apply(meinvoice.database, correction, issued)
    outbox.put_published(meinvoice, row["tax_code"], issued["transaction_id"], invoice)
