"""Orders of every common shape with the exact invoice, or the exact reason why there is none.

Each case is two files under ``tests/data/haravan/invoicing``: ``NAME.order.json``, a body as Haravan sends it, and
``NAME.expected.json``, the settings it is judged with and what must come out of it.
"""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from invoicing.claim import dress
from invoicing.convert import Converted, ConvertHold, SeriesFacts, convert
from invoicing.decide import Issue, decide
from invoicing.order import parse_order
from invoicing.rules import Rules
from invoicing.sums import not_tying
from meinvoice.models import InvoiceData

_FOLDER = Path(__file__).parents[2] / "data" / "haravan" / "invoicing"
_CASES = sorted(path.name.removesuffix(".order.json") for path in _FOLDER.glob("*.order.json"))
_REF_ID = UUID("88d18970-380a-4138-bbce-e25049ca9e3c")


def _outcome(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    expected: dict[str, Any] = json.loads((_FOLDER / f"{name}.expected.json").read_bytes(), parse_float=Decimal)
    setting = expected["settings"]
    order = parse_order((_FOLDER / f"{name}.order.json").read_bytes())
    rules, date = Rules.model_validate(setting["rules"]), dt.date.fromisoformat(setting["date"])
    decision = decide(order, rules, today=date, reread=setting.get("reread", False))
    outcome: dict[str, Any] = {"outcome": type(decision).__name__, "reason": decision.reason.value}
    if isinstance(decision, Issue):
        facts = SeriesFacts(series=setting["series"], sign_type=setting["sign_type"])
        outcome |= _invoice(convert(order, facts, rules, ref_id=_REF_ID, invoice_date=date), date)
    return outcome, {key: value for key, value in expected.items() if key not in {"settings", "about"}}


def _invoice(result: Converted | ConvertHold, date: dt.date) -> dict[str, Any]:
    match result:
        case ConvertHold(reason):
            return {"outcome": "ConvertHold", "reason": reason.value}
        case Converted(content=content):
            dressed = dress(content.to_json(), date=date, series_pattern=content.series)
            assert isinstance(dressed, str)
            return {"invoice": json.loads(dressed, parse_float=Decimal)}


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
    assert len(_CASES) >= 30
