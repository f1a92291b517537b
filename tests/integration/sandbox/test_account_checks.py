"""What depends on the company: declaration, licence, certificate, templates, tickets, tokens, limits."""

import json
from datetime import UTC, datetime

import pytest
from support.sandbox_callers import API, MeInvoiceCaller
from support.sandboxes import ACCOUNT, LOGIN, TAX_CODE, Json, batch, invoice

TEMPLATES = ["1C26TAA", "1C26MAB", "1K26TKK", "2C26TSS", "5K26TVE", "5C26MVE", "6K26NXK"]


async def code(meinvoice: MeInvoiceCaller, body: Json, sign_type: int = 2) -> str | None:
    """The error code that publishing it gets."""
    told: str | None = (await meinvoice.publish(body, sign_type=sign_type))[0]["ErrorCode"]
    return told


@pytest.mark.parametrize(
    ("account", "expected"),
    (
        ({"declaration": "none"}, "DeclarationNotExist"),
        ({"declaration": "not-accepted"}, "InvalidDeclaration"),
        ({"declaration": "sent"}, "ExistDeclarationNotReceive"),
        ({"licence_state": "not-bought"}, "LicenseInfo_NotBuy"),
        ({"licence_state": "expired"}, "LicenseInfo_Expired"),
        ({"licence": 0}, "LicenseInfo_OutOfInvoice"),
    ),
    ids=str,
)
@pytest.mark.parametrize("sign_type", (1, 2, 3))
async def test_the_company_must_be_in_order(
    meinvoice: MeInvoiceCaller, account: Json, expected: str, sign_type: int
) -> None:
    """Without declaration or licence the whole request is refused with HTTP 400, in every way of publishing."""
    await meinvoice.account(**account)
    answer = await meinvoice.post("/invoice", batch(invoice(), sign_type=sign_type))
    assert (answer.status_code, answer.json()["errorCode"]) == (400, expected)
    await meinvoice.account()
    assert await code(meinvoice, invoice()) is None


async def test_accepted_invoices_use_up_the_licence(meinvoice: MeInvoiceCaller) -> None:
    """What waits to be issued counts; a repeated RefID does not."""
    await meinvoice.account(licence=1)
    sale = invoice()
    await meinvoice.publish(sale, sign_type=3)
    answer = await meinvoice.post("/invoice", batch(invoice()))
    assert answer.json()["errorCode"] == "LicenseInfo_OutOfInvoice"
    await meinvoice.move_clock(10)
    assert await code(meinvoice, sale) == "DuplicateInvoiceRefID"


async def test_the_declaration_covers_kinds_of_invoices(meinvoice: MeInvoiceCaller) -> None:
    """A series outside the declaration is refused, others are not."""
    await meinvoice.account(declared_series=["?C__T??"])
    assert await code(meinvoice, invoice()) is None
    assert await code(meinvoice, invoice(InvSeries="1C26MAB"), 5) == "InvoiceTemplateNotValidInDeclaration"


@pytest.mark.parametrize(
    "error",
    (
        "CertRevocation",
        "InvalidCertByRegistration",
        "HasRegistrationStopUseCert",
        "SigningTimeNotInRegistration",
        "SignSoftDream78Exception",
        "SignEsignHSMError",
        "CallSignServiceFail",
    ),
)
async def test_certificate_errors_stop_what_is_signed(meinvoice: MeInvoiceCaller, error: str) -> None:
    """Signed invoices are refused, those of a cash register (SignType 5) need no certificate."""
    await meinvoice.account(certificate_error=error)
    assert await code(meinvoice, invoice()) == error
    assert await code(meinvoice, invoice(InvSeries="1C26MAB"), 5) is None
    await meinvoice.account()
    assert await code(meinvoice, invoice()) is None


@pytest.mark.parametrize(
    ("series", "allowed"),
    (
        ("1C26TAA", {1, 2, 3}),
        ("1K26TKK", {1, 2, 3}),
        ("1C26MAB", {1, 2, 3, 5, 6}),
        ("5K26TVE", {1, 2, 3, 4}),
        ("5C26MVE", {1, 2, 3, 6}),
    ),
)
async def test_each_sign_type_has_its_series(meinvoice: MeInvoiceCaller, series: str, allowed: set[int]) -> None:
    """4 is for tickets without code, 5 for cash-register invoices, 6 for these and tickets, 1 to 3 for any."""
    await meinvoice.account(templates=TEMPLATES)
    found = set()
    for sign_type in range(1, 7):
        answer = (await meinvoice.post("/invoice", batch(invoice(InvSeries=series), sign_type=sign_type))).json()
        result = answer["createInvoiceResult" if sign_type == 1 else "publishInvoiceResult"]
        error = json.loads(result)[0]["ErrorCode"]
        assert error in {None, "APINotSupportTypeInvoice"}
        found |= {sign_type} if error is None else set()
    assert found == allowed


async def test_ticket_templates_are_listed_apart(meinvoice: MeInvoiceCaller) -> None:
    """`ticket=true` lists tickets in their own form (§13.2), the others are invoices."""
    tickets = [{"series": "5K26TVE", "name": "Vé", "ticket_type": 2, "service_name": "Xe buýt"}, "5C26MVE"]
    await meinvoice.set_time(datetime(2026, 6, 1, tzinfo=UTC))
    await meinvoice.log_in()
    await meinvoice.account(templates=["1C26TAA", {"series": "1C26TZZ", "inactive": True}, *tickets])
    found = {}
    for query in ("invoiceWithCode=true&ticket=false", "invoiceWithCode=false&ticket=true"):
        url = f"{API}/invoice/templates?{query}"
        answer = await meinvoice.http.get(url, headers={"Authorization": f"Bearer {meinvoice.token}"})
        found[query[-5:]] = json.loads(answer.json()["data"])
    assert [(each["InvSeries"], each["Inactive"]) for each in found["false"]] == [("1C26TAA", False), ("1C26TZZ", True)]
    assert list(found["=true"][0].items())[1:] == [
        ("TemplateName", "Vé"),
        ("InvSeries", "5K26TVE"),
        ("Inactive", False),
        ("TicketType", 2),
        ("ServiceName", "Xe buýt"),
        ("IsInheritFromOldTemplate", False),
        ("IsTicketCode", False),
    ]


async def test_tickets_are_issued_like_invoices(meinvoice: MeInvoiceCaller) -> None:
    """A ticket without code (SignType 4) gets a number and is found with both flags false."""
    await meinvoice.account(templates=TEMPLATES)
    ticket = invoice(InvSeries="5K26TVE")
    assert (await meinvoice.publish(ticket, sign_type=4))[0]["InvNo"] == "00000001"
    assert len(await meinvoice.status(ticket["RefID"], with_code=False)) == 1


async def test_inactive_templates_issue_nothing(meinvoice: MeInvoiceCaller) -> None:
    """A template that is switched off is as good as none; switched on again the series goes on."""
    assert await code(meinvoice, invoice()) is None
    await meinvoice.account(templates=[{"series": "1C26TAA", "inactive": True}])
    assert await code(meinvoice, invoice()) == "InvoiceTemplateNotExist"
    await meinvoice.account()
    assert (await meinvoice.publish(invoice()))[0]["InvNo"] == "00000002"


async def test_templates_say_how_invoices_are_sent(meinvoice: MeInvoiceCaller) -> None:
    """`IsInvoiceSummary` must be what the template of a series without code says."""
    await meinvoice.account(templates=["1C26TAA", {"series": "1K26TKK", "send_summary": True}])
    assert await code(meinvoice, invoice(InvSeries="1K26TKK")) == "Invalid_[Invoice.IsInvoiceSummary]"
    assert await code(meinvoice, invoice(InvSeries="1K26TKK", IsInvoiceSummary=True)) is None
    assert await code(meinvoice, invoice(IsInvoiceSummary=True)) == "Invalid_[Invoice.IsInvoiceSummary]"


async def test_a_template_may_have_one_rate_only(meinvoice: MeInvoiceCaller) -> None:
    """Two rates under a template without `IsMoreVATRate` are refused."""
    await meinvoice.account(templates=[{"series": "1C26TAA", "more_vat_rates": False}])
    body = invoice()
    free = {"VATRateName": "0%", "AmountWithoutVATOC": 0, "VATAmountOC": 0}
    assert await code(meinvoice, body | {"TaxRateInfo": [*body["TaxRateInfo"], free]}) == "TaxRateInfo_VATRateName"
    assert await code(meinvoice, body) is None


async def test_sales_invoices_and_delivery_notes_have_no_vat(meinvoice: MeInvoiceCaller) -> None:
    """Series that begin with 2 or 6 take lines without VAT, and refuse VAT."""
    await meinvoice.account(templates=TEMPLATES)
    for series in ("2C26TSS", "6K26NXK"):
        body = invoice(InvSeries=series, TaxRateInfo=None)
        line = {name: value for name, value in body["OriginalInvoiceDetail"][0].items() if "VAT" not in name}
        net = dict.fromkeys(("AmountWithoutVATOC", "AmountWithoutVAT"), 5000000)
        body |= {"TotalVATAmount": 0, "TotalVATAmountOC": 0, "TotalAmount": 5_000_000, "TotalAmountOC": 5_000_000}
        assert await code(meinvoice, body | {"OriginalInvoiceDetail": [line | net]}) is None
        assert await code(meinvoice, invoice(InvSeries=series)) == "InvoiceDetail_VATAmountOC"


async def test_a_companys_name_fits_into_xml(meinvoice: MeInvoiceCaller) -> None:
    """It stands in each of its invoices: what XML cannot hold is a mistake in the control request."""
    answer = await meinvoice.http.put(f"/_sandbox/accounts/{TAX_CODE}", json=ACCOUNT | {"company_name": "A\x0b"})
    assert (answer.status_code, "company_name" in answer.json()["error"]) == (400, True)


async def test_an_app_can_be_switched_off(meinvoice: MeInvoiceCaller) -> None:
    """`InActiveAppID` instead of a token."""
    await meinvoice.account(app_active=False)
    answer = await meinvoice.http.post(f"{API}/auth/token", json=LOGIN)
    assert (answer.status_code, answer.json()["ErrorCode"]) == (400, "InActiveAppID")


async def test_too_many_requests_are_told_to_wait(meinvoice: MeInvoiceCaller) -> None:
    """Beyond the limit per minute HTTP 429 with Retry-After, for every call; the minute over, all is well."""
    await meinvoice.options(request_limit_per_minute=3, token_request_limit=2)
    answers = [await meinvoice.post("/invoice", batch(invoice())) for _ in range(3)]
    assert [(answer.status_code, answer.headers.get("retry-after")) for answer in answers] == [
        (200, None),
        (200, None),
        (429, "5"),
    ]
    tokens = [await meinvoice.http.post(f"{API}/auth/token", json=LOGIN) for _ in range(2)]
    assert [(each.status_code, "retry-after" in each.headers) for each in tokens] == [(200, False), (429, True)]
    await meinvoice.move_clock(61)
    assert (await meinvoice.post("/invoice", batch(invoice()))).status_code == 200
    assert (await meinvoice.control("GET", f"audit?tax_code={TAX_CODE}"))["invoices"] == 3


@pytest.mark.parametrize(
    ("series", "fault", "expected"),
    (
        ("1C26TAA", None, [0, 0, 2]),
        ("1C26TAA", "verdict-refused", [0, 0, 3]),
        ("1C26TAA", "verdict-error", [0, 0, 1]),
        ("1K26TKK", None, [0, 1, 2]),
        ("1K26TKK", "verdict-refused", [0, 1, 3]),
        ("1K26TKK", "verdict-error", [0, 1, 4]),
        ("1C26MAB", None, [0, 0, 2]),
    ),
)
async def test_the_verdict_means_different_things(
    meinvoice: MeInvoiceCaller, series: str, fault: str | None, expected: list[int]
) -> None:
    """SendTaxStatus over time: with code 0, then 2, 3 or 1; without code 0, 1, then 2, 3 or 4."""
    await meinvoice.account(templates=TEMPLATES)
    await meinvoice.options(sent_delay_seconds=100, verdict_delay_seconds=200)
    await meinvoice.faults(*([{"kind": fault}] if fault else []))
    sale, told = invoice(InvSeries=series), []
    await meinvoice.publish(sale)
    await meinvoice.control("DELETE", "faults")
    for seconds in (0, 150, 250):
        await meinvoice.move_clock(seconds)
        flags = {"with_code": series[1] == "C", "register": series[4] == "M"}
        told.append((await meinvoice.status(sale["RefID"], **flags))[0]["SendTaxStatus"])
    assert told == expected


async def test_cash_register_invoices_can_be_sent_at_day_end(meinvoice: MeInvoiceCaller) -> None:
    """As an option they stay unsent until the day in Vietnam is over; their code is there at once."""
    await meinvoice.options(cash_register_verdict="day-end", verdict_delay_seconds=0)
    sale = invoice(InvSeries="1C26MAB")
    assert (await meinvoice.publish(sale, sign_type=5))[0]["InvCode"].startswith("M1-26-")
    assert (await meinvoice.status(sale["RefID"], register=True))[0]["SendTaxStatus"] == 0
    await meinvoice.move_clock(86400)
    assert (await meinvoice.status(sale["RefID"], register=True))[0]["SendTaxStatus"] == 2
