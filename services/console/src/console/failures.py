"""From what can go wrong to one clear line and an exit code."""

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

from console.session import CommandError
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
