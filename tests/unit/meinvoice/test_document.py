"""The models against the tables of the document: no field is missing, none has another type."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from typing import Annotated, Any, Literal, get_args, get_origin
from uuid import UUID

import pytest
from meinvoice import models
from meinvoice.limits import check_invoice
from meinvoice.models import InvoiceData
from pydantic import BaseModel
from support.recorded_vendor import DATA

TABLES: Mapping[str, Mapping[str, str]] = {
    name: table for name, table in json.loads((DATA / "fields.json").read_text()).items() if isinstance(table, dict)
}
WRITTEN_AS_DATE = {"InvDate", "OrgInvDate"}
"""Texts of the document that hold a date, yyyy-MM-dd."""
READ_AS_TEXT = {"PublishedTime"}
"""Times that are only read, kept as the vendor writes them."""
KINDS: Mapping[str, set[type]] = {
    "string": {str},
    "guid": {UUID},
    "decimal": {Decimal},
    "integer": {int},
    "int": {int},
    "number": {int},
    "boolean": {bool},
    "bool": {bool},
    "DateTime": {date, datetime},
}
INVOICE: dict[str, Any] = json.loads((DATA / "invoice.json").read_text()) | {
    "InvSeries": "1C26TAA",
    "InvDate": "2026-10-02",
}


def kinds_of(annotation: Any) -> Iterator[type]:
    """The plain types behind an annotation, without None."""
    if get_origin(annotation) is Annotated:
        yield from kinds_of(get_args(annotation)[0])
    elif get_origin(annotation) is Literal:
        yield from (type(value) for value in get_args(annotation))
    elif get_args(annotation):
        yield from (kind for one in get_args(annotation) if one is not Ellipsis for kind in kinds_of(one))
    elif annotation is not type(None):
        yield int if isinstance(annotation, type) and issubclass(annotation, IntEnum) else annotation


def expected(name: str, told: str) -> set[type]:
    """The types that a documented type is held in."""
    if name in WRITTEN_AS_DATE:
        return {date}
    if name in READ_AS_TEXT:
        return {str}
    inner = told.removeprefix("List<").removesuffix(">")
    return KINDS.get(told) or {getattr(models, inner)}


def differences(model: type[BaseModel], table: Mapping[str, str]) -> list[str]:
    """How a model differs from the document's table."""
    found = []
    for name, told in table.items():
        field = model.model_fields.get(name)
        if field is None:
            found.append(f"{name} is missing")
        elif set(kinds_of(field.annotation)) != expected(name, told.removesuffix(" x")):
            found.append(f"{name} is no {told}")
    return found


@pytest.mark.parametrize("name", TABLES)
def test_every_field_of_the_document_is_there_with_its_type(name: str) -> None:
    """Each object has each of its documented fields, special trades included, spelled as the vendor spells it."""
    assert differences(getattr(models, name), TABLES[name]) == []


def test_a_missing_field_and_a_wrong_type_are_found() -> None:
    """The walk above fails for what it is there for."""

    class Wrong(BaseModel):
        FeeAmountOC: float | None = None

    assert differences(Wrong, TABLES["FeeInfo"]) == ["FeeName is missing", "FeeAmountOC is no decimal"]


def required(name: str) -> list[str]:
    """Fields of an object that the document marks with an x."""
    return [field for field, told in TABLES[name].items() if told.endswith(" x")]


@pytest.mark.parametrize("name", required("InvoiceData"))
def test_what_an_invoice_requires_is_asked_for(name: str) -> None:
    """An invoice without it is not sendable, unless the document gives a default."""
    without = {field: value for field, value in INVOICE.items() if field != name}
    told = {problem.field for problem in check_invoice(json.dumps(without))}
    assert told == (set() if name == "IsInvoiceSummary" else {name})


@pytest.mark.parametrize("name", required("OriginalInvoiceDetail"))
def test_what_a_line_requires_is_asked_for(name: str) -> None:
    """A line of goods without it is named, with its number where it has one."""
    (line,) = INVOICE["OriginalInvoiceDetail"]
    without = {field: value for field, value in line.items() if field != name}
    told = check_invoice(json.dumps(INVOICE | {"OriginalInvoiceDetail": [without]}))
    assert [problem.field.endswith(f".{name}") for problem in told] == [True]


def test_every_field_can_be_sent_and_read_back() -> None:
    """One invoice of all trades at once keeps every field through its JSON text."""
    values: dict[str, Any] = {
        "string": "x",
        "decimal": Decimal("1.50"),
        "bool": True,
        "boolean": True,
        "int": 1,
        "integer": 1,
        "DateTime": "2026-10-02T08:30:00",
    }
    special = {
        "BuyerEmail": "a@b.vn",
        "BuyerIDNumber": "012345678901",
        "BuyerBudgetCode": "1234567",
        "ReceiverEmail": "a@b.vn",
        "OrgInvNo": "00000067",
        "OrgInvTemplateNo": "1",
        "OrgInvSeries": "C26TAA",
        "OrgInvDate": "2026-09-01",
        "VATRateName": "KHAC:3.5%",
        "OptionUserDefined": {"MainCurrency": "VND"},
    }

    def filled(name: str) -> dict[str, Any]:
        return {field: value_of(field, told.removesuffix(" x")) for field, told in TABLES[name].items()}

    def value_of(field: str, told: str) -> Any:
        if field in special:
            return special[field]
        return [filled(told[5:-1])] if told.startswith("List<") else values[told]

    general = {"RefID": INVOICE["RefID"], "InvSeries": "1C26TAA", "InvDate": "2026-10-02"}
    table = {field: told for field, told in TABLES["InvoiceData"].items() if field not in general}
    whole = InvoiceData.model_validate(
        general | {field: value_of(field, told.removesuffix(" x")) for field, told in table.items()}
    )
    text = whole.to_json()
    assert set(TABLES["InvoiceData"]) <= set(json.loads(text))
    assert set(TABLES["OriginalInvoiceDetail"]) <= set(json.loads(text)["OriginalInvoiceDetail"][0])
    assert InvoiceData.from_json(text) == whole
    assert check_invoice(text) == ()
