"""The page about the sandbox names everything there is."""

import re
from pathlib import Path

import pytest
from sandbox.common.faults import FaultKind, FaultRule
from sandbox.meinvoice import control
from sandbox.meinvoice.accounts import Account, Template
from sandbox.meinvoice.options import MeInvoiceOptions
from sandbox.signing.options import SignServiceOptions

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "sandbox.md").read_text()
SPANS = " ".join(re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)))
IN_CODE = set(re.findall(r"[\w-]+", SPANS)) | set(re.findall(r"/[\w/{}-]+", SPANS))


@pytest.mark.parametrize(
    "names",
    (
        set(map(str, FaultKind)),
        set(FaultRule.model_fields) - {"owner"},
        set(Account.model_fields),
        set(Template.model_fields),
        set(MeInvoiceOptions.model_fields),
        set(SignServiceOptions.model_fields),
        {route.path for route in control.ROUTES},
    ),
    ids=("faults", "conditions", "company", "template", "meinvoice", "sign-service", "routes"),
)
def test_everything_is_on_the_page(names: set[str]) -> None:
    """Every fault, condition, field, switch and route is written there as code."""
    assert names - IN_CODE == set()
