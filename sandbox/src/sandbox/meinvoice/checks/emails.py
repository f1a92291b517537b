"""E-mail addresses: one, or several separated by `;` (Open API §10, §13.3, §13.10)."""

import re

from sandbox.meinvoice.checks.numbers import Fields
from sandbox.meinvoice.checks.refusal import invalid

_ADDRESS = re.compile(r"[^@\s;,]+@[^@\s;,]+\.[^@\s;,]+")


def is_address(text: str) -> bool:
    """Whether the text is one address."""
    return _ADDRESS.fullmatch(text) is not None


def addresses(text: object) -> list[str] | None:
    """The addresses of a field, several separated by `;`; None where one of them is none."""
    found = [part.strip() for part in str(text or "").split(";") if part.strip()]
    return found if all(is_address(each) for each in found) else None


def check_receiver(fields: Fields) -> None:
    """Where an e-mail is asked for, `ReceiverEmail` holds addresses; it may be left out (Open API §13.3, §13.10)."""
    wanted, receiver = fields.get("IsSendEmail"), fields.get("ReceiverEmail")
    if wanted is not None and not isinstance(wanted, bool):
        raise invalid("IsSendEmail", "chỉ nhận true hoặc false")
    if wanted and receiver not in (None, "") and not (isinstance(receiver, str) and addresses(receiver)):
        raise invalid("ReceiverEmail", "phải là địa chỉ email, nhiều địa chỉ phân tách bởi dấu ;")
