"""Whatever comes in, meInvoice's stand-in answers in the vendor's words and in the envelope of the call."""

import json

import pytest
from support.sandbox_callers import API, HaravanCaller, MeInvoiceCaller
from support.sandboxes import LOGIN, Json, batch, invoice

DEEP = "[" * 5000 + "]" * 5000
HALF = '"\\ud83d"'


@pytest.mark.parametrize(
    "value", (HALF, DEEP, "[" * 300 + "]" * 300, "[" * 10_000), ids=("half", "deep", "300", "open")
)
@pytest.mark.parametrize("path", ("/auth/token", "/invoice", "/invoice/status?inputType=2", "/invoice/unpublishview"))
async def test_what_cannot_be_read_is_bad_input(meinvoice: MeInvoiceCaller, path: str, value: str) -> None:
    """Half a character, and JSON that is nested without end, are refused like any other text that is no JSON."""
    body = json.dumps(batch(invoice(RefID="HERE"))).replace('"HERE"', value)
    headers = {"Authorization": f"Bearer {meinvoice.token}"}
    for content in (body, value, f"[{value}]"):
        answer = await meinvoice.http.post(f"{API}{path}", content=content, headers=headers)
        told = {name.lower(): each for name, each in answer.json().items()}
        assert (answer.status_code, told["errorcode"]) == (400, "InvalidInvoiceData")
    assert (await meinvoice.publish(invoice()))[0]["InvNo"] == "00000001"


async def test_a_whole_character_may_be_escaped(meinvoice: MeInvoiceCaller) -> None:
    """Two halves are one character, and a backslash before the u is none."""
    body = json.dumps(batch(invoice(BuyerFullName="Áo 😀", BuyerCode="\\ud83d")))
    assert "\\ud83d\\ude00" in body
    answer = await meinvoice.http.post(
        f"{API}/invoice", content=body, headers={"Authorization": f"Bearer {meinvoice.token}"}
    )
    assert json.loads(answer.json()["publishInvoiceResult"])[0]["ErrorCode"] is None
    kept = (await meinvoice.control("GET", "invoices"))["invoices"][0]["invoice"]
    assert (kept["BuyerFullName"], kept["BuyerCode"]) == ("Áo 😀", "\\ud83d")


@pytest.mark.parametrize("sign_type", (True, False))
async def test_a_truth_value_is_no_sign_type(meinvoice: MeInvoiceCaller, sign_type: bool) -> None:
    """True is not taken for 1: nothing is created or issued."""
    answer = await meinvoice.post("/invoice", batch(invoice(), sign_type=sign_type))
    told = answer.json()
    assert (answer.status_code, told["errorCode"], told["errors"]) == (400, "APINotSupportTypeInvoice", ["SignType"])


@pytest.mark.parametrize(
    ("query", "missing"),
    (
        ("", "invoiceWithCode"),
        ("?ticket=false", "invoiceWithCode"),
        ("?invoiceWithCode=true", "ticket"),
        ("?invoiceWithCode=true&ticket=1", "ticket"),
    ),
)
async def test_templates_demand_both_flags(meinvoice: MeInvoiceCaller, query: str, missing: str) -> None:
    """The document demands both parameters (Open API §3); a wrong one is refused by name."""
    headers = {"Authorization": f"Bearer {meinvoice.token}"}
    answer = await meinvoice.http.get(f"{API}/invoice/templates{query}", headers=headers)
    told = answer.json()
    assert (answer.status_code, told["errorCode"], told["errors"]) == (400, "InvalidInvoiceData", [missing])


PASCAL = {"Success", "Data", "ErrorCode", "Errors", "CustomData"}


async def test_templates_may_come_as_the_document_prints_them(meinvoice: MeInvoiceCaller) -> None:
    """The envelope of the list and of its refusals is PascalCase where that is wished; other calls keep theirs."""
    headers = {"Authorization": f"Bearer {meinvoice.token}"}
    url = f"{API}/invoice/templates?ticket=false"
    await meinvoice.options(templates_envelope="pascal")
    found = (await meinvoice.http.get(f"{url}&invoiceWithCode=true", headers=headers)).json()
    assert set(found) == PASCAL
    assert (found["Success"], found["ErrorCode"]) == (True, "")
    assert [row["InvSeries"] for row in json.loads(found["Data"])] == ["1C26TAA", "1C26MAB"]
    refused = (await meinvoice.http.get(url, headers=headers)).json()
    assert (set(refused), refused["Success"], refused["ErrorCode"]) == (PASCAL, False, "InvalidInvoiceData")
    await meinvoice.faults({"kind": "401"})
    assert set((await meinvoice.http.get(url, headers=headers)).json()) == PASCAL
    assert "errorCode" in (await meinvoice.post("/invoice", batch(invoice()))).json()


async def test_the_fault_401_answers_in_the_envelope_of_the_call(meinvoice: MeInvoiceCaller) -> None:
    """PascalCase on the token call, camelCase on the others, always with the vendor's sentence."""
    await meinvoice.faults({"kind": "401"})
    login = await meinvoice.http.post(f"{API}/auth/token", json=LOGIN)
    assert login.json() == {"Success": False, "Data": None, "ErrorCode": "UnAuthorize", "Errors": [], "CustomData": ""}
    told = (await meinvoice.post("/invoice", batch(invoice()))).json()
    assert (told["success"], told["errorCode"], told["descriptionErrorCode"]) == (False, "UnAuthorize", "Sai mã token")


async def test_the_fault_429_waits_in_the_vendors_form(meinvoice: MeInvoiceCaller, haravan: HaravanCaller) -> None:
    """Whole seconds by meInvoice (RFC 9110), a decimal by Haravan, and whatever the rule says."""
    plan: Json = {"rules": [{"kind": "429", "count": 1}, {"kind": "429", "retry_after": "0.5"}]}
    await meinvoice.control("PUT", "faults", plan)
    await haravan.control("PUT", "faults", plan)
    ours = [(await meinvoice.post("/invoice", batch(invoice()))).headers["retry-after"] for _ in range(2)]
    theirs = [(await haravan.call("GET", "/com/shop.json")).headers["retry-after"] for _ in range(2)]
    assert (ours, theirs) == (["2", "0.5"], ["2.0", "0.5"])
