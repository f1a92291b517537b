"""What people are told of a reason."""

from decimal import Decimal

import pytest
from invoicing.reason_texts import TEXTS
from invoicing.reasons import PASSABLE, Finding, Reason, Stopped, WayOut, stop, ways_out


@pytest.mark.parametrize(
    ("finding", "vi", "en"),
    (
        (
            Finding(Reason.BUYER_TAX_CODE_ALONE, {"lacking": "name, address"}),
            "thiếu tên, địa chỉ.",
            "no name, address.",
        ),
        (Finding(Reason.BUYER_TAX_CODE_BAD, {"problem": "8 digits"}), "(8 chữ số)", "(8 digits)"),
        (Finding(Reason.BUYER_TAX_CODE_BAD, {"problem": "check digit"}), "(sai số kiểm tra)", "(check digit)"),
        (Finding(Reason.DRY_RUN, {"rule": "a", "would": "make a draft"}), "lập nháp chờ duyệt", "make a draft"),
        (Finding(Reason.PARTIAL_PAYLOAD, {"partial": "line_items"}), "(line_items)", "(line_items)"),
    ),
)
def test_each_language_has_its_own_words(finding: Finding, vi: str, en: str) -> None:
    """A Vietnamese sentence holds no English words; names of fields stay as Haravan spells them."""
    explained = finding.explain()
    assert vi in explained.vi
    assert en in explained.en


@pytest.mark.parametrize(
    ("amount", "text"), ((Decimal("424000.0000"), "424000"), (Decimal("1.50"), "1.5"), (Decimal("4E+2"), "400"))
)
def test_amounts_are_written_as_people_read_them(amount: Decimal, text: str) -> None:
    """Haravan's four decimals say nothing and are left out."""
    with pytest.raises(Stopped) as stopped:
        stop(Reason.TOTAL_NOT_WHOLE, total_price=amount)
    assert stopped.value.finding.facts["total_price"] == text


_NAMED_BY = {
    WayOut.ISSUE: "`hoadon orders issue ORDER`",
    WayOut.ACCEPT: "`hoadon orders release ORDER --accept`",
    WayOut.BUYER_CONSUMER: "--buyer consumer`",
    WayOut.BUYER_AS_GIVEN: "`--buyer as-given`",
    WayOut.BUYER_CORRECTED: "(`--name`, `--tax-code`, `--address`",
    WayOut.TARGET: "`hoadon orders release ORDER --account NAME --series SERIES`",
    WayOut.EDIT_ORDER: "Haravan",
}


@pytest.mark.parametrize("reason", list(Reason))
def test_each_reason_names_its_ways_out(reason: Reason) -> None:
    """Whoever reads a reason is told everything that he can do about it, in both languages."""
    vi, en = TEXTS[reason.value]
    vi = vi.replace("ĐƠN", "ORDER").replace("TÊN", "NAME").replace("KÝ_HIỆU", "SERIES")
    for way in ways_out(reason):
        assert _NAMED_BY.get(way, "") in vi, way
        assert _NAMED_BY.get(way, "") in en, way
        if way is WayOut.EDIT_RULES:
            assert all("rules." in text or "mapping" in text for text in (vi, en))
        if way is WayOut.WAIT:
            assert "chờ" in vi.lower() or "lại" in vi
            assert "wait" in en.lower() or "again" in en


def test_figures_are_never_passed_over() -> None:
    """A person may take a doubt upon himself, not an amount that is wrong."""
    assert not PASSABLE & {
        Reason.DOES_NOT_TIE, Reason.NEGATIVE_PRICE, Reason.TOTAL_NOT_WHOLE, Reason.PARTIAL_PAYLOAD, Reason.ORDER_TAX,
        Reason.TAX_MISMATCH, Reason.DISCOUNT_TOO_LARGE, Reason.TOO_MANY_LINES, Reason.NO_RATE, Reason.ROUTE_AMBIGUOUS,
        Reason.TEST_ORDER, Reason.CANCELLED, Reason.DRY_RUN,
    }  # fmt: skip
    assert all(ways_out(reason)[0] is WayOut.ACCEPT for reason in PASSABLE)
    assert ways_out(Reason.CANCELLED) == ()
    assert ways_out(Reason.DOES_NOT_TIE) == (WayOut.EDIT_ORDER,)
