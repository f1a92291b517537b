"""Why an order was asked for again is read from the vendor's records, and nothing else."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.crash.cell import Result
from support.crash.evidence import Evidence
from support.crash.exceptions import exceptions, overtaken, ranges
from support.crash.faults import NONE
from support.crash.plan import Cell
from support.crash.repeats import repeats
from support.crash.steps import AFTER_ANSWER, STEPS
from support.crash_scene import AT, COMPANY, GOOD, RACE, request

FIRST = COMPANY.ref_ids[0]


def _look_ups(*numbers: int) -> list[dict[str, Any]]:
    return [{"id": number, "ref_ids": [FIRST.upper()]} for number in numbers]


def _seen(earlier: Mapping[str, Any], **more: Any) -> Evidence:
    """The first order, asked for in request 1 and again in request 10."""
    return replace(GOOD, requests=[{**request(1, 1), **earlier}, request(10, 1)], **more)


def _whole(code: str) -> dict[str, Any]:
    return {"outcome": {"refusal": code}, "status": 400}


KILLED = {"deaths": [AT + timedelta(seconds=2)]}
LOOKED_UP = {"look_ups": _look_ups(3, 4, 5, 6)}
AGAIN = "looked up and not found: the same body again"
TOKEN = "TokenExpiredCode"


@pytest.mark.parametrize(
    ("evidence", "why"),
    (
        (_seen(request(1, 1, told=RACE)), f"a race for the number ({RACE})"),
        (_seen(request(1, 1, told=RACE), **LOOKED_UP), f"a race for the number ({RACE})"),
        (_seen({"outcome": None, "status": 429, "faults": ["429"]}), "refused for now (HTTP 429)"),
        (
            _seen(_whole("TokenExpiredCode"), tokens=[{"id": 2}]),
            "the token was refused (TokenExpiredCode), and renewed",
        ),
        (
            _seen(_whole("LicenseInfo_OutOfInvoice"), resumed_after=1),
            "an account's fault (LicenseInfo_OutOfInvoice): blocked, and resumed",
        ),
        (
            _seen({**request(1, 1, 2), **_whole("InvalidInvoiceData")}),
            "the whole request was refused and no invoice named (InvalidInvoiceData): then one by one",
        ),
        (
            _seen({"outcome": None, "status": None, "faults": ["reset-before"]}, **LOOKED_UP),
            f"unknown outcome (no clear answer; not processed), {AGAIN}",
        ),
        (
            _seen({}, **KILLED, **LOOKED_UP),
            f"unknown outcome (its process was killed; issued), {AGAIN}",
        ),
    ),
)
def test_each_reason_is_told(evidence: Evidence, why: str) -> None:
    """Refused and known, or unknown and looked up."""
    (found,) = repeats(evidence)
    assert (found.place, found.request, found.orders, found.why) == (1, 10, "of the first request", why)


@pytest.mark.parametrize(
    "evidence",
    (
        _seen({}),
        _seen({}, **LOOKED_UP),
        _seen({}, **KILLED),
        _seen({}, **KILLED, look_ups=_look_ups(3, 4)),
        _seen({}, deaths=[AT + timedelta(seconds=20)], **LOOKED_UP),
        _seen(_whole("LicenseInfo_OutOfInvoice")),
        _seen(_whole(TOKEN)),
        _seen(request(1, 1, told="InvalidTaxCode")),
    ),
)
def test_what_no_record_explains_has_no_reason(evidence: Evidence) -> None:
    """It was issued and told so; nobody died, looked up twice, renewed a token or resumed in between."""
    assert [repeat.why for repeat in repeats(evidence)] == [""]


def test_creating_xml_again_is_no_repeat() -> None:
    """SignType 1: it issues nothing."""
    created = request(1, 1)
    created["outcome"]["step"] = "create"
    assert repeats(replace(GOOD, requests=[created, request(2, 1)])) == ()


def test_who_was_overtaken_is_told() -> None:
    """Order 1 is asked for again only after order 3."""
    requests = [request(1, 1, told=RACE), request(2, 3), request(3, 1)]
    (found,) = repeats(replace(GOOD, requests=requests))
    assert found.overtaken_by == (3,)
    assert overtaken([Result(cell=Cell(AFTER_ANSWER, NONE), repeats=(found,))]) == 1


def test_what_is_alike_shares_a_line() -> None:
    """Steps one after the other are a range; orders, too."""
    found = repeats(GOOD)
    results = [Result(cell=Cell(step, NONE), repeats=found if step in STEPS[1:4] else ()) for step in STEPS]
    (line,) = exceptions(results)
    assert (line.why, line.orders) == (f"a race for the number ({RACE})", "1-2 (of the first request)")
    assert (line.faults, line.steps, line.times) == ("none", f"{STEPS[1].number}-{STEPS[3].number}", 6)


def test_numbers_in_few_letters() -> None:
    """Runs become ranges."""
    assert ranges([3, 1, 2, 7]) == "1-3, 7"
    assert ranges([]) == ""
