"""Whatever is sent, meInvoice's stand-in refuses in the vendor's words; it never fails."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sandbox.common import jsons
from sandbox.meinvoice.app import make_app, make_meinvoice
from support.sandboxes import ACCOUNT, LOGIN, TAX_CODE, Json, batch, invoice

API = "/api/integration"
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=5) | st.sampled_from((1e300, 0.5)),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
CORRECTION = ("ReferenceType", "OrgInvoiceType", "OrgInvTemplateNo", "OrgInvSeries", "OrgInvNo", "OrgInvDate")
EXTRA = (*CORRECTION, "InvoiceNote", "OptionUserDefined", "FeeInfo", "IsSendEmail", "ReceiverEmail", "BuyerIDNumber")
TRADES = ("CheckIn", "ClockInfos", "NewIndex", "PeriodName", "ServiceFeeRate", "ServiceAmountOC", "ExciseTaxAmount")
LINE_TRADES = ("SpecialtyItem", "ServiceFeeRate", "ServiceAmountOC", "ExciseTaxRate", "AmountAfterExciseTaxOC")
FIELDS = [("", name) for name in (*invoice(), *EXTRA, *TRADES)]
FIELDS += [("line", name) for name in (*invoice()["OriginalInvoiceDetail"][0], *LINE_TRADES, "ExpiryDate")]
FIELDS += [("rate", name) for name in invoice()["TaxRateInfo"][0]]
changes = st.lists(st.tuples(st.sampled_from(FIELDS), values), min_size=1, max_size=3)


def changed(edits: list[tuple[tuple[str, str], Any]]) -> Json:
    """A correction with some fields set to anything."""
    known = {"ReferenceType": 2, "OrgInvoiceType": 1, "OrgInvTemplateNo": "1", "OrgInvSeries": "C26TAA"}
    body = invoice(**known, OrgInvNo="00000001", OrgInvDate="2026-03-16", InvoiceNote="Sai")
    line, rate = body["OriginalInvoiceDetail"][0], body["TaxRateInfo"][0]
    for (where, name), value in edits:
        {"": body, "line": line, "rate": rate}[where][name] = value
    return body


async def answers(requests: list[tuple[str, object]]) -> list[int]:
    """The statuses of these calls."""
    with tempfile.TemporaryDirectory() as folder:
        meinvoice = make_meinvoice(Path(folder))
        transport = httpx.ASGITransport(make_app(meinvoice), raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            await client.put(f"/_sandbox/accounts/{TAX_CODE}", json=ACCOUNT)
            token = (await client.post(f"{API}/auth/token", json=LOGIN)).json()["Data"]
            headers = {"Authorization": f"Bearer {token}", "CompanyTaxCode": TAX_CODE}
            told = [
                (await client.post(f"{API}{path}", content=jsons.dumps(body), headers=headers)).status_code
                for path, body in requests
            ]
            await client.get("/_sandbox/invoices")
            await client.get("/_sandbox/audit")
        meinvoice.database.close()
    return told


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(changes, min_size=5, max_size=5))
def test_any_content_is_judged(edits: list[list[tuple[tuple[str, str], Any]]]) -> None:
    """An invoice with anything in its fields is issued or refused, in every way of publishing and previewing."""
    bodies = [changed(each) for each in edits]
    requests: list[tuple[str, object]] = [
        ("/invoice", batch(body, sign_type=sign_type)) for body in bodies for sign_type in (1, 2, 3)
    ]
    requests += [("/invoice/unpublishview", body) for body in bodies]
    assert set(asyncio.run(answers(requests))) <= {200, 400}


PATHS: tuple[str, ...] = (
    "",
    "/status?inputType=2",
    "/status",
    "/publishview",
    "/unpublishview",
    "/sendemail",
    "/download",
)
PATHS += ("/download?downloadDataType=All", "/voucher-paper?Converter=A&ConvertDate=2026-03-16")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(PATHS), values), min_size=5, max_size=20), values)
def test_any_body_is_answered(calls: list[tuple[str, Any]], value: Any) -> None:
    """Any JSON to any function is an answer with HTTP 200 or 400."""
    requests: list[tuple[str, object]] = [(f"/invoice{path}", body) for path, body in calls]
    for key in ("InvoiceData", "PublishInvoiceData", "SendEmailDatas", "SignType"):
        requests.append(("/invoice", {"SignType": 1, "InvoiceData": None, "PublishInvoiceData": None} | {key: value}))
        requests.append(("/invoice", {"SignType": 1, "PublishInvoiceData": [{"RefID": "x", key: value}]}))
        body = {"SendEmailDatas": [{"TransactionID": value, "ReceiverEmail": "a@b.vn"}], "IsInvoiceCode": True}
        requests.append(("/invoice/sendemail", body | {"IsInvoiceCalculatingMachine": False, key: value}))
    requests.append(("/auth/token", value))
    requests.append(("/auth/token", {"appid": value, "taxcode": value}))
    assert set(asyncio.run(answers(requests))) <= {200, 400}
