"""Fields of special trades and the receiver's e-mail, as the meInvoice stand-in judges them (Open API §13)."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from support.sandbox_checks import code_of
from support.sandboxes import Json, invoice

SERVICE: Json = {"ServiceFeeRate": 5, "ServiceAmountOC": 250_000, "ServiceAmount": 250_000}
EXCISE: Json = {"ExciseTaxRate": 20, "ExciseTaxAmountOC": 1_050_000, "ExciseTaxAmount": 1_050_000}
AFTER: Json = {"AmountAfterExciseTaxOC": 6_300_000, "AmountAfterExciseTax": 6_300_000}
LINE: Json = SERVICE | EXCISE | AFTER | {"UnitPriceAfterExciseVAT": 630_000}
"""Of the example's line of 5,000,000: 5 % service fee, and 20 % excise tax on both."""


def hotel(line: Json | None = None, **fields: Any) -> Json:
    """The example as a hotel's invoice; a field of its line, or its own, set to something else."""
    body = deepcopy(invoice(**(SERVICE | EXCISE | fields)))
    body["OriginalInvoiceDetail"][0] |= LINE | (line or {})
    return body


def both(amounts: Json) -> Json:
    """Each amount in the invoice's currency and in đồng."""
    return amounts | {f"{name}OC": value for name, value in amounts.items()}


def test_a_hotels_invoice_is_accepted() -> None:
    """Rates, amounts and sums that tie pass, the stay as a date or as a time."""
    assert code_of(hotel(CheckIn="2026-03-14", CheckOut="2026-03-16T11:30:00")) is None


@pytest.mark.parametrize(
    ("line", "field"),
    (
        ({"ServiceAmountOC": 250_001}, "ServiceAmountOC"),
        ({"ServiceFeeRate": None}, "ServiceAmountOC"),
        ({"ServiceAmountOC": None}, "ServiceAmountOC"),
        ({"ServiceAmount": 250_001}, "ServiceAmount"),
        ({"ExciseTaxAmountOC": 1_000_000}, "ExciseTaxAmountOC"),
        ({"ExciseTaxRate": 21}, "ExciseTaxAmountOC"),
        ({"ExciseTaxAmount": 0}, "ExciseTaxAmount"),
        ({"AmountAfterExciseTaxOC": 6_050_000}, "AmountAfterExciseTaxOC"),
        ({"AmountAfterExciseTax": 6_300_001}, "AmountAfterExciseTax"),
        ({"ServiceFeeRate": "5"}, "ServiceFeeRate"),
        ({"ServiceFeeRate": Decimal("5.001")}, "ServiceFeeRate"),
        ({"ExciseTaxAmountOC": Decimal("1050000.5")}, "ExciseTaxAmountOC"),
        ({"WageAmountOC": 10, "WageAmount": 9}, "WageAmount"),
        ({"InWard": "10"}, "InWard"),
        ({"ExpiryDate": "31/12/2026"}, "ExpiryDate"),
        ({"ChassisNumber": 5}, "ChassisNumber"),
        ({"SpecialtyItem": [{"TypicalItem": 1, "FieldName": "SKhung"}]}, "SpecialtyItem"),
    ),
    ids=str,
)
def test_a_wrong_field_of_a_line_is_refused_by_its_name(line: Json, field: str) -> None:
    """The formulas of §13.4, their converted amounts, and what each field holds."""
    assert code_of(hotel(line)) == f"InvoiceDetail_{field}"


def test_the_discount_is_taken_off_before_fee_and_tax() -> None:
    """Both are shares of what is left after the discount, rounded to the currency's smallest amount."""
    vat = {"DiscountAmount": 333_333, "AmountWithoutVAT": 4_666_667, "VATAmount": 466_667}
    fees = {"ServiceAmount": 233_333, "ExciseTaxAmount": 980_000}
    totals = both({f"Total{name}": value for name, value in vat.items()} | {"TotalAmount": 5_133_334} | fees)
    rates = [{"VATRateName": "10%", "AmountWithoutVATOC": 4_666_667, "VATAmountOC": 466_667}]
    line = both(vat | fees | {"AmountAfterExciseTax": 5_880_000})
    assert code_of(hotel(line, **totals, TaxRateInfo=rates)) is None
    more = both({"ServiceAmount": 233_334})
    assert code_of(hotel(line | more, **(totals | more), TaxRateInfo=rates)) == "InvoiceDetail_ServiceAmountOC"


@pytest.mark.parametrize(
    ("field", "value"),
    (
        ("ServiceFeeRate", 4),
        ("ServiceAmountOC", 250_001),
        ("ServiceAmount", 0),
        ("ExciseTaxRate", Decimal("20.5")),
        ("ExciseTaxAmountOC", 1),
        ("ExciseTaxAmount", 1),
        ("CheckIn", "14/03/2026"),
        ("CheckOut", "2026-02-30"),
        ("PeriodFromDate", 20260301),
        ("ContractDate", "2026-03-01 10:00"),
        ("NewIndex", "100"),
        ("EnvironmmentFeeAmount", True),
        ("PeriodName", 3),
        ("StockInLegalName", ["A"]),
        ("ClockInfos", {"ClockOrder": 1}),
        ("ClockInfos", [1]),
        ("ClockInfos", [{"ClockOrder": 0}]),
        ("ClockInfos", [{"ClockOrder": 1, "LastIndex": "5"}]),
        ("ClockInfos", [{"ClockOrder": 1, "ClockStatus": 1}]),
    ),
)
def test_a_wrong_field_of_the_invoice_is_refused_by_its_name(field: str, value: Any) -> None:
    """The highest rate and the sums of the lines (§13.3), dates, numbers, texts, meters (§13.8)."""
    assert code_of(hotel(**{field: value})) == f"Invalid_[Invoice.{field}]"


def test_the_rates_are_the_highest_of_the_lines() -> None:
    """Two lines of 5 % and 10 % make 10 %."""
    body = hotel()
    other = {"LineNumber": 2, "SortOrder": 2, "ServiceFeeRate": 10, "ServiceAmountOC": 0, "ServiceAmount": 0}
    body["OriginalInvoiceDetail"].append(_free(body["OriginalInvoiceDetail"][0]) | other | {"ExciseTaxRate": 0})
    assert code_of(body) == "Invalid_[Invoice.ServiceFeeRate]"
    assert code_of(body | {"ServiceFeeRate": 10}) is None


def _free(line: Json) -> Json:
    """The same line at no price."""
    return line | {name: 0 for name in line if "Amount" in name} | {"UnitPrice": 0}


@pytest.mark.parametrize(("total", "code"), ((6_800_000, None), (5_500_001, "Invalid_[Invoice.TotalAmountOC]")))
def test_fee_and_tax_may_be_in_the_whole(total: int, code: str | None) -> None:
    """The document does not say: with both and without either is taken, anything else is not."""
    assert code_of(hotel(TotalAmount=total, TotalAmountOC=total)) == code


def test_meters_and_periods_are_accepted() -> None:
    """A water bill with a meter and the one it replaces."""
    old = {"ClockCodeOld": "A0", "LastIndexOld": Decimal("12.5"), "FirstIndexOld": 0}
    clock = {"ClockOrder": 1, "ClockCode": "A1", "LastIndex": 20, "FirstIndex": 0, "ClockStatus": 1} | old
    told = {"PeriodName": "3/2026", "PeriodFromDate": "2026-02-01", "PeriodToDate": "2026-02-28T00:00:00+07:00"}
    assert code_of(invoice(**told, NewIndex=20, WaterUsed=Decimal("32.5"), ClockInfos=[clock])) is None


@pytest.mark.parametrize(
    ("fields", "code"),
    (
        ({"IsSendEmail": True, "ReceiverEmail": "a@b.vn;c@d.vn"}, None),
        ({"IsSendEmail": True, "ReceiverEmail": ""}, None),
        ({"IsSendEmail": False, "ReceiverEmail": "nobody"}, None),
        ({"IsSendEmail": True, "ReceiverEmail": "a@b.vn, c@d.vn"}, "Invalid_[Invoice.ReceiverEmail]"),
        ({"IsSendEmail": True, "ReceiverEmail": "a@b.vn;nobody"}, "Invalid_[Invoice.ReceiverEmail]"),
        ({"IsSendEmail": True, "ReceiverEmail": ";"}, "Invalid_[Invoice.ReceiverEmail]"),
        ({"IsSendEmail": True, "ReceiverEmail": ["a@b.vn"]}, "Invalid_[Invoice.ReceiverEmail]"),
        ({"IsSendEmail": "yes"}, "Invalid_[Invoice.IsSendEmail]"),
    ),
    ids=str,
)
def test_receivers_are_addresses_where_an_email_is_asked_for(fields: Json, code: str | None) -> None:
    """Several are separated by a semicolon (§13.3); without an e-mail the field is not looked at."""
    assert code_of(invoice(**fields)) == code


@pytest.mark.parametrize(
    ("rate", "vat", "code"),
    (
        ("KHAC:3.5%", 175_000, None),
        ("KHAC:3.5%", 175_001, None),
        ("KHAC:3.5%", 175_002, "InvoiceDetail_VATAmountOC"),
        ("KHAC:3.5%", 150_000, "InvoiceDetail_VATAmountOC"),
        ("KHAC:3,5%", 175_000, "InvoiceDetail_VATRateName"),
        ("KHAC:3.5", 175_000, "InvoiceDetail_VATRateName"),
        ("3.5%", 175_000, "InvoiceDetail_VATRateName"),
    ),
)
def test_other_rates_tie(rate: str, vat: int, code: str | None) -> None:
    """`KHAC:3.5%` is 3.5 % of the net amount, to within one unit like every rate."""
    body = invoice(TotalVATAmount=vat, TotalVATAmountOC=vat, TotalAmount=5_000_000 + vat, TotalAmountOC=5_000_000 + vat)
    body["OriginalInvoiceDetail"][0] |= {"VATRateName": rate, "VATAmount": vat, "VATAmountOC": vat}
    body["TaxRateInfo"][0] |= {"VATRateName": rate, "VATAmountOC": vat}
    assert code_of(body) == code
