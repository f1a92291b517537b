"""What the meInvoice stand-in accepts and refuses, by content alone."""

from copy import deepcopy
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandbox.meinvoice.checks.buyer import is_tax_code
from sandbox.meinvoice.checks.fields import check_date, check_not_in_future, check_reference
from sandbox.meinvoice.checks.refusal import RefusedError
from support.sandbox_checks import code_of
from support.sandboxes import Json, invoice


def changed(path: str, value: Any) -> Json:
    """The example with one field, of the invoice or of its line or rate (`line.X`, `rate.X`), set or removed."""
    body = deepcopy(invoice())
    where, _, name = path.rpartition(".")
    holder = {"": body, "line": body["OriginalInvoiceDetail"][0], "rate": body["TaxRateInfo"][0]}[where]
    if value is None:
        holder.pop(name, None)
    else:
        holder[name] = value
    return body


def test_the_vendors_own_example_is_accepted() -> None:
    """The publish example of the Open API document (§6) passes every check."""
    assert code_of(invoice()) is None


@pytest.mark.parametrize(
    ("path", "value", "code"),
    (
        ("TotalSaleAmount", None, "Invalid_[Invoice.TotalSaleAmount]"),
        ("TotalAmountOC", None, "Invalid_[Invoice.TotalAmountOC]"),
        ("TotalAmount", "5500000", "Invalid_[Invoice.TotalAmount]"),
        ("TotalVATAmountOC", 500001, "Invalid_[Invoice.TotalVATAmountOC]"),
        ("TotalAmountOC", 5500001, "Invalid_[Invoice.TotalAmountOC]"),
        ("TotalAmount", 5500001, "Invalid_[Invoice.TotalAmount]"),
        ("TotalSaleAmountOC", Decimal("5000000.5"), "Invalid_[Invoice.TotalSaleAmountOC]"),
        ("TotalAmountInWords", " ", "RequireInfo_TotalAmountInWords"),
        ("CurrencyCode", "đồng", "Invalid_[Invoice.CurrencyCode]"),
        ("ExchangeRate", 2, "Invalid_[Invoice.ExchangeRate]"),
        ("OriginalInvoiceDetail", None, "RequireInfo_OriginalInvoiceDetail"),
        ("OriginalInvoiceDetail", ["x"], "Invalid_[Invoice.OriginalInvoiceDetail]"),
        ("TaxRateInfo", None, "TaxRateInfo_VATRateName"),
        ("TaxRateInfo", 5, "TaxRateInfo_VATRateName"),
        ("rate.VATAmountOC", 499999, "TaxRateInfo_VATRateName"),
        ("rate.VATRateName", "8%", "TaxRateInfo_VATRateName"),
        ("BuyerTaxCode", "0101243151", "InvalidTaxCode"),
        ("BuyerTaxCode", "001099012345", "InvalidTaxCode"),
        ("BuyerLegalName", None, "RequireInfo_BuyerLegalName"),
        ("BuyerAddress", "", "RequireInfo_BuyerAddress"),
        ("BuyerEmail", "a@b.vn;c@d.vn", "Invalid_[Invoice.BuyerEmail]"),
        ("BuyerIDNumber", "123", "Invalid_[Invoice.BuyerIDNumber]"),
        ("BuyerBudgetCode", "12", "Invalid_[Invoice.BuyerBudgetCode]"),
        ("BuyerFullName", "x" * 101, "Invalid_[Invoice.BuyerFullName]"),
        ("OptionUserDefined", {"AmountDecimalDigits": "hai"}, "Invalid_[Invoice.OptionUserDefined]"),
        ("OptionUserDefined", {"MainCurrency": "USD"}, "Invalid_[Invoice.OptionUserDefined]"),
        ("OptionUserDefined", 0, "Invalid_[Invoice.OptionUserDefined]"),
        ("BuyerPassport", "x" * 21, "Invalid_[Invoice.BuyerPassport]"),
        ("BuyerPhoneNumber", "0" * 21, "Invalid_[Invoice.BuyerPhoneNumber]"),
        ("TotalAmountInWords", "x" * 256, "Invalid_[Invoice.TotalAmountInWords]"),
        ("BuyerFullName", "Lan\x00", "InvalidXMLData"),
        ("CustomField1", [{"x\ud800": 1}], "InvalidXMLData"),
        ("line.ItemName", "Áo\x0bsơ mi", "InvalidXMLData"),
        ("line.ItemName", "x" * 501, "InvoiceDetail_ItemName"),
        ("line.UnitName", "x" * 51, "InvoiceDetail_UnitName"),
        ("line.SpecialtyItem", [{"TypicalItem": 4, "FieldName": "SKhung"}], "InvoiceDetail_SpecialtyItem"),
        ("line.SpecialtyItem", [{"TypicalItem": 2, "FieldName": "SKhung"}], "InvoiceDetail_SpecialtyItem"),
        ("ReferenceType", 2, "RequireInfo_OrgInvoiceType"),
        ("ReferenceType", 9, "Invalid_[Invoice.ReferenceType]"),
        ("line.ItemType", 9, "InvoiceDetail_ItemType"),
        ("line.ItemType", None, "InvoiceDetail_ItemType"),
        ("line.ItemName", "", "RequireError_ItemName"),
        ("line.LineNumber", 0, "InvoiceDetail_LineNumber"),
        ("line.SortOrder", None, "InvoiceDetail_SortOrder"),
        ("line.Quantity", None, "InvoiceDetail_Quantity"),
        ("line.UnitPrice", Decimal("500000.06"), "InvoiceDetail_AmountOC"),
        ("line.AmountOC", 4999999, "InvoiceDetail_AmountOC"),
        ("line.DiscountRate", 10, "InvoiceDetail_DiscountAmountOC"),
        ("line.AmountWithoutVATOC", 4999999, "InvoiceDetail_AmountWithoutVATOC"),
        ("line.Amount", 1, "InvoiceDetail_Amount"),
        ("line.VATRateName", "9%", "InvoiceDetail_VATRateName"),
        ("line.VATAmountOC", 500002, "InvoiceDetail_VATAmountOC"),
    ),
)
def test_a_wrong_field_is_refused_by_its_name(path: str, value: object, code: str) -> None:
    """Each wrong or missing field gets the error code that names it."""
    assert code_of(changed(path, value)) == code


@pytest.mark.parametrize(
    ("day", "code"),
    (
        ("2025-06-30", "TaxReductionDateInValid"),
        ("2025-07-01", None),
        ("2026-12-31", None),
        ("2027-01-01", "TaxReductionDateInValid"),
    ),
)
def test_eight_per_cent_has_its_time(day: str, code: str | None) -> None:
    """The reduced rate is good from 1 July 2025 to 31 December 2026, both included."""
    vat = {"VATRateName": "8%", "VATAmountOC": 400_000}
    body = invoice(InvDate=day, TotalVATAmount=400_000, TotalVATAmountOC=400_000)
    body |= {"TotalAmount": 5_400_000, "TotalAmountOC": 5_400_000}
    body["OriginalInvoiceDetail"][0] |= vat | {"VATAmount": 400_000}
    body["TaxRateInfo"][0] |= vat
    assert code_of(body) == code


@pytest.mark.parametrize("digits", ("0", "2", "4"))
def test_decimals_are_those_announced(digits: str) -> None:
    """A unit price may have as many decimals as OptionUserDefined says, and no more."""
    body = invoice(OptionUserDefined={"UnitPriceOCDecimalDigits": digits})
    line = body["OriginalInvoiceDetail"][0]
    line["UnitPrice"] = Decimal(500_000) + Decimal(1).scaleb(-int(digits) - 1)
    assert code_of(body) == "InvoiceDetail_UnitPrice"
    line["UnitPrice"] = Decimal(500_000)
    assert code_of(body) is None


@pytest.mark.parametrize("side", ("StockIn", "StockOut"))
@pytest.mark.parametrize("missing", ("LegalName", "Address"))
def test_a_delivery_note_says_who_is_meant(side: str, missing: str) -> None:
    """A tax code of either side without its name or address is refused by a code that names both."""
    told = {f"{side}TaxCode": "0101243150", f"{side}LegalName": "A", f"{side}Address": "B"}
    body = invoice(InvSeries="6K26NXK", **(told | {f"{side}{missing}": ""}))
    assert code_of(body) == f"{side}TaxCode_NotInfo_6_{side}{missing}"


def test_an_unknown_rate_is_refused_in_the_summary() -> None:
    """A rate that MISA does not know is refused even where its sums are nothing."""
    body = invoice()
    body["TaxRateInfo"].append({"VATRateName": "9%", "AmountWithoutVATOC": 0, "VATAmountOC": 0})
    assert code_of(body) == "TaxRateInfo_VATRateName"


def test_two_hundred_lines_are_too_many() -> None:
    """Fewer than 200 lines fit into one invoice."""
    body = invoice()
    body["OriginalInvoiceDetail"] *= 200
    assert code_of(body) == "XMLTooLong"


def test_notes_and_promotions_count_for_nothing() -> None:
    """A note needs only a name, a promotion is left out of all sums."""
    body = invoice()
    goods = body["OriginalInvoiceDetail"][0]
    gift = goods | {name: 0 for name in goods if "Amount" in name} | {"ItemType": 2, "LineNumber": 2, "SortOrder": 2}
    gift["UnitPrice"] = 0
    note = {"ItemType": 4, "LineNumber": 3, "ItemName": "Ghi chú"}
    body["OriginalInvoiceDetail"] += [gift, note]
    assert code_of(body) is None


def test_a_discount_line_is_taken_off() -> None:
    """Lines of type 3 carry positive amounts that every sum subtracts."""
    body = invoice()
    goods = body["OriginalInvoiceDetail"][0]
    discount = goods | {"ItemType": 3, "LineNumber": 2, "Quantity": 1, "UnitPrice": 1_000_000, "SortOrder": None}
    for name, value in (("Amount", 1_000_000), ("AmountWithoutVAT", 1_000_000), ("VATAmount", 100_000)):
        discount |= {name: value, f"{name}OC": value}
    body["OriginalInvoiceDetail"].append(discount)
    for name, value in (("Sale", 4_000_000), ("VAT", 400_000), ("", 4_400_000)):
        body |= {f"Total{name}Amount": value, f"Total{name}AmountOC": value}
    body |= {"TotalAmountWithoutVAT": 4_000_000, "TotalAmountWithoutVATOC": 4_000_000}
    body["TaxRateInfo"] = [{"VATRateName": "10%", "AmountWithoutVATOC": 4_000_000, "VATAmountOC": 400_000}]
    assert code_of(body) is None


@pytest.mark.parametrize(
    ("text", "good"),
    (
        ("0101243150", True),
        ("0101243150-732", True),
        ("2222222222-433", True),
        ("0100109106-215", True),
        ("0123456789", False),
        ("0101243150-000", False),
        ("0101243150732", False),
        ("", False),
    ),
)
def test_tax_codes_are_checked_by_their_check_digit(text: str, good: bool) -> None:
    """Ten digits with the right check digit, and a branch suffix that is not 000."""
    assert is_tax_code(text) is good


@pytest.mark.parametrize("text", ("16/03/2026", "2026-3-16", "2026-02-30", 20260316))
def test_dates_are_written_one_way(text: object) -> None:
    """InvDate is yyyy-MM-dd and a day that exists."""
    with pytest.raises(RefusedError) as caught:
        check_date({"InvDate": text})
    assert caught.value.code == "Invalid_[Invoice.InvDate]"


def test_the_future_is_refused() -> None:
    """A date after today is InvalidInvoiceDate."""
    day = check_date({"InvDate": "2026-03-17"})
    with pytest.raises(RefusedError) as caught:
        check_not_in_future(day, check_date({"InvDate": "2026-03-16"}))
    assert caught.value.code == "InvalidInvoiceDate"


@pytest.mark.parametrize(
    "text",
    (
        *("", None, "KH20881", "88d18970380a4138bbcee25049ca9e3c", "{88d18970-380a-4138-bbce-e25049ca9e3c}"),
        *("urn:uuid:88d18970-380a-4138-bbce-e25049ca9e3c", "88d18970-380a-4138-bbce-e25049ca9e3c\n"),
    ),
)
def test_a_reference_is_a_guid_of_one_spelling(text: object) -> None:
    """RefID is required and a GUID with its hyphens: spelt another way it would be another invoice."""
    with pytest.raises(RefusedError):
        check_reference({"RefID": text})


def split(gross: int, rate: int) -> tuple[int, int]:
    """Net and VAT of a gross amount, as a shop does it."""
    net = int((Decimal(gross) * 100 / (100 + rate)).quantize(Decimal(1), ROUND_HALF_UP))
    return net, gross - net


@given(st.lists(st.tuples(st.integers(0, 50_000_000), st.sampled_from((0, 5, 8, 10))), min_size=1, max_size=8))
def test_prices_with_vat_inside_always_pass(sold: list[tuple[int, int]]) -> None:
    """Net rounded from gross and VAT as the rest is accepted for every amount and rate, one đồng off or not."""
    lines: list[Json] = []
    rates: dict[int, tuple[int, int]] = {}
    for number, (gross, rate) in enumerate(sold, start=1):
        net, vat = split(gross, rate)
        amounts = {"Amount": net, "DiscountAmount": 0, "AmountWithoutVAT": net, "VATAmount": vat}
        line = {"ItemType": 1, "LineNumber": number, "SortOrder": number, "ItemName": "Hàng", "Quantity": 1}
        line |= {"UnitPrice": net, "DiscountRate": 0, "VATRateName": f"{rate}%"}
        lines.append(line | amounts | {f"{name}OC": value for name, value in amounts.items()})
        before = rates.get(rate, (0, 0))
        rates[rate] = (before[0] + net, before[1] + vat)
    net, vat = (sum(pair[index] for pair in rates.values()) for index in (0, 1))
    totals = {"SaleAmount": net, "DiscountAmount": 0, "AmountWithoutVAT": net, "VATAmount": vat, "Amount": net + vat}
    body = invoice(
        OriginalInvoiceDetail=lines,
        TaxRateInfo=[
            {"VATRateName": f"{rate}%", "AmountWithoutVATOC": pair[0], "VATAmountOC": pair[1]}
            for rate, pair in rates.items()
        ],
        **{f"Total{name}{suffix}": value for name, value in totals.items() for suffix in ("", "OC")},
    )
    assert code_of(body) is None
