"""What the sandbox's records say afterwards."""

import contextlib

import httpx
import pytest
from support.sandbox_callers import MeInvoiceCaller
from support.sandboxes import TAX_CODE, Json, batch, invoice


async def test_an_overtaken_invoice_is_named_with_its_refusals(meinvoice: MeInvoiceCaller) -> None:
    """Asked for first and issued later: the audit names both and why the first was held up."""
    first, second = invoice(), invoice()
    await meinvoice.publish(first | {"TotalAmount": 1})
    await meinvoice.publish(second)
    await meinvoice.publish(first)
    order = (await meinvoice.control("GET", "audit"))["order"]
    assert len(order) == 1
    told = (order[0]["ref_id"], order[0]["number"], order[0]["overtaken_by"], order[0]["refusals"])
    assert told == (first["RefID"], 2, second["RefID"], ["Invalid_[Invoice.TotalAmount]"])
    assert order[0]["first_request"] < order[0]["overtaken_by_request"]


@pytest.mark.parametrize(
    ("hindrance", "refusals", "told"),
    (
        ({"kind": "licence-used-up"}, ["LicenseInfo_OutOfInvoice"], (400, {"refusal": "LicenseInfo_OutOfInvoice"})),
        ({"kind": "token-expired"}, ["TokenExpiredCode"], (401, {"refusal": "TokenExpiredCode"})),
        ({"kind": "refuse-all", "code": "Exception"}, ["Exception"], (400, {"refusal": "Exception"})),
        ({"kind": "500-before"}, [], (500, None)),
        ({"kind": "reset-before"}, [], (None, None)),
        ({"kind": "401"}, [], (401, None)),
    ),
    ids=lambda each: each["kind"] if isinstance(each, dict) else "",
)
async def test_an_invoice_held_up_with_its_whole_request_says_by_what(
    meinvoice: MeInvoiceCaller, hindrance: Json, refusals: list[str], told: tuple[int | None, Json | None]
) -> None:
    """A refusal of the whole request counts for each invoice; what no resource has seen is told with its fault."""
    first, second = invoice(), invoice()
    await meinvoice.faults({**hindrance, "count": 1})
    with contextlib.suppress(httpx.TransportError):
        await meinvoice.post("/invoice", batch(first))
    await meinvoice.publish(second)
    await meinvoice.publish(first)
    audit = await meinvoice.control("GET", "audit")
    (overtaken,) = audit["order"]
    assert (overtaken["ref_id"], overtaken["refusals"]) == (first["RefID"], refusals)
    (request,) = overtaken["requests"]
    assert request["request"] == overtaken["first_request"]
    assert (request["status"], request["outcome"]) == told
    assert request["faults"] == [hindrance["kind"]]
    assert [row["code"] for row in audit["refusals"]] == refusals


async def test_too_many_invoices_hold_each_other_up(meinvoice: MeInvoiceCaller) -> None:
    """Every invoice of a request that is too large is told as refused, also where the request is repeated in parts."""
    sales = [invoice() for _ in range(3)]
    await meinvoice.options(max_invoices_per_request=2)
    await meinvoice.post("/invoice", batch(*sales))
    await meinvoice.publish(*reversed(sales[1:]))
    await meinvoice.publish(sales[0])
    audit = await meinvoice.control("GET", "audit")
    assert [(row["code"], row["count"]) for row in audit["refusals"]] == [("InvoiceQuantityTooLarge", 3)]
    assert [each["refusals"] for each in audit["order"]] == [["InvoiceQuantityTooLarge"]] * 2
    assert {request["outcome"]["refusal"] for each in audit["order"] for request in each["requests"]} == {
        "InvoiceQuantityTooLarge"
    }


async def test_order_within_and_across_requests_is_kept(meinvoice: MeInvoiceCaller) -> None:
    """Requests one after another, repeats and other series leave nothing to tell."""
    sales = [invoice() for _ in range(3)]
    await meinvoice.publish(*sales)
    await meinvoice.publish(*sales, invoice())
    await meinvoice.publish(invoice(InvSeries="1C26MAB"), sign_type=5)
    assert (await meinvoice.control("GET", "audit"))["order"] == []


async def test_one_reference_with_two_companies_is_issued_twice(meinvoice: MeInvoiceCaller) -> None:
    """Nothing stops another company from issuing the same RefID: the audit does tell."""
    sale = invoice()
    await meinvoice.publish(sale)
    account = {"app_id": "app", "username": "b", "password": "mat-khau", "templates": ["1C26TAA"]}
    await meinvoice.control("PUT", "accounts/2222222222", account)
    await meinvoice.log_in(taxcode="2222222222", username="b")
    await meinvoice.publish(sale)
    twice = (await meinvoice.control("GET", "audit"))["issued_twice"]
    assert [(each["ref_id"], len(each["invoices"])) for each in twice] == [(sale["RefID"], 2)]
    assert (await meinvoice.control("GET", f"audit?tax_code={TAX_CODE}"))["issued_twice"] == []


async def test_alike_content_is_seen_however_it_is_written(meinvoice: MeInvoiceCaller) -> None:
    """Another order of fields and other digits of the same numbers are no other content; other amounts are."""
    sale, other = invoice(), invoice(BuyerFullName="Lan")
    line = {
        name: float(each) if name == "Quantity" else each for name, each in sale["OriginalInvoiceDetail"][0].items()
    }
    again = invoice(OriginalInvoiceDetail=[dict(reversed(line.items()))], TotalAmount=5_500_000.00, Unknown=-0.0)
    await meinvoice.publish(sale | {"Unknown": 0}, dict(reversed(again.items())), other)
    alike = (await meinvoice.control("GET", "audit"))["same_content"]
    assert [set(each["ref_ids"]) for each in alike] == [{sale["RefID"], again["RefID"]}]


async def test_cancelling_needs_an_invoice(meinvoice: MeInvoiceCaller) -> None:
    """An unknown lookup code is a mistake in the control request."""
    answer = await meinvoice.http.post("/_sandbox/invoices/ABC/cancel")
    assert (answer.status_code, "transaction_id" in answer.json()["error"]) == (400, True)
