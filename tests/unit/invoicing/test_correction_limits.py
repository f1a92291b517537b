"""What a correction may not say beside what was sold: nothing new, what form 04 is for, or more than there was."""

from decimal import Decimal
from pathlib import Path

import pytest
from invoicing.correction_limits import beyond_what_was_sold, without_agreement
from invoicing.corrections import CorrectionCause, CorrectionHold, CorrectionKind
from invoicing.reasons import Reason
from meinvoice.models import InvoiceData

ADJUST, REPLACE = CorrectionKind.ADJUST, CorrectionKind.REPLACE
ERROR, RETURN = CorrectionCause.ERROR, CorrectionCause.RETURN


def sold(**fields: object) -> InvoiceData:
    """Ten shirts at 500.000 đồng, bought by nobody in particular."""
    path = Path(__file__).parents[2] / "data/meinvoice/invoice.json"
    return InvoiceData.from_json(path.read_text(encoding="utf-8")).model_copy(update=fields)


def back(quantity: int, price: int = 500_000, **fields: object) -> InvoiceData:
    """So many of them come back, at 10 % VAT."""
    net = Decimal(-quantity * price)
    vat = net / 10
    sale, rate = sold(), {"AmountWithoutVATOC": net, "VATAmountOC": vat}
    amounts = dict.fromkeys(("AmountOC", "Amount", "AmountWithoutVATOC", "AmountWithoutVAT"), net)
    line = {"Quantity": Decimal(-quantity), "UnitPrice": Decimal(price), "VATAmountOC": vat, "VATAmount": vat}
    totals = dict.fromkeys(
        ("TotalSaleAmountOC", "TotalSaleAmount", "TotalAmountWithoutVATOC", "TotalAmountWithoutVAT"), net
    )
    return sale.model_copy(
        update={
            **totals,
            **dict.fromkeys(("TotalVATAmountOC", "TotalVATAmount"), vat),
            **dict.fromkeys(("TotalAmountOC", "TotalAmount"), net + vat),
            "OriginalInvoiceDetail": (sale.OriginalInvoiceDetail[0].model_copy(update={**amounts, **line, **fields}),),
            "TaxRateInfo": tuple(info.model_copy(update=rate) for info in sale.TaxRateInfo or ()),
        }
    )


def reason_of(result: CorrectionHold | None) -> Reason | None:
    """The reason; its sentences are whole."""
    assert result is None or not set("?{}") & set(result.explain().vi + result.explain().en)
    return result.reason if result else None


@pytest.mark.parametrize(
    ("changed", "reason"),
    (
        ({}, Reason.REPLACEMENT_SAYS_THE_SAME),
        ({"TotalAmount": Decimal("5500000.0"), "OrgInvNo": "7"}, Reason.REPLACEMENT_SAYS_THE_SAME),
        ({"ReceiverEmail": "a@example.com"}, Reason.REPLACEMENT_SAYS_THE_SAME),
        ({"BuyerFullName": "Nguyễn Văn B"}, Reason.ONLY_FORM_04),
        ({"BuyerLegalName": "Công ty B", "BuyerAddress": "Huế"}, Reason.ONLY_FORM_04),
        ({"PaymentMethodName": "CK"}, Reason.ONLY_FORM_04),
        ({"BuyerTaxCode": "0101243150", "BuyerLegalName": "Công ty B"}, None),
        ({"BuyerIDNumber": "001087000015"}, None),
        ({"OriginalInvoiceDetail": back(9).OriginalInvoiceDetail}, None),
    ),
)
def test_a_replacement_corrects_what_takes_an_invoice(changed: dict[str, object], reason: Reason | None) -> None:
    """Tax code, goods, amounts, rates; for a name or an address the law has form 04/SS-HĐĐT (Art. 10.1.a)."""
    hold = beyond_what_was_sold(sold(), [], sold(**changed), REPLACE, ERROR)
    assert reason_of(hold) is reason
    if reason is Reason.ONLY_FORM_04:
        assert hold is not None
        assert hold.facts["fields"] == ", ".join(sorted(changed, key=list(InvoiceData.model_fields).index))


@pytest.mark.parametrize(
    ("earlier", "now", "refused"),
    (
        ([], back(10), False),
        ([back(4)], back(6), False),
        ([back(10)], back(10), True),
        ([back(4), back(4)], back(3), True),
        ([], back(11), True),
        ([], back(11, 1), True),
        ([], back(1, 6_000_000), True),
        ([], back(1, 6_000_000, ItemCode="X", ItemName="Giảm giá"), True),
        ([back(10)], back(1, 1, ItemCode=None), True),
        ([back(12)], back(-3), False),
    ),
)
def test_never_more_comes_back_than_was_sold(earlier: list[InvoiceData], now: InvoiceData, refused: bool) -> None:
    """Neither more goods nor more money, over all adjustments that stand; what was too much may be put back."""
    hold = beyond_what_was_sold(sold(), earlier, now, ADJUST, RETURN)
    assert reason_of(hold) is (Reason.CORRECTION_MORE_THAN_SOLD if refused else None)


def test_an_error_is_not_bounded_by_the_goods_it_names() -> None:
    """Eleven wrong ones may be taken off and eleven right ones put in; the money never goes below nothing."""
    assert beyond_what_was_sold(sold(), [], back(11, 1), ADJUST, ERROR) is None
    assert reason_of(beyond_what_was_sold(sold(), [], back(11), ADJUST, ERROR)) is Reason.CORRECTION_MORE_THAN_SOLD


@pytest.mark.parametrize(
    ("before", "after", "cause", "asked"),
    (
        ({}, {}, ERROR, False),
        ({"BuyerFullName": "Nguyễn Văn B", "BuyerIDNumber": "001087000015"}, {}, ERROR, False),
        ({"BuyerTaxCode": "0101243150"}, {}, ERROR, True),
        ({}, {"BuyerTaxCode": "0101243150"}, ERROR, True),
        ({}, {"BuyerBudgetCode": "1234567"}, ERROR, True),
        ({"BuyerTaxCode": "0101243150"}, {"BuyerTaxCode": "0101243150"}, RETURN, False),
    ),
)
def test_an_error_in_a_companys_invoice_is_agreed_on_in_writing(
    before: dict[str, object], after: dict[str, object], cause: CorrectionCause, asked: bool
) -> None:
    """Whether it was sold to one or shall be (Art. 10.1.b); returned goods and persons need nothing signed."""
    hold = without_agreement(sold(**before), sold(**after), cause)
    assert reason_of(hold) is (Reason.CORRECTION_WITHOUT_AGREEMENT if asked else None)
