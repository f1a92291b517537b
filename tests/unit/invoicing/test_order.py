"""Reading Haravan's JSON."""

import contextlib
import datetime as dt
import json
import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invoicing.order import UnreadableOrder, parse_order
from support.haravan_orders import line, order, raw_order


@pytest.mark.parametrize("spelling", ("108000", "108000.0000", 108000, 108000.0, Decimal("108000.0"), " 108000 "))
def test_money_in_any_spelling(spelling: object) -> None:
    """Text, whole number, float or decimal: the same exact amount."""
    assert order([line(spelling)]).lines[0].price == Decimal(108000)


def test_fractions_stay_exact() -> None:
    """A fraction in JSON text is never read as a float."""
    raw = json.dumps(raw_order([], total_price=0, total_discounts=0)).replace(
        '"total_price": 0', '"total_price": 0.1000000001'
    )
    assert parse_order(raw.encode()).total_price == Decimal("0.1000000001")


@pytest.mark.parametrize("wrap", (lambda o: {"data": o}, lambda o: {"order": o}, lambda o: {"data": {"order": o}}))
def test_wrapped_bodies_are_unwrapped(wrap: Any) -> None:
    """A body in ``data``, ``order`` or both is the order inside."""
    assert parse_order(wrap(raw_order())).id == 1701234567


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        ("2026-03-14T03:05:41Z", dt.datetime(2026, 3, 14, 3, 5, 41, tzinfo=dt.UTC)),
        ("2026-03-14T03:05:41.5Z", dt.datetime(2026, 3, 14, 3, 5, 41, 500_000, tzinfo=dt.UTC)),
        ("2026-03-14T03:05:43.0230186Z", dt.datetime(2026, 3, 14, 3, 5, 43, 23_018, tzinfo=dt.UTC)),
        ("2026-03-14T03:05:41", dt.datetime(2026, 3, 14, 3, 5, 41, tzinfo=dt.UTC)),
        ("2026-03-14T10:05:41+07:00", dt.datetime(2026, 3, 14, 3, 5, 41, tzinfo=dt.UTC)),
        ("0001-01-01T00:00:00", None),
        ("", None),
        (None, None),
    ),
)
def test_timestamps(text: str | None, expected: dt.datetime | None) -> None:
    """0 to 7 fraction digits, with or without zone; the year 1 stands for none."""
    assert order(updated_at=text).updated_at == expected


@pytest.mark.parametrize("spelling", ("partially_paid", "partiallypaid", "PartiallyPaid", "partially-paid"))
def test_statuses_have_one_spelling(spelling: str) -> None:
    """Documented and real spellings of a status are the same."""
    assert order(financial_status=spelling).financial_status == "partiallypaid"


def test_nulls_that_haravan_sends() -> None:
    """Null lists and texts are empty, currency null is đồng, a name with a leading space is trimmed."""
    nothing = dict.fromkeys(
        ["discount_codes", "note_attributes", "shipping_lines", "transactions", "tags", "customer", "order_number"]
    )
    read = order(currency=None, name=" #KH1", **nothing)
    assert (read.currency, read.name, read.tags, read.shipping_lines) == ("VND", "#KH1", (), ())
    assert read.partial_reason() is None


def test_emails_of_order_and_customer() -> None:
    """Every address once, in the order of the fields."""
    read = order(email="a@b.vn", contact_email="a@b.vn", customer={"id": 1, "email": "c@d.vn"})
    assert read.emails == ("a@b.vn", "c@d.vn")


def test_note_attribute_values_of_any_kind() -> None:
    """A storefront may write numbers and truth values."""
    read = order(note_attributes=[{"name": "Tax_Code", "value": 101243150}, {"name": "invoice", "value": True}])
    assert read.attribute("tax_code") == "101243150"
    assert read.attribute("INVOICE") == "true"


@pytest.mark.parametrize(
    ("changes", "reason"),
    (
        ({"line_items": None}, "line_items"),
        ({"total_price": None}, "total_price"),
        ({"created_at": None}, "created_at"),
        ({"line_items": [line(None)], "total_price": 0}, "line_items[0].price"),
        ({"total_price": 1}, "totals"),
        ({"send_webhooks": False}, "send-webhooks"),
        ({"financial_status": "refunded", "refunds": None}, "refunds"),
        ({"fulfillments": None}, "fulfillments"),
    ),
)
def test_partial_payloads(changes: dict[str, Any], reason: str) -> None:
    """A body that cannot be judged as it is says why."""
    raw = {**raw_order(), **changes}
    assert parse_order(raw).partial_reason() == reason


def test_after_a_reread_only_lines_and_totals_count() -> None:
    """What the API itself leaves out is not there."""
    assert order(send_webhooks=False, fulfillments=None).partial_reason(reread=True) is None
    assert parse_order({**raw_order(), "line_items": None}).partial_reason(reread=True) == "line_items"


def test_totals_reconcile_with_tax_and_with_rounding() -> None:
    """A fraction of a đồng on a line, or a tax on top, does not make a payload partial."""
    assert order([line("33333.3333", 3)], total_price=100_000).partial_reason() is None
    assert order(total_tax=8_640, total_price=116_640).partial_reason() is None


@pytest.mark.parametrize(
    ("raw", "field"),
    (
        (b"", ""),
        (b"[]", ""),
        (b"null", ""),
        (b"\xff\xfe", ""),
        (b'{"id": NaN}', ""),
        (b"[" * 100_000, ""),
        ({}, "id"),
        ({"id": "abc"}, "id"),
        ({"id": -1}, "id"),
        ({"id": True}, "id"),
        ({"id": 1, "line_items": {}}, "line_items"),
        ({"id": 1, "line_items": ["x"]}, "line_items[0]"),
        ({"id": 1, "line_items": [{"price": "1,5"}]}, "line_items[0].price"),
        ({"id": 1, "line_items": [{"price": "NaN"}]}, "line_items[0].price"),
        ({"id": 1, "total_price": "1e999999"}, "total_price"),
        ({"id": 1, "created_at": "yesterday"}, "created_at"),
        ({"id": 1, "name": {}}, "name"),
    ),
)
def test_unreadable_bodies_name_the_field(raw: Any, field: str) -> None:
    """What is no order ends in one kind of error that says where."""
    with pytest.raises(UnreadableOrder) as caught:
        parse_order(raw)
    assert caught.value.field == field


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*raw_order(), "x"]), inner, max_size=5)
    ),
    max_leaves=10,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(list(raw_order())), _JSON, max_size=8))
def test_any_json_is_read_or_refused(changes: dict[str, Any]) -> None:
    """Whatever a sender puts into the fields, reading ends with an order or with the one error."""
    with contextlib.suppress(UnreadableOrder):
        parse_order({**raw_order(), **changes}).partial_reason()


_EDGES = tuple(
    Decimal(text) for text in ("1E22", "1E21", "1E-12", "1E-13", "9" * 22, "9" * 23, "-0", "sNaN", "-Infinity")
)


def _read(field: str, value: object) -> str:
    """What is read of a field, digit for digit, or that it is refused."""
    try:
        return str(getattr(parse_order({**raw_order(), field: value}), field))
    except UnreadableOrder as refused:
        return f"refused: {refused}"


@given(st.decimals() | st.sampled_from(_EDGES) | st.integers(-(10**24), 10**24))
def test_a_number_is_read_as_its_text_is(value: Decimal | int) -> None:
    """Every figure and every id is the same, or refused for the same reason, whether it is a number or a text."""
    for field in ("total_price", "location_id"):
        assert _read(field, value) == _read(field, str(value))


@given(st.text(st.characters(codec="utf-8", max_codepoint=0x1FFF), max_size=8))
def test_texts_are_in_one_unicode_form(text: str) -> None:
    """A text is read composed and without blanks around it, whatever letters it has."""
    assert order(name=text).name == unicodedata.normalize("NFC", text).strip()


@pytest.mark.parametrize("nothing", ("0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999Z", "", "  "))
def test_a_creation_that_is_not_known_is_missing(nothing: str) -> None:
    """The first and last day of the calendar stand for none: whether it is before the shop's start nobody can say."""
    made = order(created_at=nothing)
    assert made.created_at is None
    assert made.partial_reason() == "created_at"
    assert made.partial_reason(reread=True) == "created_at"


@pytest.mark.parametrize("text", ("9999-12-31T23:59:59-08:00", "0001-12-31T23:59:59+07:00", "9999-12-31T23:59:59Z"))
def test_no_moment_is_too_early_or_too_late_for_vietnam(text: str) -> None:
    """Whatever the offset, a moment that is read has a date in Vietnam."""
    assert order(updated_at=text).updated_at is None


def test_half_an_emoji_is_left_out() -> None:
    """A text that was cut inside a surrogate pair cannot be written as UTF-8: the half is dropped, the rest stays."""
    raw = json.dumps(raw_order([line(1000, name="CUT")], name="CUT"), default=str).replace("CUT", "Áo \\ud83d đỏ")
    made = parse_order(raw)
    assert (made.name, made.lines[0].name) == ("Áo  đỏ", "Áo  đỏ")
    assert parse_order(raw.replace("\\ud83d", "\\ud83d\\ude00")).name == "Áo 😀 đỏ"


def test_a_code_that_went_through_a_number_is_whole() -> None:
    """REST bodies write whole numbers with decimals; a code has none."""
    raw = json.dumps(
        raw_order([], total_price=0, total_discounts=0, note_attributes=[{"name": "tax_code", "value": 0}])
    )
    for written, read in (("2222222222.0000", "2222222222"), ("1.5", "1.5"), ("1e40", "1E+40")):
        (attribute,) = parse_order(raw.replace('"value": 0', f'"value": {written}')).note_attributes
        assert attribute.value == read
