"""A shop as a plain document: for YAML, for MongoDB, for comparing, with its secrets replaced."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import SecretStr
from pydantic_core import to_jsonable_python

from shops.models import Shop
from shops.problems import Path

MASK = "********"
"""Stands for a secret that is stored and not shown."""


def mask(_secret: SecretStr) -> str:
    """Show that there is a secret, nothing of it."""
    return MASK


def document_of(shop: Shop, secret: Callable[[SecretStr], Any] = mask) -> dict[str, Any]:
    """Return the shop as dictionaries and lists; `secret` says what stands for each secret.

    Decimals and dates stay what they are; enumerations become their values.
    """
    document: dict[str, Any] = _plain(shop.model_dump(), secret)
    return document


def _plain(value: Any, secret: Callable[[SecretStr], Any]) -> Any:
    match value:
        case SecretStr():
            return secret(value)
        case dict():
            return {_key(key): _plain(item, secret) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item, secret) for item in value]
        case set() | frozenset():
            return sorted((_plain(item, secret) for item in value), key=str)
        case _:
            return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value if isinstance(value, str | int | Decimal | date | None) else to_jsonable_python(value)


def _key(key: Any) -> str:
    return str(key.value if isinstance(key, Enum) else key)


def leaves(shop: Shop) -> dict[Path, Any]:
    """Return every single value by its path; accounts stand under their names, so that moving one changes nothing."""
    found: dict[Path, Any] = {}
    _collect(document_of(shop, secret=lambda value: value), (), found)
    return found


def _collect(value: Any, path: Path, found: dict[Path, Any]) -> None:
    match value:
        case dict() if value:
            for key, item in value.items():
                _collect(item, (*path, key), found)
        case list() if value:
            for position, item in enumerate(value):
                _collect(item, (*path, position_key(path, position, item)), found)
        case _:
            found[path] = value


def position_key(path: Path, position: int, item: Any) -> str | int:
    """Return what names an entry of a list: an account's name, a position otherwise."""
    if path == ("accounts",) and isinstance(item, dict) and isinstance(item.get("name"), str):
        return str(item["name"])
    return position
