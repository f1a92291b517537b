"""Merging our note attributes into an order's own, without touching anybody else's.

Haravan's documented sample of `PUT /com/orders/{id}.json` replaces the whole list, so it is read, merged and put back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Merged:
    """The whole list to put, and whether that changes anything."""

    attributes: tuple[Mapping[str, Any], ...]
    changed: bool


def merge_note_attributes(current: Sequence[Mapping[str, Any]] | None, ours: Mapping[str, str]) -> Merged:
    """Keep every foreign pair as it is and where it is; set ours, in place where they exist, else at the end.

    A name of ours that is there several times is kept once. Names are compared exactly.
    """
    left, merged = dict(ours), list[Mapping[str, Any]]()
    for pair in current or ():
        name = pair.get("name")
        if name not in ours:
            merged.append(pair)
        elif name in left:
            merged.append(_same_or_new(pair, left.pop(name)))
    merged.extend({"name": name, "value": value} for name, value in left.items())
    return Merged(tuple(merged), changed=merged != list(current or ()))


def _same_or_new(pair: Mapping[str, Any], value: str) -> Mapping[str, Any]:
    return pair if pair.get("value") == value else {**pair, "value": value}


def missing_tags(current: str | None, ours: Sequence[str]) -> tuple[str, ...]:
    """Which of our tags the order's comma-separated text lacks; compared without case, as Haravan shows them."""
    there = {tag.strip().lower() for tag in (current or "").split(",")}
    return tuple(tag for tag in ours if tag.strip() and tag.strip().lower() not in there)
