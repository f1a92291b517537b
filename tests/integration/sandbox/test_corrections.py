"""Replacing and adjusting invoices: what they must say, what may still be corrected, what becomes of the original."""

import pytest
from support.sandbox_callers import MeInvoiceCaller
from support.sandboxes import Json, invoice

REPLACE, ADJUST = 1, 2


def correction(original: Json, kind: int, **fields: object) -> Json:
    """An invoice that corrects the one of that element."""
    told: Json = {"ReferenceType": kind, "OrgInvoiceType": 1, "OrgInvTemplateNo": original["InvSeries"][0]}
    told |= {"OrgInvSeries": original["InvSeries"][1:], "OrgInvNo": original["InvNo"], "OrgInvDate": "2026-03-16"}
    return invoice(**(told | {"InvoiceNote": "Sai số lượng"} | fields))


def negative(body: Json) -> Json:
    """The same with every amount and the quantity negative."""
    names = {"Quantity"}
    line = {k: -v if "Amount" in k or k in names else v for k, v in body["OriginalInvoiceDetail"][0].items()}
    rate = {k: -v if "Amount" in k else v for k, v in body["TaxRateInfo"][0].items()}
    totals = {k: -v for k, v in body.items() if k.startswith("Total") and isinstance(v, int)}
    return body | totals | {"OriginalInvoiceDetail": [line], "TaxRateInfo": [rate]}


async def code(meinvoice: MeInvoiceCaller, body: Json, sign_type: int = 2) -> str | None:
    """The error code that publishing it gets."""
    told: str | None = (await meinvoice.publish(body, sign_type=sign_type))[0]["ErrorCode"]
    return told


async def states(meinvoice: MeInvoiceCaller, *ref_ids: str) -> list[tuple[int, int]]:
    """EInvoiceStatus and ReferenceType of these invoices, by status."""
    await meinvoice.move_clock(10)
    rows = {row["RefID"]: row for row in await meinvoice.status(*ref_ids)}
    return [(rows[each]["EInvoiceStatus"], rows[each]["ReferenceType"]) for each in ref_ids]


@pytest.mark.parametrize(("kind", "expected"), ((REPLACE, [(7, 0), (3, 1)]), (ADJUST, [(8, 0), (5, 2)])))
async def test_both_sides_of_a_correction_show_it(
    meinvoice: MeInvoiceCaller, kind: int, expected: list[tuple[int, int]]
) -> None:
    """The original becomes replaced (7) or adjusted (8), the new one replaces (3, type 1) or adjusts (5, type 2)."""
    original = await meinvoice.issue()
    body = correction(original, kind)
    assert await code(meinvoice, body) is None
    assert await states(meinvoice, original["RefID"], body["RefID"]) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    (
        ({"OrgInvoiceType": None}, "RequireInfo_OrgInvoiceType"),
        ({"OrgInvoiceType": 2}, "Invalid_[Invoice.OrgInvoiceType]"),
        ({"OrgInvTemplateNo": None}, "RequireInfo_OrgInvTemplateNo"),
        ({"OrgInvTemplateNo": "1C26TAA"}, "Invalid_[Invoice.OrgInvTemplateNo]"),
        ({"OrgInvSeries": "1C26TAA"}, "Invalid_[Invoice.OrgInvSeries]"),
        ({"OrgInvSeries": "AA/20E"}, "Invalid_[Invoice.OrgInvSeries]"),
        ({"OrgInvSeries": ""}, "RequireInfo_OrgInvSeries"),
        ({"OrgInvNo": "12A"}, "Invalid_[Invoice.OrgInvNo]"),
        ({"OrgInvDate": "16/03/2026"}, "Invalid_[Invoice.OrgInvDate]"),
        ({"OrgInvDate": "2026-03-17"}, "Invalid_[Invoice.OrgInvDate]"),
        ({"InvoiceNote": None}, "RequireInfo_InvoiceNote"),
        ({"InvoiceNote": "x" * 256}, "Invalid_[Invoice.InvoiceNote]"),
        ({"ReferenceType": 5}, "Invalid_[Invoice.ReferenceType]"),
        ({"ReferenceType": None}, "RequireInfo_ReferenceType"),
    ),
    ids=str,
)
async def test_the_original_is_named_completely(meinvoice: MeInvoiceCaller, change: Json, expected: str) -> None:
    """Every field of the original is needed, in its form: one digit, six characters, a number, a date not later."""
    assert await code(meinvoice, correction(await meinvoice.issue(), ADJUST, **change)) == expected


async def test_an_original_of_decree_51_has_its_own_forms(meinvoice: MeInvoiceCaller) -> None:
    """OrgInvoiceType 3 takes template and series of the old kind."""
    old = {"OrgInvoiceType": 3, "OrgInvTemplateNo": "01GTKT0/001", "OrgInvSeries": "AA/20E", "OrgInvNo": "0000123"}
    body = correction(await meinvoice.issue(), REPLACE, **old, OrgInvDate="2020-05-01")
    assert await code(meinvoice, body) is None


async def test_adjustments_may_be_negative(meinvoice: MeInvoiceCaller) -> None:
    """Negative amounts and value-only adjustments (quantity and price 0) are accepted; sales and replacements not."""
    original = await meinvoice.issue()
    assert await code(meinvoice, negative(invoice())) == "Invalid_[Invoice.TotalAmountOC]"
    assert await code(meinvoice, negative(correction(original, REPLACE))) == "Invalid_[Invoice.TotalAmountOC]"
    assert await code(meinvoice, negative(correction(original, ADJUST))) is None
    value_only = negative(correction(original, ADJUST))
    value_only["OriginalInvoiceDetail"][0] |= {"Quantity": 0, "UnitPrice": 0}
    assert await code(meinvoice, value_only) is None


async def test_a_single_line_may_be_negative(meinvoice: MeInvoiceCaller) -> None:
    """No source forbids it where the total is not: a sale with a line of the same amount taken off comes to zero."""
    sale = invoice()
    less = negative(sale)["OriginalInvoiceDetail"][0] | {"LineNumber": 2, "SortOrder": 2}
    totals = {name: 0 for name, value in sale.items() if name.startswith("Total") and isinstance(value, int)}
    rates = [sale["TaxRateInfo"][0] | {"AmountWithoutVATOC": 0, "VATAmountOC": 0}]
    body = sale | totals | {"OriginalInvoiceDetail": [*sale["OriginalInvoiceDetail"], less], "TaxRateInfo": rates}
    assert await code(meinvoice, body) is None


async def test_an_adjustment_keeps_being_adjusted(meinvoice: MeInvoiceCaller) -> None:
    """After one adjustment another is fine, a replacement is `HasAdjustmentInvoice`."""
    original = await meinvoice.issue()
    told = [await code(meinvoice, correction(original, kind)) for kind in (ADJUST, ADJUST, REPLACE)]
    assert told == [None, None, "HasAdjustmentInvoice"]


async def test_a_replaced_invoice_is_done_with(meinvoice: MeInvoiceCaller) -> None:
    """It can neither be replaced again nor adjusted; the replacing one can."""
    original = await meinvoice.issue()
    new = (await meinvoice.publish(correction(original, REPLACE)))[0]
    told = [
        await code(meinvoice, correction(each, kind))
        for each, kind in ((original, REPLACE), (original, ADJUST), (new, ADJUST))
    ]
    assert told == ["InvoiceCannotReplace", "InvoiceCannotAdjust", None]


async def test_a_cancelled_invoice_cannot_be_corrected(meinvoice: MeInvoiceCaller) -> None:
    """Cancelled on the web it shows status 2 and takes neither correction."""
    original = await meinvoice.issue()
    await meinvoice.control("POST", f"invoices/{original['TransactionID']}/cancel")
    told = [await code(meinvoice, correction(original, kind)) for kind in (REPLACE, ADJUST)]
    assert told == ["InvoiceCannotReplace", "InvoiceCannotAdjust"]
    assert await states(meinvoice, original["RefID"]) == [(2, 0)]


async def test_replacing_may_need_cancelling_first(meinvoice: MeInvoiceCaller) -> None:
    """As an option an original that is not cancelled is `InvoiceCannotReplaceByStatusNew`."""
    await meinvoice.options(replace_needs_cancelled=True)
    original = await meinvoice.issue()
    assert await code(meinvoice, correction(original, REPLACE)) == "InvoiceCannotReplaceByStatusNew"
    await meinvoice.control("POST", f"invoices/{original['TransactionID']}/cancel")
    assert await code(meinvoice, correction(original, REPLACE)) is None


@pytest.mark.parametrize(
    ("change", "strict"),
    (
        ({"OrgInvNo": "99999999"}, "Invalid_[Invoice.OrgInvNo]"),
        ({"OrgInvDate": "2026-03-15"}, "Invalid_[Invoice.OrgInvDate]"),
    ),
)
async def test_an_original_that_is_not_there_is_noticed_later(
    meinvoice: MeInvoiceCaller, change: Json, strict: str
) -> None:
    """It is issued, and the tax authority refuses it; as an option it is refused at once."""
    original = await meinvoice.issue()
    body = correction(original, ADJUST, **change)
    assert await code(meinvoice, body) is None
    await meinvoice.move_clock(10)
    assert (await meinvoice.status(body["RefID"]))[0]["SendTaxStatus"] == 3
    await meinvoice.options(original_check="strict")
    assert await code(meinvoice, correction(original, ADJUST, **change)) == strict


@pytest.mark.parametrize("sign_type", (2, 3))
async def test_a_wrong_date_opens_no_way_around_the_state(meinvoice: MeInvoiceCaller, sign_type: int) -> None:
    """Of an original on record the state counts whatever date is named, and a wrong date changes it to nothing."""
    await meinvoice.options(asynchronous_delay_seconds=0)
    originals, wrong = [await meinvoice.issue() for _ in range(3)], {"OrgInvDate": "2026-03-15"}
    await meinvoice.publish(*(correction(original, REPLACE) for original in originals[:1]))
    await meinvoice.publish(*(correction(original, ADJUST) for original in originals[1:2]))
    kinds = (REPLACE, ADJUST, REPLACE)
    bodies = [correction(original, kind, **wrong) for original, kind in zip(originals, kinds, strict=True)]
    elements = await meinvoice.publish(*bodies, sign_type=sign_type)
    assert [element["ErrorCode"] for element in elements] == ["InvoiceCannotReplace", None, None]
    told = await states(meinvoice, *(original["RefID"] for original in originals))
    assert told == [(7, 0), (8, 0), (1, 0)]


@pytest.mark.parametrize("sign_type", (2, 3))
@pytest.mark.parametrize(("kind", "during"), ((REPLACE, 7), (ADJUST, 8)))
async def test_a_refused_correction_leaves_its_original_free(
    meinvoice: MeInvoiceCaller, kind: int, during: int, sign_type: int
) -> None:
    """Corrected until the tax authority refuses the correction, then as before: it is corrected anew, in either way."""
    await meinvoice.options(asynchronous_delay_seconds=0, verdict_delay_seconds=100)
    original = await meinvoice.issue()
    await meinvoice.faults({"kind": "verdict-refused"})
    await meinvoice.publish(correction(original, kind), sign_type=sign_type)
    await meinvoice.control("DELETE", "faults")
    assert (await meinvoice.status(original["RefID"]))[0]["EInvoiceStatus"] == during
    assert await code(meinvoice, correction(original, REPLACE)) in {"InvoiceCannotReplace", "HasAdjustmentInvoice"}
    await meinvoice.move_clock(101)
    assert (await meinvoice.status(original["RefID"]))[0]["EInvoiceStatus"] == 1
    assert await code(meinvoice, correction(original, REPLACE)) is None
    await meinvoice.move_clock(301)
    assert (await meinvoice.status(original["RefID"]))[0]["EInvoiceStatus"] == 7


async def test_a_refused_correction_undoes_no_other(meinvoice: MeInvoiceCaller) -> None:
    """Adjusted rightly and then once in vain an original stays adjusted; cancelled meanwhile it stays cancelled."""
    adjusted, cancelled = await meinvoice.issue(), await meinvoice.issue()
    assert await code(meinvoice, correction(adjusted, ADJUST)) is None
    await meinvoice.faults({"kind": "verdict-refused"})
    await meinvoice.publish(correction(adjusted, ADJUST), correction(cancelled, REPLACE))
    await meinvoice.control("POST", f"invoices/{cancelled['TransactionID']}/cancel")
    assert (await meinvoice.status(cancelled["RefID"]))[0]["EInvoiceStatus"] == 2
    assert await states(meinvoice, adjusted["RefID"], cancelled["RefID"]) == [(8, 0), (2, 0)]


@pytest.mark.parametrize(("option", "verdict"), (("accept", 2), ("refuse-later", 3)))
async def test_adjusting_a_cash_register_invoice(meinvoice: MeInvoiceCaller, option: str, verdict: int) -> None:
    """Accepted by default (returned goods); as an option refused by the tax authority. Replacing it is always fine."""
    await meinvoice.options(adjust_cash_register=option)
    element = (await meinvoice.publish(invoice(InvSeries="1C26MAB"), sign_type=5))[0]
    body = correction(element, ADJUST, InvSeries="1C26MAB")
    assert await code(meinvoice, body, sign_type=5) is None
    await meinvoice.move_clock(10)
    assert (await meinvoice.status(body["RefID"], register=True))[0]["SendTaxStatus"] == verdict


async def test_corrections_show_up_later_in_status(meinvoice: MeInvoiceCaller) -> None:
    """A sale is visible at once, a correction a moment later."""
    original = await meinvoice.issue()
    assert len(await meinvoice.status(original["RefID"])) == 1
    await meinvoice.options(correction_visibility_delay_seconds=60)
    body = correction(original, REPLACE)
    await meinvoice.publish(body)
    assert await meinvoice.status(body["RefID"]) == []
    await meinvoice.move_clock(61)
    assert len(await meinvoice.status(body["RefID"])) == 1


@pytest.mark.parametrize("sign_type", (2, 3))
async def test_unchecked_corrections_show_in_the_audit(meinvoice: MeInvoiceCaller, sign_type: int) -> None:
    """With the checks off, originals replaced twice or corrected in both ways are named by the audit."""
    await meinvoice.options(check_corrections=False, asynchronous_delay_seconds=0)
    originals = [await meinvoice.issue() for _ in range(3)]
    plan = ((0, REPLACE), (0, REPLACE), (1, ADJUST), (1, REPLACE), (2, ADJUST), (2, ADJUST))
    await meinvoice.publish(*(correction(originals[index], kind) for index, kind in plan), sign_type=sign_type)
    found = (await meinvoice.control("GET", "audit"))["corrections"]
    told = [(each["original"], each["replaced"], each["adjusted"]) for each in found]
    assert told == [("1C26TAA 00000001", 2, 0), ("1C26TAA 00000002", 1, 1)]


async def test_the_reduced_rate_is_the_originals(meinvoice: MeInvoiceCaller) -> None:
    """8 % is refused after 2026, except for a correction of an invoice of the time of the reduction."""
    rate: Json = {"VATRateName": "8%", "VATAmountOC": 400_000}
    line: Json = {"VATRateName": "8%"}
    body = invoice(InvSeries="1C27TAA", InvDate="2027-01-04")
    line |= {"VATAmount": 400_000, "VATAmountOC": 400_000}
    body |= {
        "TotalVATAmount": 400_000,
        "TotalVATAmountOC": 400_000,
        "TotalAmount": 5_400_000,
        "TotalAmountOC": 5_400_000,
    }
    body |= {
        "OriginalInvoiceDetail": [body["OriginalInvoiceDetail"][0] | line],
        "TaxRateInfo": [body["TaxRateInfo"][0] | rate],
    }
    original = await meinvoice.issue()
    await meinvoice.move_clock(366 * 86400)
    await meinvoice.log_in()
    assert await code(meinvoice, body) == "TaxReductionDateInValid"
    told = correction(original, REPLACE)
    org = {name: told[name] for name in told if name.startswith("Org") or name in {"ReferenceType", "InvoiceNote"}}
    assert await code(meinvoice, body | org) is None
