"""A shop's branches, held against its locations at Haravan."""

from decimal import Decimal
from typing import Any

import pytest
from haravan.errors import ForbiddenError, HaravanError, Refusal, UnavailableError
from shops.checks import check
from shops.findings import Finding, Severity
from shops.models import Shop
from support.checked_shops import TODAY, clients_for, codes, grave
from support.shops import example_with

_KHO, _QUAN_1, _TRANSIT = (
    {"id": 700101, "name": "Kho chính", "type": "default"},
    {"id": Decimal(700102), "name": "Quận 1", "type": "default"},
    {"id": 9, "name": "Đang đi đường", "type": "ontheroad"},
)
_BY_BRANCH = "  assignments:\n    - {dimension: branch, values: [%s], account: cong-ty-b, series: 1C__TBB}\n"


def _with_branches(values: str, *, default: bool = True) -> Shop:
    replaced = {"  assignments:\n": _BY_BRANCH % values}
    if not default:
        replaced |= {"  default: {account: cong-ty-a, series: 1C__TAA}\n": ""}
    return example_with("two-companies", replaced)


async def _of_haravan(shop: Shop, locations: list[dict[str, Any]] | HaravanError) -> list[Finding]:
    clients = clients_for(shop)
    clients.haravan_client.locations_answer = locations
    return [found for found in await check(shop, clients, TODAY) if not found.where.startswith("accounts")]


@pytest.mark.parametrize(
    ("values", "default", "expected"),
    (
        ("700101", True, []),
        ("700101, 700199", True, [("branch-unknown", "mapping.assignments[0].values")]),
        ("700101", False, [("no-default", "mapping.default"), ("branches-left", "mapping.assignments")]),
        ("700101, 700102", True, [("hidden-dimension", "mapping.dimensions")]),
    ),
)
async def test_branches_are_held_against_haravan(values: str, default: bool, expected: list[tuple[str, str]]) -> None:
    """Branches that are not there, are left out, or leave nothing to later dimensions are told."""
    found = await _of_haravan(_with_branches(values, default=default), [_KHO, _QUAN_1, _TRANSIT])
    assert grave(found) == expected


async def test_an_unknown_branch_is_told_with_those_that_are_there() -> None:
    """Whoever mends it needs the numbers; where the default stands for a branch is told as well."""
    found = {one.code: one for one in await _of_haravan(_with_branches("5"), [_KHO, _QUAN_1])}
    assert found["branch-unknown"].what.vi == "Shop không có chi nhánh 5; có: 700101 Kho chính, 700102 Quận 1."
    assert "700101 Kho chính, 700102 Quận 1" in found["branches-to-default"].what.en


@pytest.mark.parametrize(
    ("refusal", "code"),
    (
        (ForbiddenError(Refusal(403)), "haravan-no-locations"),
        (UnavailableError(Refusal(503)), "haravan-unreachable"),
    ),
)
async def test_locations_that_cannot_be_read(refusal: HaravanError, code: str) -> None:
    """Branches that nobody can check are told; the rest of the check goes on."""
    found = await _of_haravan(_with_branches("700101"), refusal)
    assert (code, "haravan-reads-orders") == (grave(found)[0][0], codes(found, Severity.OK)[-2])


async def test_branches_of_rules_are_checked() -> None:
    """A rule on a branch that is not there would never hold."""
    when = "  when: [{name: Kho, branch: 5, then: skip}, {name: Kho 2, branch: [5], then: hold}]\n"
    shop = example_with("one-company", {"  start_date:": f"{when}  start_date:"})
    assert grave(await _of_haravan(shop, [_KHO])) == [
        ("shadowed-rule", "rules.when[1]"),
        ("branch-unknown", "rules.when[0].branch"),
        ("branch-unknown", "rules.when[1].branch"),
    ]
