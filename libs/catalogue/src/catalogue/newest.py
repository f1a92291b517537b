"""Writes that let only newer facts win, in one statement, so that repeats, late ones and races do no harm."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pymongo import UpdateOne

VERSION = "updated_at"


def put_if_newest(document_id: str, version: datetime, fields: Mapping[str, Any]) -> UpdateOne:
    """Set fields of a document, made if need be, unless it has a later `updated_at`; the same one is written again.

    Values of `fields` are MongoDB expressions: what is not meant as one stands in `$literal` (see `literal`).
    """
    newer = {"$lte": [{"$ifNull": [f"${VERSION}", None]}, version]}
    put = {"$mergeObjects": ["$$ROOT", {**fields, VERSION: version}]}
    return UpdateOne({"_id": document_id}, [{"$replaceWith": {"$cond": [newer, put, "$$ROOT"]}}], upsert=True)


def literal(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields whose values are taken as they are: a title may begin with a dollar sign."""
    return {name: {"$literal": value} for name, value in fields.items()}
