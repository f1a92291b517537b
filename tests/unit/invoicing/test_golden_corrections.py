"""Orders that change after their invoice, with the exact documents that follow.

Each case is a file under ``tests/data/haravan/corrections``: the order as invoiced, what its later states have in
place of that, and for each state what must come of it, computed by hand (`about`). A line is its source, code, name,
quantity, unit price, amount, discount, net, rate and VAT; totals are the amount, discount, net, VAT and all of it.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from invoicing.order import parse_order
from invoicing.rules import Rules
from invoicing.sums import not_tying
from support.corrected_orders import Life, Made, written

_FOLDER = Path(__file__).parents[2] / "data" / "haravan" / "corrections"
_CASES = sorted(path.stem for path in _FOLDER.glob("*.json"))


@pytest.mark.parametrize("name", _CASES)
def test_golden_correction(name: str) -> None:
    """Each state calls for exactly these documents, and once they are issued the same state calls for none."""
    case: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_bytes(), parse_float=Decimal)
    rules = Rules.model_validate(case["settings"]["rules"])
    life = Life(order=parse_order(case["order"]), rules=rules, series=case["settings"]["series"])
    for change, expected in zip(case["states"], case["expected"], strict=True):
        state = parse_order({**case["order"], **change})
        outcomes = life.after(state)
        assert [written(each) for each in outcomes] == expected
        for made in (each.correction.content.invoice for each in outcomes if isinstance(each, Made)):
            assert not_tying(made, with_vat=case["settings"]["series"][0] == "1") == ()
        if all(isinstance(each, Made) and each.due.mode != "flag" for each in outcomes):
            assert life.after(state) == []


def test_no_case_is_lost() -> None:
    """The folder is where this test looks."""
    assert len(_CASES) >= 30
