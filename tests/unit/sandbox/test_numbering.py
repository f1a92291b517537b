"""Whatever is published in whatever order: numbers without gap, one invoice per RefID, dates not going back."""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sandbox.common import jsons
from sandbox.common.clock import MovableClock
from sandbox.meinvoice.app import make_app, make_meinvoice
from sandbox.meinvoice.series import parse_series
from support.sandboxes import ACCOUNT, LOGIN, TAX_CODE, Json, batch, invoice

START = datetime(2026, 12, 29, 3, tzinfo=UTC)
SERIES = ("1C26TAA", "1C26TAB", "1C27TAA")

publishing = st.lists(
    st.tuples(st.integers(0, 7), st.sampled_from(SERIES), st.integers(-2, 1), st.booleans()), min_size=1, max_size=4
)
steps = st.lists(st.tuples(publishing, st.integers(0, 2), st.sampled_from(("", "accept-then-500"))), max_size=12)


def entry(reference: int, series: str, day: str, good: bool) -> Json:
    """An invoice that is to be issued, or refused for its total."""
    body = invoice(RefID=str(UUID(int=reference)), InvSeries=series, InvDate=day)
    return body if good else body | {"TotalAmount": 1}


async def run(script: list[tuple[list[tuple[int, str, int, bool]], int, str]], folder: Path) -> tuple[Json, list[Json]]:
    """Publish step by step; gives the audit and all answered elements."""
    clock = MovableClock(time=lambda: START)
    meinvoice = make_meinvoice(folder, clock)
    elements: list[Json] = []
    transport = httpx.ASGITransport(make_app(meinvoice))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        account = ACCOUNT | {"templates": ["1C26TAA", "1C26TAB"]}
        await client.put(f"/_sandbox/accounts/{TAX_CODE}", json=account)
        token = (await client.post("/api/integration/auth/token", json=LOGIN)).json()["Data"]
        for entries, days, fault in script:
            clock.offset += timedelta(days=days)
            await client.put("/_sandbox/faults", json={"rules": [{"kind": fault}] if fault else []})
            today = (clock.now() + timedelta(hours=7)).date()
            bodies = [entry(ref, series, str(today + timedelta(days=day)), good) for ref, series, day, good in entries]
            answer = await client.post(
                "/api/integration/invoice", json=batch(*bodies), headers={"Authorization": f"Bearer {token}"}
            )
            if answer.status_code == 200:
                elements += jsons.loads(answer.json()["publishInvoiceResult"])
        report = (await client.get("/_sandbox/audit")).json()
        issued = (await client.get("/_sandbox/invoices")).json()["invoices"]
    meinvoice.database.close()
    assert len({row["ref_id"] for row in issued}) == len(issued) == report["invoices"]
    return report, elements


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_numbers_have_no_gap_and_references_are_unique(
    script: list[tuple[list[tuple[int, str, int, bool]], int, str]],
) -> None:
    """Refusals, repeats, lost answers and turns of the year leave no gap, no second invoice, no date going back."""
    with tempfile.TemporaryDirectory() as folder:
        report, elements = asyncio.run(run(script, Path(folder)))
    assert [report[name] for name in ("issued_twice", "gaps", "overlaps", "date_inversions")] == [[], [], [], []]
    numbered: dict[str, set[str]] = {}
    for element in elements:
        if element["TransactionID"]:
            numbered.setdefault(element["RefID"], set()).add(f"{element['InvSeries']} {element['InvNo']}")
    assert all(len(numbers) == 1 for numbers in numbered.values())


@pytest.mark.parametrize(
    ("text", "base", "with_code", "from_register"),
    (
        ("1C26TAA", "1C__TAA", True, False),
        ("1K25MYY", "1K__MYY", False, True),
        ("2C26TAB", "2C__TAB", True, False),
    ),
)
def test_a_series_tells_its_kind(text: str, base: str, with_code: bool, from_register: bool) -> None:
    """Template digit, code letter, year and kind are read off the series."""
    series = parse_series(text)
    assert series is not None
    assert (series.base, series.with_code, series.from_cash_register) == (base, with_code, from_register)
    assert series.text == text
    assert series.in_year(2030).text == f"{text[:2]}30{text[4:]}"


@pytest.mark.parametrize("text", ("", "1C26", "C26TAA", "1X26TAA", "1C26TAAA", None, 5))
def test_what_is_no_series_is_none(text: object) -> None:
    """Anything of another form is not taken for a series."""
    assert parse_series(text) is None
