"""Corrections: which are allowed, and that they carry the original's fields (Circular 91/2026 Art. 10, Open API §9)."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from invoicing.claim import DressHold, dress
from invoicing.corrections import (
    Correction,
    CorrectionCause,
    CorrectionHold,
    CorrectionKind,
    Earlier,
    Original,
    correction,
    correction_ref_id,
    forbidden,
)
from invoicing.reasons import Reason
from invoicing.sums import not_tying
from invoicing.words import WordOptions
from meinvoice.models import InvoiceData, ItemType

ADJUST, REPLACE = CorrectionKind.ADJUST, CorrectionKind.REPLACE
ERROR, RETURN = CorrectionCause.ERROR, CorrectionCause.RETURN
ORIGINAL = Original(
    environment="sandbox",
    shop="demo",
    order_id=1701234567,
    lookup_code="A1B2C3D4E5",
    series="1C26TAA",
    number="00000042",
    date=date(2026, 11, 1),
    kind="sale",
    sign_type=2,
)
REGISTER = replace(ORIGINAL, series="1C26MAB", sign_type=5)


PLAIN = Path(__file__).parents[2] / "data/meinvoice/invoice.json"


def body(**fields: object) -> InvoiceData:
    invoice = InvoiceData.from_json(PLAIN.read_text(encoding="utf-8"))
    return priced(invoice, UnitPrice=Decimal(500000)).model_copy(update=fields)


def priced(invoice: InvoiceData, **fields: object) -> InvoiceData:
    """The same with other figures in each line."""
    lines = tuple(line.model_copy(update=fields) for line in invoice.OriginalInvoiceDetail)
    return invoice.model_copy(update={"OriginalInvoiceDetail": lines})


def negated(invoice: InvoiceData) -> InvoiceData:
    """The same with every amount below zero, as a full return is adjusted."""
    totals = {
        name: -getattr(invoice, name)
        for name in InvoiceData.model_fields
        if name.startswith("Total") and "Words" not in name
    }
    names = ("Quantity", "AmountOC", "Amount", "AmountWithoutVATOC", "AmountWithoutVAT", "VATAmountOC", "VATAmount")
    lines = tuple(
        line.model_copy(update={name: -getattr(line, name) for name in names}) for line in invoice.OriginalInvoiceDetail
    )
    rates = tuple(
        info.model_copy(update={"AmountWithoutVATOC": -info.AmountWithoutVATOC, "VATAmountOC": -info.VATAmountOC})
        for info in invoice.TaxRateInfo or ()
    )
    return invoice.model_copy(update={**totals, "OriginalInvoiceDetail": lines, "TaxRateInfo": rates})


def made(original: Original, kind: CorrectionKind, invoice: InvoiceData, note: str = "Trả hàng") -> Correction:
    result = correction(original, kind, invoice, note=note)
    assert isinstance(result, Correction), result
    return result


def reason_of(result: object) -> Reason:
    assert isinstance(result, CorrectionHold), result
    assert all(result.explain().vi.find(mark) < 0 for mark in "?{}"), result.explain().vi
    return result.reason


@pytest.mark.parametrize(("kind", "reference"), ((REPLACE, 1), (ADJUST, 2)))
def test_a_correction_names_its_original(kind: CorrectionKind, reference: int) -> None:
    """First character of the series, the other six, number and date of the original, and why (Open API §9)."""
    invoice = made(ORIGINAL, kind, body(), "Sai đơn giá").content.invoice
    assert invoice.ReferenceType == reference
    assert (invoice.OrgInvoiceType, invoice.OrgInvTemplateNo, invoice.OrgInvSeries) == (1, "1", "C26TAA")
    assert (invoice.OrgInvNo, invoice.OrgInvDate) == ("00000042", date(2026, 11, 1))
    assert invoice.InvoiceNote == "Sai đơn giá"


def test_a_correction_is_dated_like_any_invoice_of_its_lane() -> None:
    """The claim sets date and series of the year; the original's year stays in the original's fields."""
    content = made(ORIGINAL, ADJUST, negated(body())).content.to_json()
    dressed = dress(content, date=date(2027, 1, 4), series_pattern="1C__TAA")
    assert not isinstance(dressed, DressHold)
    sent = InvoiceData.from_json(dressed)
    assert (sent.InvSeries, sent.InvDate, sent.OrgInvSeries) == ("1C27TAA", date(2027, 1, 4), "C26TAA")


def test_the_total_in_words_is_ours() -> None:
    """A negative total begins with "Âm", spelled as the shop likes it."""
    result = correction(ORIGINAL, ADJUST, negated(body()), note="Trả hàng", words=WordOptions(thousand="ngàn"))
    assert isinstance(result, Correction)
    assert result.content.invoice.TotalAmountInWords == "Âm năm triệu năm trăm ngàn đồng."


def test_the_same_correction_has_the_same_ref_id() -> None:
    """Asked for again it is the same document; another adjustment is another one, another replacement is not."""
    less = body(BuyerFullName="Nguyễn Văn B")

    def name(kind: CorrectionKind, invoice: InvoiceData, note: str = "Trả 1 áo") -> UUID:
        return correction_ref_id(ORIGINAL, kind, invoice, note)

    assert name(ADJUST, body()) == name(ADJUST, body(InvDate=date(2026, 11, 2)), " Trả 1 áo ")
    assert name(ADJUST, body()) != name(ADJUST, less)
    assert name(ADJUST, body()) != name(ADJUST, body(), "Trả thêm 1 áo")
    assert name(REPLACE, body()) == name(REPLACE, less, "Sai tên")
    assert name(REPLACE, body()) != name(ADJUST, body())


def test_a_ref_id_does_not_hang_on_spelling() -> None:
    """5500000 is 5500000.0, a file may carry what is set here, and what has its RefID today keeps it."""
    plain = InvoiceData.from_json(PLAIN.read_text(encoding="utf-8"))
    spelled = re.sub(r"(?<=: )(\d+)(?=[,}])(?!\.)", r"\1.0", PLAIN.read_text(encoding="utf-8"))
    spelled = re.sub(r'("(?:ItemType|LineNumber|SortOrder)": \d+)\.0', r"\1", spelled)
    other = InvoiceData.from_json(spelled)
    assert other.to_json() != plain.to_json()
    carrying = other.model_copy(
        update={"OrgInvNo": "00000042", "ReferenceType": 2, "IsInvoiceCalculatingMachine": False, "InvoiceNote": "y"}
    )
    for one in (plain, other, carrying):
        named = correction_ref_id(ORIGINAL, ADJUST, one, "Trả 1 áo")
        assert named == UUID("4d88c5df-a952-5569-82e5-76d1a7d8b0af")
    assert (
        made(ORIGINAL, ADJUST, body()).content == made(ORIGINAL, ADJUST, body(TotalAmount=Decimal("5500000.0"))).content
    )


def test_an_invoice_of_a_cash_register_is_only_replaced() -> None:
    """Circular 91/2026 Art. 10.1.c."""
    assert reason_of(forbidden(REGISTER, ADJUST, ERROR, [])) is Reason.CASH_REGISTER_ONLY_REPLACED
    assert forbidden(REGISTER, REPLACE, ERROR, []) is None
    assert made(REGISTER, REPLACE, body()).content.invoice.IsInvoiceCalculatingMachine is True


@pytest.mark.parametrize("kind", CorrectionKind)
def test_goods_that_come_back_to_a_cash_register_wait_for_a_person(kind: CorrectionKind) -> None:
    """The law speaks of errors only: neither form is advised."""
    assert reason_of(forbidden(REGISTER, kind, RETURN, [])) is Reason.CASH_REGISTER_RETURN


def test_goods_that_come_back_replace_nothing() -> None:
    """Circular 91/2026 Art. 10.5.c.1: the seller adjusts."""
    assert reason_of(forbidden(ORIGINAL, REPLACE, RETURN, [])) is Reason.RETURN_NOT_REPLACED
    assert forbidden(ORIGINAL, ADJUST, RETURN, []) is None


def test_an_adjustment_is_not_corrected_itself() -> None:
    """Its original is adjusted once more; a replacement, though, is the invoice now."""
    for kind in CorrectionKind:
        hold = forbidden(replace(ORIGINAL, kind="adjust"), kind, RETURN, [])
        assert reason_of(hold) is Reason.ADJUSTMENT_NOT_CORRECTED
    assert forbidden(replace(ORIGINAL, kind="replace"), ADJUST, RETURN, []) is None


def test_an_error_in_a_replacement_is_replaced_again() -> None:
    """Circular 91/2026 Art. 10.6.a."""
    again = replace(ORIGINAL, kind="replace")
    assert forbidden(again, REPLACE, ERROR, []) is None
    assert reason_of(forbidden(again, ADJUST, ERROR, [])) is Reason.REPLACEMENT_REPLACED_AGAIN


@pytest.mark.parametrize(
    ("first", "issued", "then", "refused"),
    (
        (ADJUST, True, ADJUST, None),
        (ADJUST, True, REPLACE, Reason.CORRECTION_OF_OTHER_KIND),
        (ADJUST, False, REPLACE, Reason.CORRECTION_OF_OTHER_KIND),
        (ADJUST, False, ADJUST, Reason.CORRECTION_UNDER_WAY),
        (REPLACE, True, REPLACE, Reason.REPLACED_ALREADY),
        (REPLACE, False, REPLACE, Reason.CORRECTION_UNDER_WAY),
        (REPLACE, True, ADJUST, Reason.REPLACED_ALREADY),
        (REPLACE, False, ADJUST, Reason.CORRECTION_UNDER_WAY),
    ),
)
def test_a_second_correction_has_the_form_of_the_first(
    first: CorrectionKind, issued: bool, then: CorrectionKind, refused: Reason | None
) -> None:
    """Circular 91/2026 Art. 10.6.a: adjusting goes on adjusting; what was replaced is void, its replacement named."""
    before = "11111111-1111-4111-8111-111111111111"
    hold = forbidden(ORIGINAL, then, ERROR, [Earlier(before, first, issued)])
    assert (hold and reason_of(hold)) is refused
    assert hold is None or before in hold.explain().vi


def test_figures_that_do_not_tie_are_never_sent() -> None:
    """Header against lines, lines against rates, each named."""
    wrong = body(TotalAmountOC=Decimal(5500001), TotalAmount=Decimal(5500001))
    assert not_tying(wrong, with_vat=True) == ("TotalAmountOC",)
    assert reason_of(correction(ORIGINAL, REPLACE, wrong, note="x")) is Reason.CORRECTION_DOES_NOT_TIE
    rates = tuple(info.model_copy(update={"VATAmountOC": Decimal(1)}) for info in body().TaxRateInfo or ())
    assert not_tying(body(TaxRateInfo=rates), with_vat=True) == ("TaxRateInfo[0].VATAmountOC",)


LINE = "OriginalInvoiceDetail[0]"


@pytest.mark.parametrize(
    ("wrong", "fields"),
    (
        (body(TotalSaleAmountOC=Decimal(1), TotalSaleAmount=Decimal(1)), ("TotalSaleAmountOC",)),
        (body(TotalSaleAmount=Decimal(1)), ("TotalSaleAmount",)),
        (body(TotalDiscountAmountOC=Decimal(9), TotalDiscountAmount=Decimal(9)), ("TotalDiscountAmountOC",)),
        (body(TotalDiscountAmount=Decimal(9)), ("TotalDiscountAmount",)),
        (priced(body(), Quantity=Decimal(9)), (f"{LINE}.AmountOC",)),
        (priced(body(), UnitPrice=Decimal("500000.051")), (f"{LINE}.AmountOC",)),
        (priced(body(), UnitPrice=Decimal("500000.05")), ()),
        (priced(body(), Quantity=Decimal(0), UnitPrice=Decimal(0)), (f"{LINE}.AmountOC",)),
        (
            priced(body(), DiscountAmountOC=Decimal(9), DiscountAmount=Decimal(9)),
            ("TotalDiscountAmountOC", f"{LINE}.AmountWithoutVATOC"),
        ),
    ),
)
def test_totals_and_lines_agree_with_each_other(wrong: InvoiceData, fields: tuple[str, ...]) -> None:
    """Sale and discount against their lines; in each line quantity, price, discount and net (Open API §13.4)."""
    assert not_tying(wrong, with_vat=True) == fields
    if fields:
        assert reason_of(correction(ORIGINAL, REPLACE, wrong, note="x")) is Reason.CORRECTION_DOES_NOT_TIE


def test_an_adjustment_may_change_the_value_alone() -> None:
    """Then quantity and price are zero, and the amounts say by how much; a replacement says how many there are."""
    value_only = priced(negated(body()), Quantity=Decimal(0), UnitPrice=Decimal(0))
    assert isinstance(correction(ORIGINAL, ADJUST, value_only, note="x"), Correction)
    one = priced(value_only, Quantity=Decimal(1))
    assert reason_of(correction(ORIGINAL, ADJUST, one, note="x")) is Reason.CORRECTION_DOES_NOT_TIE


def test_a_trade_discount_line_is_taken_off_every_total() -> None:
    """It carries positive amounts, and neither quantity nor price (§13.5)."""
    (line,) = body().OriginalInvoiceDetail
    amounts = dict.fromkeys(("AmountOC", "Amount", "AmountWithoutVATOC", "AmountWithoutVAT"), Decimal(1000))
    nothing = dict.fromkeys(("Quantity", "UnitPrice", "VATAmountOC", "VATAmount"), Decimal(0))
    off = line.model_copy(update={"ItemType": ItemType.TRADE_DISCOUNT, "SortOrder": None, **amounts, **nothing})
    totals = dict.fromkeys(
        ("TotalSaleAmountOC", "TotalSaleAmount", "TotalAmountWithoutVATOC", "TotalAmountWithoutVAT"), Decimal(4999000)
    ) | dict.fromkeys(("TotalAmountOC", "TotalAmount"), Decimal(5499000))
    rates = tuple(info.model_copy(update={"AmountWithoutVATOC": Decimal(4999000)}) for info in body().TaxRateInfo or ())
    assert not_tying(body(OriginalInvoiceDetail=(line, off), TaxRateInfo=rates, **totals), with_vat=True) == ()


def test_a_sales_invoice_has_no_vat_to_state() -> None:
    """Its series begins with 2: VAT in the total would be asked of the buyer without being any."""
    assert not_tying(body(), with_vat=False) == ("TotalVATAmountOC",)


def test_each_amount_is_the_same_in_both_of_its_fields() -> None:
    """What is announced and what the buyer reads would differ; other currencies than đồng are not spelled out."""
    assert not_tying(body(TotalAmount=Decimal(1)), with_vat=True) == ("TotalAmount",)
    lines = tuple(line.model_copy(update={"VATAmount": Decimal(1)}) for line in body().OriginalInvoiceDetail)
    assert not_tying(body(OriginalInvoiceDetail=lines), with_vat=True) == ("OriginalInvoiceDetail[0].VATAmount",)
    assert not_tying(body(CurrencyCode="USD", ExchangeRate=Decimal(26000)), with_vat=True) == ("CurrencyCode",)


def test_each_rate_is_summed_up_once() -> None:
    """A rate that is missing or listed twice ties by itself and is wrong all the same."""
    rates = body().TaxRateInfo or ()
    for wrong in ((), (*rates, *rates)):
        assert not_tying(body(TaxRateInfo=wrong), with_vat=True) == ("TaxRateInfo",)


def test_a_replacement_is_not_negative_and_says_why() -> None:
    """It states the whole right amounts; the reason is printed on the invoice."""
    assert reason_of(correction(ORIGINAL, REPLACE, negated(body()), note="x")) is Reason.REPLACEMENT_NEGATIVE
    assert reason_of(correction(ORIGINAL, REPLACE, body(), note="  ")) is Reason.CORRECTION_WITHOUT_NOTE
    assert reason_of(correction(ORIGINAL, REPLACE, body(), note="x" * 256)) is Reason.CORRECTION_WITHOUT_NOTE
    assert reason_of(correction(ORIGINAL, REPLACE, body(TaxRateInfo=None), note="x")) is Reason.CORRECTION_INCOMPLETE


def test_an_adjustment_for_returned_goods_takes_off() -> None:
    """The whole invoice instead of what came back would be issued as a further sale; an error may be too little."""
    refused = correction(ORIGINAL, ADJUST, body(), note="x", cause=RETURN)
    assert reason_of(refused) is Reason.RETURN_NOT_NEGATIVE
    assert isinstance(correction(ORIGINAL, ADJUST, negated(body()), note="x", cause=RETURN), Correction)
    assert isinstance(correction(ORIGINAL, ADJUST, body(), note="x", cause=ERROR), Correction)
