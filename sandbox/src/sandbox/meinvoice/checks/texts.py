"""Texts that fit into XML (XML 1.0, §2.2): an invoice is one, whatever it is sent as."""

import re
from collections.abc import Mapping
from typing import Any

from sandbox.meinvoice.checks.refusal import RefusedError

_OUTSIDE_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def is_text(text: str) -> bool:
    """Whether XML can hold the text: no control characters but tab and line ends, no half a character."""
    return text.isprintable() or _OUTSIDE_XML.search(text) is None  # nearly always the first, which is quicker


def check_texts(invoice: Mapping[str, Any]) -> None:
    """Every text of the invoice or of its signed form, names of fields too, can stand in XML.

    Raises:
        RefusedError: `InvalidXMLData` (§14). `CreateInvoiceDataError` would say that the cause is not known.
    """
    waiting: list[Any] = [invoice]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if not is_text(value):
                raise RefusedError("InvalidXMLData", "XML không hợp lệ: có ký tự không được phép")
        elif isinstance(value, Mapping):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
