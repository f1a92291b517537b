"""Orders of every common shape with the exact invoice, or the exact reason why there is none.

Each case is two files under ``tests/data/haravan/invoicing``: ``NAME.order.json``, a body as Haravan sends it, and
``NAME.expected.json``, the settings it is judged with and what must come out of it; ``about`` says how the figures
come about. Settings may carry the shop's ``catalogue``, what a person ``release``d, and the ``portion`` that is due.
"""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from invoicing.catalogue import Catalogue, Item
from invoicing.claim import dress
from invoicing.content import Content
from invoicing.convert import Converted, ConvertHold, SeriesFacts, convert
from invoicing.decide import Issue, decide
from invoicing.order import Order, parse_order
from invoicing.portions import Portion
from invoicing.reasons import Reason
from invoicing.release import Release
from invoicing.rules import Rules
from invoicing.sums import not_tying
from meinvoice.models import InvoiceData
from pydantic import TypeAdapter

_FOLDER = Path(__file__).parents[2] / "data" / "haravan" / "invoicing"
_CASES = sorted(path.name.removesuffix(".order.json") for path in _FOLDER.glob("*.order.json"))
_ITEMS = TypeAdapter(tuple[Item, ...])
_PORTION = TypeAdapter(Portion | None)
_REF_ID = UUID("88d18970-380a-4138-bbce-e25049ca9e3c")


def _outcome(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    expected: dict[str, Any] = json.loads((_FOLDER / f"{name}.expected.json").read_bytes(), parse_float=Decimal)
    setting = expected["settings"]
    order = parse_order((_FOLDER / f"{name}.order.json").read_bytes())
    wanted = {key: value for key, value in expected.items() if key not in {"settings", "about"}}
    if "portion" in setting:  # which units are due is decided elsewhere
        return {"outcome": "Part", **_invoice(order, setting, wanted)}, wanted
    decision = decide(
        order,
        Rules.model_validate(setting["rules"]),
        today=dt.date.fromisoformat(setting["date"]),
        reread=setting.get("reread", False),
        catalogue=_catalogue(setting),
        release=_release(setting),
    )
    outcome: dict[str, Any] = {"outcome": type(decision).__name__, "reason": decision.reason.value}
    return outcome | (_invoice(order, setting, wanted) if isinstance(decision, Issue) else {}), wanted


def _invoice(order: Order, setting: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    date = dt.date.fromisoformat(setting["date"])
    facts = SeriesFacts(
        series=setting["series"],
        sign_type=setting["sign_type"],
        several_rates=setting.get("several_rates", True),
        summary=setting.get("summary", False),
    )
    result = convert(
        order,
        facts,
        Rules.model_validate(setting["rules"]),
        ref_id=_REF_ID,
        invoice_date=date,
        catalogue=_catalogue(setting),
        portion=_PORTION.validate_python(setting.get("portion")),
        release=_release(setting),
    )
    match result:
        case ConvertHold(reason):
            return {"outcome": "ConvertHold", "reason": reason.value}
        case Converted(content=content):
            assert repr(Content.from_json(content.to_json())) == repr(content)  # as if every value had been checked
            dressed = dress(content.to_json(), date=date, series_pattern=content.series)
            assert isinstance(dressed, str)
            assert len(content.sources) == len(content.invoice.OriginalInvoiceDetail)
            sources = {"sources": list(content.sources)} if "sources" in wanted else {}
            return {"invoice": json.loads(dressed, parse_float=Decimal), **sources}


def _catalogue(setting: dict[str, Any]) -> Catalogue:
    return Catalogue(_ITEMS.validate_python(setting.get("catalogue", ())))


def _release(setting: dict[str, Any]) -> Release:
    return Release(accepts=frozenset(Reason(each) for each in setting.get("release", {}).get("accepts", ())))


@pytest.mark.parametrize("name", _CASES)
def test_golden(name: str) -> None:
    """The order becomes exactly this invoice, or ends with exactly this reason."""
    outcome, expected = _outcome(name)
    assert outcome == expected
    if "invoice" in outcome:  # what is issued can be corrected by what it says
        invoice = InvoiceData.model_validate(outcome["invoice"])
        assert not_tying(invoice, with_vat=bool(invoice.TaxRateInfo)) == ()


def test_vendors_own_sample() -> None:
    """The order that meInvoice's own sample describes gives every figure and text of that sample (Open API §6)."""
    sample = json.loads((_FOLDER / "vendor-sample.invoice.json").read_bytes(), parse_float=Decimal)
    invoice = _outcome("vendor-sample")[0]["invoice"]
    (line,), (sample_line,) = invoice["OriginalInvoiceDetail"], sample["OriginalInvoiceDetail"]
    assert {key: line[key] for key in sample_line} == sample_line
    assert invoice["TaxRateInfo"] == sample["TaxRateInfo"]
    plain = sample.keys() - {"OriginalInvoiceDetail", "TaxRateInfo"}
    assert {key: invoice[key] for key in plain} == {key: sample[key] for key in plain}


def test_no_case_lacks_its_other_half() -> None:
    """Every order has its expectation and the other way round."""
    assert sorted(path.name.removesuffix(".expected.json") for path in _FOLDER.glob("*.expected.json")) == _CASES
    assert len(_CASES) >= 60
