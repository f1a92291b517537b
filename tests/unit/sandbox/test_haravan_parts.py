"""Signature, bucket, filters, amounts and retry times of the Haravan stand-in."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sandbox.common import jsons
from sandbox.haravan.filters import BadFilterError, read_bound
from sandbox.haravan.money import written
from sandbox.haravan.order_store import read_time, write_time
from sandbox.haravan.queue import pauses
from sandbox.haravan.rate_limit import Bucket
from sandbox.haravan.signature import sign

NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "expected"),
    (
        ("{}", "sHy2oTAzGemHZ3gieXYL+GXNf8W2i+EHGPha1KdjGRA="),
        ('{"id":1,"note":"Đơn hàng"}', "ZZGdJmPE9t2r+SJ+sAuP9zDhKg+eYRXPitPgT6VDVfI="),
    ),
)
def test_signatures_match_the_known_ones(body: str, expected: str) -> None:
    """HMAC-SHA256 over the UTF-8 bytes, in base64."""
    assert sign("s3cr3t-demo", body.encode()) == expected


def test_the_bucket_leaks_and_punishes_impatience() -> None:
    """80 requests fit at once, 4 a second leak out, and before Retry-After is over nothing fits."""
    bucket = Bucket()
    took = [bucket.take(NOON, size=80, leak_per_second=4) for _ in range(81)]
    assert took == [True] * 80 + [False]
    assert bucket.told(80) == "80/80"
    assert not bucket.take(NOON + timedelta(seconds=1.9), size=80, leak_per_second=4)
    assert bucket.take(NOON + timedelta(seconds=2), size=80, leak_per_second=4)


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        ("2026-08-24T00:00:00", "2026-08-23T17:00:00+00:00"),
        ("2026-08-24T00:00:00Z", "2026-08-23T17:00:00+00:00"),
        ("2026-08-24T00:00:00+07:00", "2026-08-23T10:00:00+00:00"),
        ("2026-08-24T00:00:00 07:00", "2026-08-23T10:00:00+00:00"),
        ("2026-08-24", "2026-08-23T17:00:00+00:00"),
    ),
)
def test_filter_times_fall_into_the_measured_trap(text: str, expected: str) -> None:
    """Z is ignored, naive is shop-local, a numeric offset is shifted twice."""
    assert read_bound(text, "measured").astimezone(UTC).isoformat() == expected


def test_filter_times_can_be_sane() -> None:
    """In UTC mode a time means what it says, and nonsense is refused in both."""
    assert read_bound("2026-08-24T00:00:00+07:00", "utc").astimezone(UTC).isoformat() == "2026-08-23T17:00:00+00:00"
    with pytest.raises(BadFilterError):
        read_bound("yesterday", "utc")


def test_amounts_are_written_in_three_styles() -> None:
    """Four decimals by REST, plainly by webhook, as text on request; ids and counts stay whole."""
    order = {"id": 5, "total_price": 600000, "line_items": [{"quantity": 2, "price": Decimal("10.50"), "grams": None}]}
    assert jsons.dumps(written(order, "decimal")) == (
        '{"id":5,"total_price":600000.0000,"line_items":[{"quantity":2,"price":10.5000,"grams":null}]}'
    )
    assert '"total_price":600000,' in jsons.dumps(written(order, "plain"))
    assert '"price":10.5,' in jsons.dumps(written(order, "plain"))
    assert '"total_price":"600000.0000"' in jsons.dumps(written(order, "string"))


def test_retries_fill_their_window() -> None:
    """Nineteen pauses that grow and add up to 48 hours."""
    times = pauses(19, 172_800, 1.5)
    assert len(times) == 19
    assert sum(times) == pytest.approx(172_800)
    assert times == sorted(times)


@pytest.mark.parametrize("text", ("2026-03-14T03:05:41.27Z", "2026-03-14T03:05:40Z", "2026-03-14T03:05:43.0230186Z"))
def test_times_have_any_number_of_digits(text: str) -> None:
    """Fractions of zero to seven digits are read; what is written has no trailing zeros."""
    assert write_time(read_time(text)) == text.replace("0186Z", "018Z")
