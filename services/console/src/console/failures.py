"""From what can go wrong to one clear line and an exit code."""

import re

import httpx
from aiokafka.errors import KafkaError
from lanes.operations import OperationRefused
from lanes.store import StoreUnavailable
from pymongo.errors import PyMongoError
from runtime.resources import reason_of
from runtime.secrets import SecretKeyError, UndecryptableError
from runtime.settings import InvalidSettingsError
from shops.problems import InvalidShopError
from shops.store import VersionConflictError

from console.session import CommandError, Session
from console.texts import Language, word

NOT_FOUND = 1
UNREACHABLE = 2  # wrong usage ends with it too

_SAID_WELL: dict[type[Exception], int] = {
    VersionConflictError: NOT_FOUND,
    SecretKeyError: UNREACHABLE,
    UndecryptableError: UNREACHABLE,
    StoreUnavailable: UNREACHABLE,
}
"""Failures whose own message is fit to be shown."""


_KEPT = {
    "failure-no-answer": re.compile(r"no answer within (?P<seconds>[\d.e+]+) s"),
    "failure-cut": re.compile("the caller stopped waiting for the answer"),
    "failure-left-behind": re.compile("the process ended before it recorded an answer; whether this was sent, .*"),
}
"""Sentences in place of an answer, as clients and publisher put them on record."""


def failure_of(session: Session, kept: str | None) -> str:
    """What kept an exchange from being answered, in the session's language; a name of an error stays what it is."""
    for key, sentence in _KEPT.items():
        if found := sentence.fullmatch(kept or ""):
            return session.word(key, **found.groupdict())
    return kept or ""


def explained(error: Exception, language: Language) -> tuple[int, str] | None:  # noqa: PLR0911 - one for each kind
    """Return exit code and message of a known failure; None for one that nobody expected."""
    match error:
        case CommandError():
            return error.code, word(error.key, language, **error.values)
        case OperationRefused():
            return NOT_FOUND, word(f"refused-{error.why.value}", language, subject=error.subject)
        case InvalidShopError():
            return NOT_FOUND, error.in_language(language)
        case InvalidSettingsError():
            return UNREACHABLE, word("settings", language, reason=error)
        case OverflowError() | UnicodeEncodeError():  # a number, day or text that MongoDB cannot hold
            return UNREACHABLE, word("beyond-limits", language)
        case PyMongoError() | KafkaError() | httpx.HTTPError():
            return UNREACHABLE, reason_of(error)
        case _:
            code = next((code for kind, code in _SAID_WELL.items() if isinstance(error, kind)), None)
            return (code, str(error)) if code else None
