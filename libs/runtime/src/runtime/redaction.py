"""What must never be written down: secrets anywhere, personal data in logs.

Secrets are masked wherever they appear. Personal data (names, phones, e-mails, addresses, tax ids of buyers) are
masked in logs only: the log of exchanges keeps them, and forgets them after its time. Encrypting what a database keeps
on disk is the database's part (docs/how-to/own-kafka-and-mongodb.md).
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

MASK = "********"

_HIDDEN_NAMES = (
    "password|passwd|pwd|secret|client_secret|app_secret|webhook_secrets?|verify_token|authorization|cookie"
    "|access_token|refresh_token|id_token|token|app_?id|api_?key|secret_keys"
)
_PERSONAL_NAMES = (
    "\\w*phone\\w*|mobile|(?!is_?send)\\w*e_?mail\\w*|address\\d?|first_name|last_name|full_?name"
    "|buyer\\w*|customer\\w*|receiver\\w*|stock_?in\\w*|billing_address|shipping_address|note|note_attributes"
    "|account_?object\\w*|invoice_?note|other_?info|custom_?field\\d*"
    "|identity_number|citizen_id|client_details|browser_ip"
)
# One of these is part of every hidden name: looking for them costs a hundredth of looking for a member.
_STEMS_OF_HIDDEN_NAMES = (
    *("passw", "pwd", "secret", "token", "authorization", "cookie"),
    *("appid", "app_id", "apikey", "api_key"),
)
_SECRET_KEY = re.compile(rf"(?:{_HIDDEN_NAMES})", re.IGNORECASE)
_PERSONAL_KEY = re.compile(rf"(?:{_PERSONAL_NAMES})", re.IGNORECASE)
# A member of JSON text, which may itself be quoted inside a JSON string (backslashes before the quotes).
_SECRET_MEMBER = re.compile(
    rf'(?P<head>(?P<quote>\\*")(?:{_HIDDEN_NAMES})(?P=quote)\s*:\s*(?P=quote))(?:(?!(?P=quote)).)*',
    re.IGNORECASE | re.DOTALL | re.ASCII,
)
_JWT = re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}")
_CREDENTIALS_IN_URL = re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)")
_QUERY_SECRET = re.compile(rf"(?ia)(?<=[?&])((?:hub\.)?(?:{_HIDDEN_NAMES}))=[^&\s]+")


def redact_text(text: str) -> str:
    """Mask secrets in free text, JSON text and URLs; everything else stays character by character."""
    lowered = text.lower()
    hidden = any(stem in lowered for stem in _STEMS_OF_HIDDEN_NAMES)
    if hidden:
        text = _SECRET_MEMBER.sub(lambda match: match["head"] + MASK, text)
    if "eyJ" in text:
        text = _JWT.sub(MASK, text)
    if "bearer" in lowered or "basic" in lowered:
        text = _BEARER.sub(lambda match: f"{match[1]} {MASK}", text)
    if "://" in text:
        text = _CREDENTIALS_IN_URL.sub(MASK, text)
    return _QUERY_SECRET.sub(lambda match: f"{match[1]}={MASK}", text) if hidden else text


def redact_fields(value: Any) -> Any:
    """Mask secrets and personal data by the names of mappings' members, at any depth."""
    if type(value) is str:  # what nearly every value is, before the slower questions
        return redact_text(value)
    match value:
        case Mapping():
            return {
                key: MASK if _is_private(str(key)) and member else redact_fields(member)
                for key, member in value.items()
            }
        case list() | tuple():
            return [redact_fields(member) for member in value]
        case str():
            return redact_text(value)
        case _:
            return value


@lru_cache(maxsize=1024)
def _is_private(name: str) -> bool:
    return bool(_SECRET_KEY.fullmatch(name) or _PERSONAL_KEY.fullmatch(name))
