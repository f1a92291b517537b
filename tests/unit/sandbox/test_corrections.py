"""Whatever is corrected in whatever order: an original is replaced once, or adjusted, never both."""

import asyncio
import tempfile
from pathlib import Path

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sandbox.common import jsons
from sandbox.meinvoice.app import make_app, make_meinvoice
from support.sandboxes import ACCOUNT, LOGIN, TAX_CODE, Json, batch, invoice

OPTIONS = {"asynchronous_delay_seconds": 0, "verdict_delay_seconds": 0}
steps = st.lists(st.tuples(st.integers(1, 6), st.sampled_from((1, 2)), st.sampled_from((2, 3))), max_size=8)


def correction(number: int, kind: int) -> Json:
    """A correction of that number of the series."""
    told: Json = {"ReferenceType": kind, "OrgInvoiceType": 1, "OrgInvTemplateNo": "1", "OrgInvSeries": "C26TAA"}
    return invoice(**told, OrgInvNo=f"{number:08}", OrgInvDate="2026-03-16", InvoiceNote="Sai")


async def run(script: list[tuple[int, int, int]], folder: Path) -> tuple[Json, list[Json]]:
    """Two originals, then corrections of existing and missing ones; gives audit and invoices."""
    meinvoice = make_meinvoice(folder)
    transport = httpx.ASGITransport(make_app(meinvoice))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        await client.put(f"/_sandbox/accounts/{TAX_CODE}", json=ACCOUNT)
        await client.put("/_sandbox/options", json=OPTIONS)
        token = (await client.post("/api/integration/auth/token", json=LOGIN)).json()["Data"]
        bodies = [batch(invoice(), invoice())]
        bodies += [batch(correction(number, kind), sign_type=sign_type) for number, kind, sign_type in script]
        for body in bodies:
            answer = await client.post(
                "/api/integration/invoice", json=body, headers={"Authorization": f"Bearer {token}"}
            )
            assert jsons.loads(answer.json()["publishInvoiceResult"])
        audit = (await client.get("/_sandbox/audit")).json()
        issued = (await client.get("/_sandbox/invoices")).json()["invoices"]
    meinvoice.database.close()
    return audit, issued


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_one_kind_of_correction_per_original(script: list[tuple[int, int, int]]) -> None:
    """Of originals on record the audit finds no contradiction, and their states say what happened to them."""
    with tempfile.TemporaryDirectory() as folder:
        audit, issued = asyncio.run(run(script, Path(folder)))
    assert (audit["gaps"], audit["issued_twice"]) == ([], [])
    on_record = {f"{row['series']} {row['inv_no']}": row for row in issued}
    late = {row["original"] for row in issued if row["original"] and row["send_tax_status"] == 3}
    assert all(each["original"] not in on_record or each["original"] in late for each in audit["corrections"])
    for key, row in on_record.items():
        kinds = {
            each["invoice"]["ReferenceType"] for each in issued if each["original"] == key and each["id"] > row["id"]
        }
        if row["einvoice_status"] in {7, 8}:
            assert ({7: 1, 8: 2}[row["einvoice_status"]]) in kinds
