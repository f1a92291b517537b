"""Verdicts, schedules, and what an order shall carry."""

from dataclasses import replace
from datetime import timedelta

import pytest
from contracts.status import Verdict
from hypothesis import given
from hypothesis import strategies as st
from meinvoice.models import InvoiceStatus
from shops.models import NoteAttributeNames
from status_poller.domain.follow_up import FollowUp, State, invoice_of
from status_poller.domain.order_fields import note_attributes
from status_poller.domain.schedule import FailureBackoff, PollSchedule, WriteSchedule
from status_poller.domain.verdicts import state_of, text_of, verdict_of
from support.follow_ups import START, issued


def follow_up(state: State | None = None, **changed: object) -> FollowUp:
    """A follow-up of an issued invoice."""
    return FollowUp(invoice_of(issued(**changed)), state or State(), START, 1, 0, 0, 0, 0, None, "", None)


@pytest.mark.parametrize(
    ("status", "with_code", "verdict"),
    (
        (0, True, Verdict.WAITING),
        (1, True, Verdict.ERROR),
        (2, True, Verdict.ACCEPTED),
        (3, True, Verdict.REFUSED),
        (4, True, Verdict.UNKNOWN),
        (0, False, Verdict.WAITING),
        (1, False, Verdict.WAITING),
        (2, False, Verdict.ACCEPTED),
        (3, False, Verdict.REFUSED),
        (4, False, Verdict.ERROR),
        (9, False, Verdict.UNKNOWN),
        (None, True, Verdict.UNKNOWN),
    ),
)
def test_numbers_mean_what_their_series_says(status: int | None, with_code: bool, verdict: Verdict) -> None:
    """1 is an error with code and merely "sent" without."""
    assert verdict_of(status, with_code=with_code) == verdict


def test_authority_code_is_never_lost() -> None:
    """An answer without the code keeps the one that was known."""
    before = State(Verdict.ACCEPTED, 2, 1, "00A1")
    assert state_of(InvoiceStatus(SendTaxStatus=2), before, with_code=True).authority_code == "00A1"
    assert state_of(InvoiceStatus(InvoiceCode="00B2"), before, with_code=True).authority_code == "00B2"


@pytest.mark.parametrize("verdict", tuple(Verdict))
def test_every_verdict_has_a_text(verdict: Verdict) -> None:
    """The order says something for each; a replaced invoice says that before anything else."""
    assert text_of(State(verdict))
    assert text_of(State(verdict, einvoice_status=7)) == "Hóa đơn đã bị thay thế"


def test_questions_come_soon_then_hourly_then_daily() -> None:
    """Seconds, minutes, then every hour until a verdict, then every day, and an end after 30 days."""
    schedule = PollSchedule()
    waits = [
        schedule.next(asked=asked, verdict=Verdict.WAITING, since=START, now=START) for asked in (0, 1, 2, 3, 4, 99)
    ]
    seconds = [(due - START).total_seconds() for due in waits if due is not None]
    assert seconds == [5, 60, 300, 900, 3600, 3600]
    assert schedule.next(asked=1, verdict=Verdict.ACCEPTED, since=START, now=START) == START + timedelta(days=1)
    late = START + timedelta(days=30)
    assert schedule.next(asked=1, verdict=Verdict.ACCEPTED, since=START, now=late) is None


@given(st.integers(1, 10_000))
def test_delays_grow_and_are_bounded(failures: int) -> None:
    """However many failures: never shorter than the first delay nor longer than the longest."""
    backoff, write = FailureBackoff(), WriteSchedule()
    assert backoff.first <= backoff.delay(failures) <= backoff.longest
    due = write.next(failures=failures, since=START, now=START)
    assert due is not None
    assert write.first <= due - START <= write.longest


def test_writing_is_given_up_after_its_time() -> None:
    """Thirty days after issue nothing is tried any more."""
    assert WriteSchedule().next(failures=1, since=START, now=START + timedelta(days=31)) is None


def test_an_order_carries_everything_of_its_invoice() -> None:
    """Number, series, date, codes and state stand under the shop's names; what is not there yet is left out."""
    found = note_attributes(NoteAttributeNames(), [follow_up()])
    assert found == {
        "Mã tra cứu hóa đơn": "ABC123XYZ",
        "Số hóa đơn": "00000067",
        "Ký hiệu hóa đơn": "1C26TAA",
        "Ngày hóa đơn": "02/10/2026",
        "MST người bán": "0101243150",
        "Trạng thái hóa đơn": "Đã phát hành, chờ cơ quan thuế",
    }


def test_names_are_the_shops_own() -> None:
    """A name of its own is used, an empty one leaves that pair out."""
    names = NoteAttributeNames(lookup_code="misa", status="", series="")
    found = note_attributes(names, [follow_up(State(authority_code="00A1"))])
    assert found["misa"] == "ABC123XYZ"
    assert found["Mã cơ quan thuế"] == "00A1"
    assert "" not in found
    assert "Trạng thái hóa đơn" not in found


def test_several_invoices_share_the_pairs() -> None:
    """Two invoices of one order stand side by side in order of issue; what is the same for both stands once."""
    second = follow_up(number="00000068", at=START + timedelta(hours=1), lookup_code="DEF")
    first = follow_up(State(Verdict.ACCEPTED, authority_code="00A1"))
    found = note_attributes(NoteAttributeNames(), [second, first])
    assert found["Số hóa đơn"] == "00000067; 00000068"
    assert found["Mã cơ quan thuế"] == "00A1; -"
    assert found["Ký hiệu hóa đơn"] == "1C26TAA"
    assert note_attributes(NoteAttributeNames(), [first, second]) == found


def test_code_of_publishing_stands_until_status_tells_another() -> None:
    """The code that came with the answer to publishing is written at once."""
    one = follow_up(authority_code="00P1")
    assert note_attributes(NoteAttributeNames(), [one])["Mã cơ quan thuế"] == "00P1"
    later = replace(one, state=State(authority_code="00S2"))
    assert note_attributes(NoteAttributeNames(), [later])["Mã cơ quan thuế"] == "00S2"
