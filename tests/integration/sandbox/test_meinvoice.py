"""meInvoice's rules as a client meets them over HTTP."""

import asyncio
import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from support.sandbox_callers import API, MeInvoiceCaller
from support.sandboxes import ACCOUNT, LOGIN, TAX_CODE, Json, batch, invoice


def codes(elements: list[Json]) -> list[str | None]:
    """The elements' error codes."""
    return [element["ErrorCode"] for element in elements]


@pytest.mark.parametrize(
    ("login", "code", "errors"),
    (
        ({"appid": "other"}, "InvalidAppID", []),
        ({"taxcode": "0100109106"}, "UnAuthorize", ["TaxCodeNotExist"]),
        ({"password": "wrong"}, "UnAuthorize", ["MisaIdError"]),
        ({"username": "nguoi-khac", "password": "mat-khau-khac"}, "UnAuthorize", ["UserNotExist"]),
    ),
)
async def test_a_wrong_login_is_told_apart(
    meinvoice: MeInvoiceCaller, login: Json, code: str, errors: list[str]
) -> None:
    """HTTP 400 with the token's envelope says what is wrong: app, company, password, or a user of another company."""
    other = ACCOUNT | {"username": "nguoi-khac", "password": "mat-khau-khac"}
    await meinvoice.control("PUT", "accounts/2222222222", other)
    answer = await meinvoice.http.post(f"{API}/auth/token", json=LOGIN | login)
    assert answer.status_code == 400
    assert answer.json() == {"Success": False, "Data": None, "ErrorCode": code, "Errors": errors, "CustomData": ""}


async def test_tokens_expire_and_are_counted(meinvoice: MeInvoiceCaller) -> None:
    """A token is good for 14 days; requests for tokens are on record and can be limited."""
    await meinvoice.control("PUT", "clock", {"offset_seconds": 13.9 * 86400})
    assert await meinvoice.status(str(uuid4())) == []
    await meinvoice.control("PUT", "clock", {"offset_seconds": 14.1 * 86400})
    answer = await meinvoice.post("/invoice/status", [])
    assert (answer.status_code, answer.json()["errorCode"]) == (401, "TokenExpiredCode")
    await meinvoice.control("PUT", "options", {"token_request_limit": 1})
    answers = [await meinvoice.http.post(f"{API}/auth/token", json=LOGIN) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert {"tax_code": TAX_CODE, "outcome": "ok", "count": 2} in (await meinvoice.control("GET", "audit"))[
        "token_requests"
    ]


async def test_a_storm_of_logins_is_stopped(meinvoice: MeInvoiceCaller) -> None:
    """Without any switch: more than ten tokens for one company in a minute are refused, others and later ones not."""
    await meinvoice.control("PUT", "accounts/2222222222", ACCOUNT)
    url = f"{API}/auth/token"
    answers = [await meinvoice.http.post(url, json=LOGIN) for _ in range(11)]
    told = [(answer.status_code, answer.json()["ErrorCode"]) for answer in answers]
    assert told == [(200, "")] * 9 + [(429, "TooManyTokenRequests")] * 2
    assert answers[-1].headers["retry-after"] == "60"
    assert (await meinvoice.http.post(url, json=LOGIN | {"taxcode": "2222222222"})).status_code == 200
    storms = (await meinvoice.control("GET", "audit"))["login_storms"]
    assert storms == [{"tax_code": TAX_CODE, "stopped": 2}]
    await meinvoice.move_clock(61)
    assert (await meinvoice.http.post(url, json=LOGIN)).status_code == 200


async def test_tokens_belong_to_one_company(meinvoice: MeInvoiceCaller) -> None:
    """No token, a made-up one and a CompanyTaxCode header of another company are refused."""
    url, body = f"{API}/invoice", batch(invoice())
    headers: list[dict[str, str]] = [
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": f"Bearer {meinvoice.token}", "CompanyTaxCode": "0100109106"},
    ]
    answers = [await meinvoice.http.post(url, json=body, headers=each) for each in headers]
    told = [(answer.status_code, answer.json()["errorCode"]) for answer in answers]
    assert told == [(401, "UnAuthorize"), (401, "InvalidTokenCode"), (400, "InvalidTaxCode")]


async def test_other_rates_are_issued_when_they_tie(meinvoice: MeInvoiceCaller) -> None:
    """`KHAC:x%` names a rate (Open API §13.5): its VAT is that share of the net amount, anything else is refused."""
    told = []
    for vat in (175_000, 150_000):
        body = invoice(TotalVATAmount=vat, TotalVATAmountOC=vat)
        body |= dict.fromkeys(("TotalAmount", "TotalAmountOC"), 5_000_000 + vat)
        body["OriginalInvoiceDetail"][0] |= {"VATRateName": "KHAC:3.5%", "VATAmount": vat, "VATAmountOC": vat}
        body["TaxRateInfo"] = [{"VATRateName": "KHAC:3.5%", "AmountWithoutVATOC": 5_000_000, "VATAmountOC": vat}]
        told += codes(await meinvoice.publish(body))
    assert told == [None, "InvoiceDetail_VATAmountOC"]


async def test_templates_come_as_json_in_a_string(meinvoice: MeInvoiceCaller) -> None:
    """The list is a string, has what the flags ask for, and rolls the year of the series."""
    await meinvoice.set_time(datetime(2027, 6, 1, tzinfo=UTC))
    await meinvoice.log_in()
    headers = {"Authorization": f"Bearer {meinvoice.token}"}
    found = {}
    for flag in ("true", "false"):
        query = f"invoiceWithCode={flag}&ticket=false"
        answer = await meinvoice.http.get(f"{API}/invoice/templates?{query}", headers=headers)
        found[flag] = [template["InvSeries"] for template in json.loads(answer.json()["data"])]
    assert found == {"true": ["1C27TAA", "1C27MAB"], "false": []}


async def test_an_invoice_is_issued_once(meinvoice: MeInvoiceCaller) -> None:
    """The first request issues number 1; the same RefID again gets the existing invoice and the duplicate's code."""
    sale = invoice()
    first = (await meinvoice.publish(sale))[0]
    again = (await meinvoice.publish(sale | {"TotalAmount": 1}))[0]
    assert first["InvNo"] == again["InvNo"] == "00000001"
    assert (first["ErrorCode"], again["ErrorCode"]) == (None, "DuplicateInvoiceRefID")
    assert first["TransactionID"] == again["TransactionID"]


async def test_two_at_once_with_one_reference_give_one_invoice(meinvoice: MeInvoiceCaller) -> None:
    """Of two simultaneous requests with one RefID one issues and the other is a duplicate."""
    await meinvoice.faults({"kind": "latency", "path": "*/invoice", "seconds": 0.2})
    sale = invoice()
    answers = await asyncio.gather(meinvoice.publish(sale), meinvoice.publish(sale))
    assert sorted(str(code) for each in answers for code in codes(each)) == ["DuplicateInvoiceRefID", "None"]
    assert len((await meinvoice.control("GET", "invoices"))["invoices"]) == 1


@pytest.mark.parametrize(("on_overlap", "expected"), (("race", ["InvoiceNumberNotCotinuous"]), ("issue", [None])))
async def test_overlapping_requests_of_a_series_race(
    meinvoice: MeInvoiceCaller, on_overlap: str, expected: list[str | None]
) -> None:
    """A request during another of its series races (or is let through), is on record, and leaves no gap."""
    await meinvoice.control("PUT", "options", {"on_overlap": on_overlap})
    await meinvoice.faults({"kind": "latency", "path": "*/invoice", "seconds": 0.3})
    slow = asyncio.create_task(meinvoice.publish(invoice(), invoice()))
    await asyncio.sleep(0.1)
    other = meinvoice.publish(invoice(InvSeries="1C26MAB"), sign_type=5)
    late, elsewhere = await asyncio.gather(meinvoice.publish(invoice()), other)
    assert codes(await slow) == [None, None]
    assert (codes(late), codes(elsewhere)) == (expected, [None])
    audit = await meinvoice.control("GET", "audit")
    assert [(each["series"], each["tax_code"]) for each in audit["overlaps"]] == [("1C__TAA", TAX_CODE)]
    assert audit["gaps"] == []


async def test_a_pause_can_be_demanded(meinvoice: MeInvoiceCaller) -> None:
    """With a pause set, a request too soon after the last one of its series races and is no overlap."""
    await meinvoice.control("PUT", "options", {"pause_seconds": 60})
    assert codes(await meinvoice.publish(invoice())) == [None]
    assert codes(await meinvoice.publish(invoice())) == ["InvoiceNumberNotCotinuous"]
    assert (await meinvoice.control("GET", "audit"))["overlaps"] == []


async def test_a_refused_invoice_does_not_stop_the_next(meinvoice: MeInvoiceCaller) -> None:
    """Behind a refusal a batch goes on without a gap; or, as an option, the rest is left out of the answer."""
    bad = invoice(TotalAmountInWords=None)
    elements = await meinvoice.publish(invoice(), bad, invoice())
    assert codes(elements) == [None, "RequireInfo_TotalAmountInWords", None]
    assert [element["InvNo"] for element in elements] == ["00000001", None, "00000002"]
    await meinvoice.control("PUT", "options", {"after_refusal": "omit"})
    assert codes(await meinvoice.publish(bad, invoice())) == ["RequireInfo_TotalAmountInWords"]
    assert codes(await meinvoice.publish(invoice(RefID=bad["RefID"]))) == [None]


@pytest.mark.parametrize(
    ("fields", "sign_type", "code"),
    (
        ({"InvSeries": "1C26TZZ"}, 2, "InvoiceTemplateNotExist"),
        ({"InvSeries": "1C25TAA"}, 2, "InvoiceTemplateNotExist"),
        ({"InvSeries": "nonsense"}, 2, "InvoiceTemplateNotExist"),
        ({"InvSeries": None}, 2, "RequireInfo_InvSeries"),
        ({}, 5, "APINotSupportTypeInvoice"),
        ({"IsInvoiceCalculatingMachine": True}, 2, "Invalid_[Invoice.IsInvoiceCalculatingMachine]"),
        ({"InvDate": "2099-01-01", "InvSeries": "1C99TAA"}, 2, "InvalidInvoiceDate"),
        ({"RefID": "KH20881"}, 2, "Invalid_[Invoice.RefID]"),
    ),
)
async def test_series_dates_and_references_are_checked(
    meinvoice: MeInvoiceCaller, fields: Json, sign_type: int, code: str
) -> None:
    """A series of no template or another year, a wrong SignType, the future, a RefID that is no GUID."""
    assert codes(await meinvoice.publish(invoice(**fields), sign_type=sign_type)) == [code]


async def test_dates_do_not_go_back_and_years_roll(meinvoice: MeInvoiceCaller) -> None:
    """A date before the last one is refused; a new year begins at 1; then the old year is closed."""
    await meinvoice.control("PUT", "clock", {"offset_seconds": 400 * 86400})
    await meinvoice.log_in()
    sent = (("2026-03-16", "1C26TAA"), ("2026-03-15", "1C26TAA"), ("2027-01-01", "1C27TAA"), ("2026-12-31", "1C26TAA"))
    elements = await meinvoice.publish(*(invoice(InvDate=day, InvSeries=series) for day, series in sent))
    assert codes(elements) == [None, "InvalidInvoiceDate", None, "ExistsInvoiceNextYear"]
    assert [element["InvNo"] for element in elements] == ["00000001", None, "00000001", None]
    await meinvoice.control("PUT", "options", {"series_year": "roll"})
    rolled = await meinvoice.publish(invoice(InvDate="2027-01-01", InvSeries="1C26TAA"))
    assert [(each["InvSeries"], each["InvNo"]) for each in rolled] == [("1C27TAA", "00000002")]


async def test_whole_requests_are_refused_with_http_400(meinvoice: MeInvoiceCaller) -> None:
    """Too many invoices, an unknown SignType, no list or two, no licence, no declaration: nothing is issued."""
    await meinvoice.control("PUT", f"accounts/{TAX_CODE}", ACCOUNT | {"licence": 1})
    bodies = (
        batch(*(invoice() for _ in range(31))),
        batch(invoice(), sign_type=9),
        {"SignType": 2, "InvoiceData": None},
        batch(invoice()) | {"PublishInvoiceData": [{"RefID": invoice()["RefID"]}]},
        batch(invoice(), invoice()),
    )
    answers = [await meinvoice.post("/invoice", body) for body in bodies]
    assert {answer.status_code for answer in answers} == {400}
    expected = ["InvoiceQuantityTooLarge", "APINotSupportTypeInvoice", "InvalidInvoiceData", "InvalidInvoiceData"]
    assert [answer.json()["errorCode"] for answer in answers] == [*expected, "LicenseInfo_OutOfInvoice"]
    assert codes(await meinvoice.publish(invoice())) == [None]
    await meinvoice.control("PUT", f"accounts/{TAX_CODE}", ACCOUNT | {"declaration": "not-accepted"})
    assert (await meinvoice.post("/invoice", batch(invoice()))).json()["errorCode"] == "InvalidDeclaration"


async def test_status_needs_the_right_flags(meinvoice: MeInvoiceCaller) -> None:
    """A wrong flag finds nothing and says nothing; unknown ids are left out; 51 ids are too many."""
    sale, counter = invoice(), invoice(InvSeries="1C26MAB", IsInvoiceCalculatingMachine=True)
    await meinvoice.publish(sale)
    element = (await meinvoice.publish(counter, sign_type=5))[0]
    assert element["InvCode"].startswith("M1-26-")
    ids = (sale["RefID"].upper(), counter["RefID"], str(uuid4()))
    assert [row["RefID"] for row in await meinvoice.status(*ids)] == [sale["RefID"]]
    assert [row["RefID"] for row in await meinvoice.status(*ids, register=True)] == [counter["RefID"]]
    assert await meinvoice.status(*ids, with_code=False) == []
    answer = await meinvoice.post("/invoice/status?inputType=2", [str(uuid4())] * 51)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "InvoiceQuantityTooLarge")
    by_lookup_code = await meinvoice.post(
        "/invoice/status?inputType=1&invoiceWithCode=true&invoiceCalcu=true", [element["TransactionID"]]
    )
    assert json.loads(by_lookup_code.json()["data"])[0]["InvNo"] == "00000001"


async def test_the_verdict_comes_later(meinvoice: MeInvoiceCaller) -> None:
    """Not sent first; after the delay accepted with a code, or refused without one."""
    await meinvoice.control("PUT", "options", {"verdict_delay_seconds": 3600})
    await meinvoice.faults({"kind": "verdict-refused", "path": "*/invoice", "skip": 1})
    good, bad = invoice(), invoice()
    assert [(await meinvoice.publish(each))[0]["InvCode"] for each in (good, bad)] == [None, None]
    ids = (good["RefID"], bad["RefID"])
    assert {row["SendTaxStatus"] for row in await meinvoice.status(*ids)} == {0}
    await meinvoice.control("PUT", "clock", {"offset_seconds": 3601})
    rows = {row["RefID"]: row for row in await meinvoice.status(*ids)}
    assert (rows[good["RefID"]]["SendTaxStatus"], len(rows[good["RefID"]]["InvoiceCode"])) == (2, 34)
    assert (rows[bad["RefID"]]["SendTaxStatus"], rows[bad["RefID"]]["InvoiceCode"]) == (3, None)


async def test_the_audit_sums_up_and_can_be_narrowed(meinvoice: MeInvoiceCaller) -> None:
    """Per series count, first and last number and total; alike contents are pointed out; a reset empties all."""
    await meinvoice.publish(invoice(), invoice())
    await meinvoice.publish(invoice(InvSeries="1C26MAB"), sign_type=5)
    audit = await meinvoice.control("GET", f"audit?tax_code={TAX_CODE}&series=1C__TAA")
    assert [(each["series"], each["count"], each["first"], each["last"]) for each in audit["series"]] == [
        ("1C26TAA", 2, 1, 2)
    ]
    assert audit["series"][0]["total_amount"] == 11_000_000
    assert len(audit["same_content"][0]["ref_ids"]) == 2
    requests = (await meinvoice.control("GET", "requests"))["requests"]
    assert [(each["series"], len(each["ref_ids"]), each["status"]) for each in requests] == [
        (["1C26TAA"], 2, 200),
        (["1C26MAB"], 1, 200),
    ]
    assert all(each["started_at"] < each["ended_at"] for each in requests)
    await meinvoice.control("DELETE", "state")
    assert (await meinvoice.control("GET", "audit"))["invoices"] == 0


@pytest.mark.parametrize(
    ("path", "body", "names"),
    (
        ("accounts/1", {"app_id": "a"}, "username"),
        ("accounts/1", {**ACCOUNT, "templates": ["1C26"]}, "templates"),
        ("faults", {"rules": [{"kind": "explode"}]}, "rules.0.kind"),
        ("options", {"speed": 1}, "speed"),
        ("clock", {"offset_seconds": "soon"}, "offset_seconds"),
    ),
)
async def test_the_control_api_says_what_is_wrong(
    meinvoice: MeInvoiceCaller, path: str, body: Json, names: str
) -> None:
    """A mistake in a control request is HTTP 400 and names the field."""
    answer = await meinvoice.http.put(f"/_sandbox/{path}", json=body)
    assert answer.status_code == 400
    assert names in answer.json()["error"]
