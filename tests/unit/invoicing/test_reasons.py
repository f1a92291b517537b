"""What people are told of a reason."""

from decimal import Decimal

import pytest
from invoicing.reasons import Finding, Reason, Stopped, stop


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
