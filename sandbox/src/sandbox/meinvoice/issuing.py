"""Judging one invoice and issuing it, whatever the SignType."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.common.clock import vietnam_date
from sandbox.common.faults import FaultKind
from sandbox.meinvoice import invoices, originals, outbox
from sandbox.meinvoice.batch import Batch, check_race, series_of
from sandbox.meinvoice.checks.content import check_content
from sandbox.meinvoice.checks.fields import check_date, check_not_in_future, check_reference
from sandbox.meinvoice.checks.refusal import RefusedError
from sandbox.meinvoice.envelope import describe
from sandbox.meinvoice.originals import Correction
from sandbox.meinvoice.series import Series


@dataclass(frozen=True, slots=True)
class Judged:
    """An invoice that may be issued."""

    ref_id: str
    series: Series
    day: date
    correction: Correction | None


def judge(batch: Batch, invoice: dict[str, Any]) -> Judged:
    """Whether the invoice may be issued.

    Raises:
        RefusedError: the first thing that is wrong.
    """
    ref_id = check_reference(invoice)
    batch.register.check_new(ref_id)
    series = series_of(batch, invoice)
    check_race(batch, series)
    check_content(invoice, most_lines=batch.options.max_lines_per_invoice)
    day = check_date(invoice)
    check_not_in_future(day, vietnam_date(batch.at))
    batch.register.check_date(series, day)
    error = batch.account.certificate_error
    if error is not None and batch.sign_type.signed:
        raise RefusedError(error, describe(error))
    correction = originals.read_correction(batch.database, batch.tax_code, invoice, batch.options, batch.at)
    return Judged(ref_id, series, day, correction)


def visible_after(batch: Batch, correction: Correction | None) -> float:
    """Seconds until status finds the invoice."""
    fault = batch.exchange.fault(FaultKind.DELAYED_VISIBILITY)
    if fault is not None:
        return fault.seconds
    options = batch.options
    extra = 0.0 if correction is None else options.correction_visibility_delay_seconds
    return max(options.visibility_delay_seconds, extra)


def refused_later(batch: Batch, correction: Correction | None) -> int:
    """What the tax authority is going to say."""
    if batch.exchange.fault(FaultKind.VERDICT_ERROR):
        return invoices.FAILED
    refused = batch.exchange.fault(FaultKind.VERDICT_REFUSED) or (correction is not None and correction.refused_later)
    return invoices.REFUSED if refused else invoices.ACCEPTED


def issue(
    batch: Batch,
    invoice: dict[str, Any],
    judged: Judged,
    *,
    transaction_id: str | None = None,
    xml: str | None = None,
) -> dict[str, Any]:
    """Give the invoice its number; gives its columns. Lookup code and XML are given where they were made before."""
    correction = judged.correction
    told = invoices.Issue(
        tax_code=batch.tax_code,
        seller=batch.account.company_name,
        series=judged.series,
        number=batch.register.next_number(judged.series),
        day=judged.day,
        sign_type=batch.sign_type,
        request=batch.exchange.request,
        at=batch.at,
        visible_after=visible_after(batch, correction),
        refused=refused_later(batch, correction),
        original=None if correction is None else correction.original,
        transaction_id=transaction_id,
        xml=xml,
    )
    row = invoices.insert(batch.database, invoice, told, batch.options)
    batch.register.note(row, judged.series, judged.day)
    originals.apply(batch.database, correction, row)
    outbox.put_published(batch.meinvoice, batch.tax_code, row["transaction_id"], invoice)
    return row
