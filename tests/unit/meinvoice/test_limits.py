"""Limits are told before anything is sent, with field, limit and remedy."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from meinvoice.limits import LimitError, check_invoice, check_invoices
from meinvoice.models import InvoiceData
from meinvoice.parsing import load
from support.recorded_vendor import RecordedVendor

DATA = Path(__file__).parents[2] / "data" / "meinvoice"
INVOICE: dict[str, Any] = json.loads((DATA / "invoice.json").read_text()) | {
    "InvSeries": "1C26TAA",
    "InvDate": "2026-10-02",
}


def invoice(number: int = 0, **changed: object) -> str:
    """The sample invoice with some fields changed, of its own RefID."""
    ref_id = f"11111111-1111-4111-8111-{number:012}"
    return json.dumps(INVOICE | {"RefID": ref_id} | changed)


def lines(count: int) -> list[Any]:
    """So many lines."""
    (line,) = INVOICE["OriginalInvoiceDetail"]
    return [line | {"LineNumber": number, "SortOrder": number} for number in range(1, count + 1)]


def fields_of(text: str) -> set[str]:
    """Fields that an invoice is refused for."""
    return {problem.field for problem in check_invoice(text)}


def test_a_good_invoice_has_no_problems() -> None:
    """Alone and in a request of thirty."""
    assert check_invoice(invoice()) == ()
    assert check_invoices([invoice(number) for number in range(30)]).problems == ()


@pytest.mark.parametrize(
    ("changed", "field", "limit"),
    (
        ({"BuyerIDNumber": "01234567890"}, "BuyerIDNumber", "12"),
        ({"BuyerIDNumber": "01234567890x"}, "BuyerIDNumber", "12"),
        ({"BuyerIDNumber": "٠١٢٣٤٥٦٧٨٩٠١"}, "BuyerIDNumber", "12"),
        ({"BuyerPassport": "P" * 21}, "BuyerPassport", "20"),
        ({"BuyerBudgetCode": "123456", "BuyerLegalName": "A", "BuyerAddress": "B"}, "BuyerBudgetCode", "7"),
        ({"BuyerBudgetCode": "1234567", "BuyerAddress": "B"}, "BuyerLegalName", "BuyerBudgetCode"),
        ({"BuyerBudgetCode": "1234567", "BuyerLegalName": "A"}, "BuyerAddress", "BuyerBudgetCode"),
        ({"BuyerEmail": "a@b.vn;c@d.vn"}, "BuyerEmail", "one"),
        ({"ReceiverEmail": "a@b.vn, c@d.vn"}, "ReceiverEmail", "semicolon"),
        ({"OrgInvNo": "000000067"}, "OrgInvNo", "8"),
        ({"OrgInvNo": "67a"}, "OrgInvNo", "8"),
        ({"OrgInvTemplateNo": "1C24MAA", "OrgInvoiceType": 1}, "OrgInvTemplateNo", "first"),
        ({"OrgInvSeries": "1C24MAA"}, "OrgInvSeries", "6"),
        ({"OriginalInvoiceDetail": lines(200)}, "OriginalInvoiceDetail", "200"),
    ),
)
async def test_each_limit_names_field_limit_and_remedy(changed: dict[str, Any], field: str, limit: str) -> None:
    """In two languages, without the content; publishing is refused with the same words and nothing is sent."""
    problem = next(one for one in check_invoices([invoice(**changed)]).invoices[0] if one.field == field)
    assert limit in problem.en
    assert problem.en.count(". ") >= 1
    assert problem.vi.count(". ") >= 1
    assert field in fields_of(invoice(**changed))
    vendor = RecordedVendor("publish/issued_string")
    with pytest.raises(LimitError, match=field) as caught:
        await vendor.client.publish(2, [invoice(**changed)], deadline_seconds=5)
    assert problem in caught.value.problems
    assert vendor.requests == []


def test_fields_that_keep_the_limits_pass() -> None:
    """The longest allowed, several receivers, an original of each decree, empty texts."""
    fine: dict[str, Any] = {
        "BuyerIDNumber": "012345678901",
        "BuyerPassport": "P" * 20,
        "BuyerBudgetCode": "1234567",
        "BuyerLegalName": "Trường học",
        "BuyerAddress": "Hà Nội",
        "BuyerEmail": "a@b.vn",
        "ReceiverEmail": "a@b.vn; c@d.vn",
        "OrgInvoiceType": 3,
        "OrgInvTemplateNo": "01GTKT0/001",
        "OrgInvSeries": "AA/20E",
        "OrgInvNo": "0000067",
        "OriginalInvoiceDetail": lines(199),
    }
    assert check_invoices([invoice(**fine)]).problems == ()
    assert check_invoices([invoice(BuyerEmail="", BuyerIDNumber=None)]).problems == ()


def test_a_request_has_limits_of_its_own() -> None:
    """None, 31 invoices, a RefID twice whatever its case, 200 lines together."""
    many = [invoice(number) for number in range(31)]
    shouted = invoice(RefID="AAAAAAAA-1111-4111-8111-000000000000")
    for request in ([], many, [invoice(), invoice()], [shouted, shouted.replace("AAAAAAAA", "aaaaaaaa")]):
        assert len(check_invoices(request).request) == 1
    together = [invoice(number, OriginalInvoiceDetail=lines(100)) for number in range(2)]
    (problem,) = check_invoices(together).request
    assert "200" in problem.en
    assert check_invoices(together).invoices == ((), ())


def test_one_bad_invoice_is_told_apart_from_the_others() -> None:
    """Whoever publishes can leave it out and send the rest."""
    checked = check_invoices([invoice(0), invoice(1, BuyerPassport="P" * 21), "nonsense", "[]", invoice(3, RefID="")])
    assert [[problem.field for problem in one] for one in checked.invoices] == [
        [],
        ["BuyerPassport"],
        ["InvoiceData"],
        ["InvoiceData"],
        ["RefID"],
    ]


def test_the_whole_document_is_checked_before_there_is_a_number() -> None:
    """Unknown fields, wrong types and what is required and missing are named, each once, without their content."""
    odd = invoice(NotAField=1, TotalAmount="nhiều", BuyerPassport="S3CRET" * 4, InvDate=None)
    problems = check_invoice(odd)
    assert {problem.field for problem in problems} == {"NotAField", "TotalAmount", "BuyerPassport"}
    assert "S3CRET" not in repr(problems)
    assert fields_of(invoice(InvDate=None, TaxRateInfo=None)) == {"InvDate", "TaxRateInfo"}
    assert fields_of("nonsense") == {"InvoiceData"}


@pytest.mark.parametrize("series", ("xyz", "C26TAA", "1C__TAA", "1X26TAA"))
def test_a_series_is_seven_characters(series: str) -> None:
    """§1.6; the year is filled in by then."""
    (problem,) = check_invoice(invoice(InvSeries=series))
    assert problem.field == "InvSeries"
    assert "1C26TAA" in problem.vi


@pytest.mark.parametrize("kind", (3, 4))
def test_discounts_and_notes_have_no_sort_order(kind: int) -> None:
    """§13.4: null with ItemType 3 and 4."""
    first, second = lines(2)
    told = invoice(OriginalInvoiceDetail=[first, second | {"ItemType": kind}])
    assert fields_of(told) == {"OriginalInvoiceDetail[2].SortOrder"}
    fine = invoice(OriginalInvoiceDetail=[first, second | {"ItemType": kind, "SortOrder": None}])
    assert check_invoice(fine) == ()


def test_half_a_correction_is_named_before_sending() -> None:
    """Named by the field that is missing, in words of its own."""
    assert "ReferenceType" in fields_of(invoice(OrgInvNo="67", OrgInvoiceType=1))
    assert fields_of(invoice(InvoiceNote="")) == set()


SOMETHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*InvoiceData.model_fields, "x"]), inner),
)


@given(SOMETHING)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_checking_never_raises(anything: object) -> None:
    """Whatever is given, problems are told."""
    text = json.dumps(anything)
    assert check_invoice(text)
    assert check_invoices([text, text]).problems
    assert load(text) == anything
