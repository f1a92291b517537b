"""Which requests a fault hits."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError
from sandbox.common.call import Call, Use
from sandbox.common.clock import MovableClock
from sandbox.common.database import Database
from sandbox.common.faults import SCHEMA, FaultKind, FaultPlan, Faults
from sandbox.meinvoice.app import make_app, make_meinvoice

PUBLISH = Call(
    "POST",
    "/api/integration/invoice",
    owner="0101243150",
    series=frozenset({"1C26TAA"}),
    ref_ids=("A-1",),
    uses=frozenset({Use.CALL, Use.PUBLISH}),
)
ACCEPT = replace(PUBLISH, uses=PUBLISH.uses | {Use.ACCEPT})
CREATE = replace(PUBLISH, uses=frozenset({Use.CALL, Use.CREATE}))
STATUS = Call("POST", "/api/integration/invoice/status", owner="0101243150", uses=frozenset({Use.CALL, Use.STATUS}))
LOGIN = Call("POST", "/api/integration/auth/token", owner="0101243150", uses=frozenset({Use.LOGIN}))
DOWNLOAD = Call("POST", "/api/integration/invoice/download", owner="0101243150", uses=frozenset({Use.CALL}))


@pytest.fixture
def faults() -> Iterator[Faults]:
    """Faults over a database in memory."""
    database = Database(":memory:", SCHEMA)
    yield Faults(database)
    database.close()


def plan(*rules: dict[str, object], seed: int = 0) -> FaultPlan:
    """A plan as the control API reads it."""
    return FaultPlan.model_validate({"seed": seed, "rules": rules})


@pytest.mark.parametrize(
    ("rule", "hit"),
    (
        ({"path": "*/invoice"}, True),
        ({"path": "*/status"}, False),
        ({"method": "post", "series": "1C??TAA"}, True),
        ({"series": "1C26TBB"}, False),
        ({"tax_code": "0101243150"}, True),
        ({"owner": "0100109106"}, False),
        ({"ref_id": "a-1"}, True),
        ({"order_id": "5"}, False),
    ),
)
def test_every_condition_must_hold(faults: Faults, rule: dict[str, object], hit: bool) -> None:
    """A rule hits the requests that fit all of its conditions."""
    faults.replace(plan({"kind": "500-before", **rule}))
    assert bool(faults.pick(PUBLISH)) is hit


def test_skip_and_count_bound_a_rule(faults: Faults) -> None:
    """After `skip` matching requests the fault comes `count` times; others are not counted."""
    faults.replace(plan({"kind": "garbage", "path": "*/invoice", "skip": 1, "count": 2}))
    hits = [bool(faults.pick(call)) for call in (PUBLISH, STATUS, PUBLISH, PUBLISH, PUBLISH)]
    assert hits == [False, False, True, True, False]
    assert [(rule["matched"], rule["applied"]) for rule in faults.report()["rules"]] == [(4, 2)]


def test_chance_repeats_with_its_seed(faults: Faults) -> None:
    """The same seed hits the same requests, another seed others."""
    runs = []
    for seed in (1, 1, 2):
        faults.replace(plan({"kind": "429", "probability": 0.5}, seed=seed))
        runs.append([bool(faults.pick(PUBLISH)) for _ in range(40)])
    assert runs[0] == runs[1] != runs[2]
    assert 5 < sum(runs[0]) < 35


def test_several_rules_may_hit_one_request(faults: Faults) -> None:
    """Latency and what follows it can be combined."""
    faults.replace(plan({"kind": "latency", "seconds": 0.1}, {"kind": "accept-then-reset"}))
    assert [rule.kind for rule in faults.pick(PUBLISH)] == [FaultKind.LATENCY, FaultKind.ACCEPT_THEN_RESET]


CALLS = {
    "login": LOGIN,
    "create": CREATE,
    "publish": PUBLISH,
    "accept": ACCEPT,
    "status": STATUS,
    "download": DOWNLOAD,
}
INVOICES = {"create", "publish", "accept"}


@pytest.mark.parametrize(
    ("kind", "affected"),
    (
        ("number-race", INVOICES),
        ("refuse", INVOICES),
        ("licence-used-up", INVOICES),
        ("accept-then-refuse", INVOICES - {"create"}),
        ("element-missing", INVOICES - {"create"}),
        ("delayed-visibility", INVOICES - {"create"}),
        ("verdict-refused", INVOICES - {"create"}),
        ("asynchronous-slow", {"accept"}),
        ("asynchronous-never", {"accept"}),
        ("status-empty", {"status"}),
        ("token-expired", set(CALLS) - {"login"}),
        ("refuse-all", set(CALLS)),
        ("accept-then-500", set(CALLS)),
        ("429", set(CALLS)),
    ),
)
def test_a_fault_is_not_used_up_by_what_it_cannot_affect(faults: Faults, kind: str, affected: set[str]) -> None:
    """A rule without conditions matches the requests of its kind only; others it does not even count."""
    for name, call in CALLS.items():
        faults.replace(plan({"kind": kind, "count": 1}))
        assert bool(faults.pick(call)) is (name in affected), name
        told = faults.report()["rules"][0]
        assert (told["matched"], told["applied"]) == ((1, 1) if name in affected else (0, 0)), name


@pytest.mark.parametrize(
    ("kinds", "effective"),
    (
        (("accept-then-500", "500-before"), ["500-before"]),
        (("latency", "429", "500-before"), ["429"]),
        (("number-race", "token-expired", "delayed-visibility"), ["number-race"]),
        (("verdict-error", "verdict-refused", "delayed-visibility"), ["verdict-error", "delayed-visibility"]),
        (("element-twice", "element-missing"), ["element-twice"]),
        (("accept-then-reset", "element-missing", "delayed-visibility"), ["accept-then-reset", "delayed-visibility"]),
        (("slow", "garbage", "element-missing"), ["slow", "element-missing"]),
        (
            ("number-race", "accept-then-500", "latency", "latency"),
            ["number-race", "accept-then-500", *["latency"] * 2],
        ),
        (("asynchronous-slow", "asynchronous-slow", "refuse"), ["refuse"]),
    ),
)
def test_a_fault_without_effect_is_left_for_another_request(
    faults: Faults, kinds: tuple[str, ...], effective: list[str]
) -> None:
    """Of those that exclude each other one counts; the others are matched, not applied, and not on record."""
    faults.replace(plan(*({"kind": kind, "count": 1} for kind in kinds)))
    assert [str(rule.kind) for rule in faults.pick(ACCEPT)] == effective
    told = faults.report()["rules"]
    assert [each["matched"] for each in told] == [1] * len(kinds)
    assert sorted(str(each["kind"]) for each in told if each["applied"]) == sorted(effective)


def test_two_faults_that_exclude_each_other_hit_two_requests(faults: Faults) -> None:
    """Once the first has been used up the second has its turn."""
    faults.replace(plan({"kind": "accept-then-500", "count": 1}, {"kind": "500-before", "count": 1}))
    picked = [[str(rule.kind) for rule in faults.pick(PUBLISH)] for _ in range(3)]
    assert picked == [["500-before"], ["accept-then-500"], []]


def test_skip_counts_requests_that_another_fault_decided(faults: Faults) -> None:
    """What passes is counted by requests, not by what became of them."""
    faults.replace(plan({"kind": "token-expired", "count": 1}, {"kind": "licence-used-up", "skip": 1}))
    picked = [[str(rule.kind) for rule in faults.pick(PUBLISH)] for _ in range(2)]
    assert picked == [["token-expired"], ["licence-used-up"]]


def test_an_unknown_kind_is_refused() -> None:
    """A plan with a misspelt fault is not taken."""
    with pytest.raises(ValidationError):
        plan({"kind": "explode"})


async def test_latency_counts_the_processing_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What processing took is taken off the wait, so that the answer leaves when the latency says."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    def busy(*_: object) -> frozenset[str]:
        time.sleep(0.2)
        return frozenset()

    meinvoice = make_meinvoice(tmp_path, MovableClock(sleep=sleep))
    meinvoice.options.change({"latency_seconds": 5})
    transport = httpx.ASGITransport(make_app(meinvoice))
    monkeypatch.setattr(meinvoice.traffic, "enter", busy)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        await client.post("/api/integration/invoice", json={})
    meinvoice.database.close()
    assert len(slept) == 1
    assert 0 < slept[0] <= 4.8
