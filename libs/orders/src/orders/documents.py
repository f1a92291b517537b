"""Between `OrderRecord` and what MongoDB keeps: Decimals become Decimal128, dates become texts."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bson import Decimal128

from orders.model import OrderRecord


def to_document(record: OrderRecord) -> dict[str, Any]:
    """The document of a record."""
    return {"_id": record.document_id, **encode(record.model_dump())}


def from_document(document: Mapping[str, Any]) -> OrderRecord:
    """The record of a document."""
    fields = {name: _decode(value) for name, value in document.items() if name != "_id"}
    return OrderRecord.model_validate(fields)


def encode(value: Any) -> Any:
    """What MongoDB can keep of a value."""
    match value:
        case Decimal():
            return Decimal128(value)
        case datetime():
            return value
        case date():
            return value.isoformat()
        case dict():
            return {name: encode(inner) for name, inner in value.items()}
        case list() | tuple():
            return [encode(inner) for inner in value]
        case _:
            return value


def _decode(value: Any) -> Any:
    match value:
        case Decimal128():
            return value.to_decimal()
        case dict():
            return {name: _decode(inner) for name, inner in value.items()}
        case list():
            return [_decode(inner) for inner in value]
        case _:
            return value
