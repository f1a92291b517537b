"""What is due is issued, or lost with its reason; it never stands in anybody's way."""

from pathlib import Path

import httpx
from sandbox.common import jsons
from sandbox.meinvoice.app import make_app, make_meinvoice
from support.sandboxes import ACCOUNT, LOGIN, TAX_CODE, Json, batch, invoice

API = "/api/integration"


async def test_a_reference_that_was_issued_meanwhile_is_lost(tmp_path: Path) -> None:
    """A file may hold an accepted RefID that has an invoice: it is lost, what is due beside it is issued."""
    meinvoice = make_meinvoice(tmp_path)
    sales = [invoice(), invoice(), invoice()]
    transport = httpx.ASGITransport(make_app(meinvoice))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        await client.put(f"/_sandbox/accounts/{TAX_CODE}", json=ACCOUNT)
        token = (await client.post(f"{API}/auth/token", json=LOGIN)).json()["Data"]

        async def publish(*bodies: Json, sign_type: int) -> Json:
            answer = await client.post(
                f"{API}/invoice", json=batch(*bodies, sign_type=sign_type), headers={"Authorization": f"Bearer {token}"}
            )
            elements: list[Json] = jsons.loads(answer.json()["publishInvoiceResult"])
            return elements[0]

        await publish(*sales, sign_type=3)
        meinvoice.database.execute("UPDATE pending SET lost = 'elsewhere' WHERE ref_id = ?", (sales[1]["RefID"],))
        assert (await publish(sales[1], sign_type=2))["ErrorCode"] is None
        meinvoice.database.execute("UPDATE pending SET lost = NULL")
        await client.put("/_sandbox/clock", json={"offset_seconds": 61})
        assert (await publish(sales[2], sign_type=2))["ErrorCode"] == "DuplicateInvoiceRefID"
        audit = (await client.get("/_sandbox/audit")).json()
    meinvoice.database.close()
    assert [(each["ref_id"], each["lost"]) for each in audit["accepted"]] == [
        (sales[1]["RefID"], "DuplicateInvoiceRefID")
    ]
    assert (audit["invoices"], audit["gaps"]) == (3, [])
