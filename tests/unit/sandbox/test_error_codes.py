"""The sandbox explains its refusals in the sentences of the vendor's table."""

import json

import pytest
from sandbox.meinvoice.envelope import describe
from support.recorded_vendor import DATA as RECORDED
from support.sandboxes import DATA

TABLE: dict[str, str] = json.loads((DATA / "error_codes.json").read_text())
DOCUMENTED = json.loads((RECORDED / "error_codes.json").read_text())["codes"]


def test_the_table_is_whole() -> None:
    """It has every documented code, save those that are completed by a field's name."""
    assert set(TABLE) == {code for code in DOCUMENTED if "{" not in code}


@pytest.mark.parametrize("code", TABLE)
def test_every_fixed_code_has_the_vendors_sentence(code: str) -> None:
    """What a fault refuses with is told as the document tells it (Open API §14)."""
    assert describe(code) == TABLE[code]
