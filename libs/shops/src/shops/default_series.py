"""Fills in the series that a mapping need not name: the account's only one, or the one it calls its default.

What is stored and exported names every series, so that a later change of an account moves no order unseen.
"""

from collections.abc import Mapping
from typing import Any


def with_default_series(document: Any) -> Any:
    """The shop document with a series for each account that its mapping names; what cannot be filled in is left."""
    match document:
        case {"accounts": list() | tuple() as accounts, "mapping": Mapping() as mapping}:
            known = {name: series for each in accounts for name, series in _default_of(each)}
            return {**document, "mapping": _filled(mapping, known)}
        case _:
            return document


def _default_of(account: Any) -> list[tuple[str, Any]]:
    match account:
        case {"name": str() as name, "default_series": str() as series}:
            return [(name.strip(), series)]
        case {"name": str() as name, "series": [{"series": series}]}:
            return [(name.strip(), series)]
        case _:
            return []


def _filled(mapping: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    filled = dict(mapping)
    if "default" in filled:
        filled["default"] = _target(filled["default"], known)
    match filled.get("assignments"):
        case list() | tuple() as assignments:
            filled["assignments"] = [_target(each, known) for each in assignments]
        case _:
            pass
    return filled


def _target(target: Any, known: Mapping[str, Any]) -> Any:
    match target:
        case {"account": str() as account} if target.get("series") is None and account in known:
            return {**target, "series": known[account]}
        case _:
            return target
