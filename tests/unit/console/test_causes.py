"""Causes in the language of the reader: meInvoice's codes, our own, and what an operator wrote."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from console.causes import OWN_CAUSES, cause_of
from console.output import Output
from console.session import Session
from console.texts import Language

ROOT = Path(__file__).parents[3]
SOURCES = ("libs/lanes/src/lanes", "services/invoicer/src/invoicer/adapters")
TOLD_AS_WRITTEN = {"Paused", "SetAside", "Withdrawn", "Held"}
"""With these stands what an operator or a publisher wrote."""
NO_CODES = re.compile(r"Org\w+|ReferenceType|Lane\w+|\w+Store|\w*Transaction\w*|\w+WriteError")
"""Fields of meInvoice, our own classes, MongoDB's labels of errors."""
_VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)


def session(language: Language) -> Session:
    return Session(language, Output(as_json=False))


def codes() -> Iterator[str]:
    """Every code that our own source gives to an intent, a lane or an account: CamelCase strings."""
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
                if is_text and re.fullmatch(r"(?:[A-Z][a-z]+){2,}|XML[A-Za-z]+|Signing", node.value):  # type: ignore[attr-defined]  # is a Constant
                    yield node.value  # type: ignore[attr-defined]  # the same


def test_every_code_of_our_own_has_a_sentence_in_both_languages() -> None:
    """A code without one would show a Vietnamese reader English, or an English one Vietnamese."""
    found = {code for code in codes() if not NO_CODES.fullmatch(code)}
    assert {"SignRefused", "TryAgainLimit", "SeriesNotConfigured"} <= found
    assert found - TOLD_AS_WRITTEN == set(OWN_CAUSES)
    for code, own in OWN_CAUSES.items():
        assert _VIETNAMESE.search(own.vi), code
        assert not _VIETNAMESE.search(own.en), code


@pytest.mark.parametrize(
    ("language", "code", "reason", "told"),
    (
        ("vi", "SignRefused", "Công cụ ký số từ chối: Sai mã PIN.", r"^Công cụ ký số từ chối: Sai mã PIN\.$"),
        ("en", "SignRefused", "Công cụ ký số từ chối: Sai mã PIN.", r"^The signing tool refused.*\(Công cụ.*PIN\.\)$"),
        ("vi", "TryAgainLimit", "r1: refused 10 times", r"^meInvoice báo thử lại.*\(r1: refused 10 times\)$"),
        ("en", "TryAgainLimit", "r1: refused 10 times", r"^r1: refused 10 times$"),
        ("en", "Signing", None, r"^Being signed"),
        ("vi", "XMLNotCreated", "success without XML", r"^meInvoice chưa tạo được XML.*\(success without XML\)$"),
        ("en", "original-replaced", "Hóa đơn gốc đã bị thay thế.", r"^[A-Za-z].*replaced.*\(Hóa đơn gốc.*\)$"),
        ("vi", "original-replaced", "Hóa đơn gốc đã bị thay thế.", r"^Hóa đơn gốc đã bị thay thế\.$"),
        ("en", "rate-expired", "Thuế suất 8% không còn hiệu lực ngày 2027-01-01.", r"^The rate .*\(Thuế suất 8%.*\)$"),
        ("en", "content-unreadable", None, r"^The stored invoice content cannot be read"),
        ("en", "InvalidTaxCode", "Mã số thuế không hợp lệ.", r"tax code"),
        ("vi", "Paused", "Kiểm kê cuối tháng", r"^Kiểm kê cuối tháng$"),
        ("en", "Paused", "Kiểm kê cuối tháng", r"^Kiểm kê cuối tháng$"),
        ("en", "SomethingNew", None, r"^SomethingNew$"),
        ("en", None, None, r"^$"),
    ),
)
def test_a_cause_is_told_in_the_readers_language(
    language: Language, code: str | None, reason: str | None, told: str
) -> None:
    """Details that were kept in the other language follow in brackets; nothing that was kept is left out."""
    assert re.search(told, cause_of(session(language), code, reason))
