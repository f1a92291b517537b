"""Between a shop and what MongoDB keeps of it: each secret encrypted on its own, everything else readable."""

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import SecretStr, ValidationError
from runtime.secrets import SecretBox

from shops.documents import document_of
from shops.models import Shop
from shops.problems import InvalidShopError, problems_of

ENCRYPTED = "encrypted"
"""The only key of what stands in a secret's place."""


def to_stored(shop: Shop, box: SecretBox) -> dict[str, Any]:
    """Return the document to store; decimals and dates become text."""
    document = document_of(shop, secret=lambda secret: {ENCRYPTED: box.encrypt(secret.get_secret_value())})
    stored: dict[str, Any] = _writable(document)
    return stored


def from_stored(document: dict[str, Any], box: SecretBox) -> Shop:
    """Read a stored document.

    Raises:
        InvalidShopError: when it does not fit the present model.
        UndecryptableError: when a secret was encrypted with a key that is no longer given.
    """
    try:
        return Shop.model_validate(_decrypted(document, box))
    except ValidationError as error:
        raise InvalidShopError(problems_of(error)) from error


def rotated(document: Any, box: SecretBox) -> Any:
    """Return a stored document with each secret encrypted by the first key, whichever key it had.

    Raises:
        UndecryptableError: when a secret was encrypted with a key that is no longer given.
    """
    match document:
        case {"encrypted": str(token), **rest} if not rest:
            return {ENCRYPTED: box.rotate(token)}
        case dict():
            return {key: rotated(item, box) for key, item in document.items()}
        case list():
            return [rotated(item, box) for item in document]
        case _:
            return document


def _writable(value: Any) -> Any:
    match value:
        case dict():
            return {key: _writable(item) for key, item in value.items()}
        case list():
            return [_writable(item) for item in value]
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case _:
            return value


def _decrypted(value: Any, box: SecretBox) -> Any:
    match value:
        case {"encrypted": str(token), **rest} if not rest:
            return SecretStr(box.decrypt(token))
        case dict():
            return {key: _decrypted(item, box) for key, item in value.items()}
        case list():
            return [_decrypted(item, box) for item in value]
        case _:
            return value
