"""Corrections as an accountant makes them: from the command line through the lane to meInvoice and back."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from local_stack.demo.play import new_run
from support.stack import Command, WholeStack, until


@pytest.fixture(scope="module")
def order_name(stack: WholeStack) -> str:
    """An order whose invoice is issued."""
    return asyncio.run(_one_issued(stack))


@pytest.fixture(scope="module")
def untouched(stack: WholeStack) -> str:
    """Another one, which nobody corrects."""
    return asyncio.run(_one_issued(stack))


async def _one_issued(stack: WholeStack) -> str:
    async with stack.world() as (sandbox, database):
        run = await new_run(stack.stack, sandbox, database, count=120)
        # On a T series: what comes from a cash register can only be replaced.
        bought = next(order for order in run.orders if order.case == "company, first form")
        run = replace(run, orders=(bought,))
        await run.prepare()
        result = await run.follow(await run.deliver(), lambda _tally, _pending: None)
    assert result.right, (result.differences, result.checks)
    return str(bought.final.body["name"])


def shown(stack: WholeStack, invoice: str) -> dict[str, Any]:
    found: dict[str, Any] = stack.hoadon("invoices", "show", invoice, "--json").parsed
    return found


def correct(stack: WholeStack, kind: str, invoice: str, content: Path, *options: str) -> Command:
    return stack.hoadon("--lang", "en", "invoices", kind, invoice, str(content), "--note", "Sai đơn giá", *options)


def negated(content: dict[str, Any]) -> dict[str, Any]:
    """Everything back, as a whole return is adjusted."""
    lines = [
        {**line, **{name: -line[name] for name in line if name == "Quantity" or "Amount" in name}}
        for line in content["OriginalInvoiceDetail"]
    ]
    rates = [{**rate, **{name: -rate[name] for name in rate if "Amount" in name}} for rate in content["TaxRateInfo"]]
    totals = {name: -value for name, value in content.items() if name.startswith("Total") and "Words" not in name}
    return {**content, **totals, "OriginalInvoiceDetail": lines, "TaxRateInfo": rates}


def issued(stack: WholeStack, ref_id: str) -> dict[str, Any]:
    until(lambda: shown(stack, ref_id)["state"] in {"issued", "rejected"}, f"{ref_id} to be answered")
    found = shown(stack, ref_id)
    assert found["state"] == "issued", (found["code"], found["reason"])
    return found


@pytest.mark.timeout(180)
async def test_an_invoice_is_adjusted_again_and_never_replaced_after_it(
    stack: WholeStack, order_name: str, tmp_path: Path
) -> None:
    """Shown first, sent once however often it is asked for, named on the order; the other form is refused."""
    original = shown(stack, order_name)
    whole = original["content"]
    file = tmp_path / "content.json"
    file.write_text(json.dumps(negated(whole)))

    preview = correct(stack, "adjust", original["ref_id"], file, "--cause", "return", "--dry-run")
    assert preview.code == 0, preview.errors
    assert "Âm " in preview.output
    assert original["number"] in preview.output

    sent = correct(stack, "adjust", original["ref_id"], file, "--cause", "return", "--yes", "--json")
    assert sent.code == 0, sent.errors
    again = correct(stack, "adjust", original["ref_id"], file, "--cause", "return", "--yes", "--json")
    assert again.parsed["ref_id"] == sent.parsed["ref_id"]
    adjusting = issued(stack, sent.parsed["ref_id"])
    body = adjusting["bodies"][-1]["text"]
    assert (body["ReferenceType"], body["OrgInvNo"]) == (2, original["number"])
    assert body["InvSeries"] == original["series"]

    twice = correct(stack, "adjust", original["ref_id"], file, "--cause", "return", "--note", "Lần 2", "--yes")
    assert twice.code == 1
    assert "than was sold" in twice.errors

    file.write_text(json.dumps(whole))
    other = correct(stack, "replace", original["ref_id"], file, "--yes")
    assert other.code == 1
    assert "takes the form of the first" in other.errors

    async with stack.world() as (sandbox, _):
        audit = await sandbox.audit()
    assert not audit["issued_twice"]
    assert not audit["gaps"]
    (series,) = [one for one in audit["series"] if one["series"] == original["series"] and one["count"] > 1]
    assert series["total_amount"] == 0


@pytest.mark.timeout(60)
def test_an_error_in_a_companys_invoice_waits_for_the_written_agreement(
    stack: WholeStack, untouched: str, tmp_path: Path
) -> None:
    """A name alone takes no invoice; another line does, once number and date of the agreement are there."""
    whole = shown(stack, untouched)["content"]
    file = tmp_path / "content.json"
    file.write_text(json.dumps(whole))
    same = correct(stack, "replace", untouched, file, "--dry-run")
    assert (same.code, "says the same" in same.errors) == (1, True)
    file.write_text(json.dumps({**whole, "BuyerLegalName": "Công ty Đổi Tên"}))
    name = correct(stack, "replace", untouched, file, "--dry-run")
    assert (name.code, "04/SS-HĐĐT" in name.errors) == (1, True)
    first, *others = whole["OriginalInvoiceDetail"]
    right = {**whole, "OriginalInvoiceDetail": [{**first, "ItemName": "Hàng đúng"}, *others]}
    file.write_text(json.dumps(right))
    asked = correct(stack, "replace", untouched, file, "--dry-run")
    assert (asked.code, "--agreement-number" in asked.errors) == (1, True)
    agreement = ("--agreement-number", "12/TT", "--agreement-date", "2026-11-19")
    agreed = correct(stack, "replace", untouched, file, *agreement, "--dry-run")
    assert agreed.code == 0, agreed.errors
    assert "12/TT" in agreed.output


@pytest.mark.timeout(60)
def test_content_that_cannot_be_issued_is_refused_before_anything_is_sent(
    stack: WholeStack, order_name: str, tmp_path: Path
) -> None:
    """Missing fields and sums that do not tie are named; the file itself may be wrong, too."""
    original = shown(stack, order_name)
    file = tmp_path / "content.json"
    file.write_text("{")
    assert correct(stack, "replace", order_name, file, "--yes").code == 2
    whole = original["content"]
    file.write_text(json.dumps({name: value for name, value in whole.items() if name != "TaxRateInfo"}))
    refused = correct(stack, "replace", order_name, file, "--yes")
    assert refused.code == 1
    assert "TaxRateInfo" in refused.errors
