"""Publishing with the shop's own token (SignType 1): three steps, of which only the last issues anything."""

import asyncio
from uuid import UUID

import httpx
import pytest
from lanes import outcomes as lane
from lanes.ports import LeaseTooShort
from support.key_signing import Vendor, World, nothing_under_way, outcomes, refused

SHORT = 0.5
"""Seconds of a real clock: enough to create an invoice on a busy machine, too few for a token that does not sign."""


async def test_three_steps_and_only_the_last_asks_the_lease() -> None:
    """Created in one request, signed one by one, published in one; what is issued is forgotten."""
    world = World()
    assert all(isinstance(one, lane.Issued) for one in outcomes(await world.publish(1, 2)))
    assert (world.vendor.created, world.vendor.signed, len(world.vendor.published)) == (1, 2, 1)
    assert world.checks > 0
    assert all("<Signature>" in item["InvoiceData"] for item in world.vendor.published[0])
    assert not world.kept.items


async def test_a_resend_publishes_the_very_document() -> None:
    """After an answer that never came nothing is created or signed anew: that would be another document."""
    world = World()
    world.vendor.publishing = lambda _: httpx.Response(502)
    assert isinstance(await world.publish(1), lane.Lost)
    world.vendor.publishing = None
    assert isinstance(outcomes(await world.publish(1))[0], lane.Issued)
    assert world.vendor.published[0] == world.vendor.published[1]
    assert (world.vendor.created, world.vendor.signed) == (1, 1)


@pytest.mark.parametrize("code", ("InvoiceNumberNotCotinuous", "DuplicateTransactionID", "InvalidXMLData"))
async def test_after_a_refusal_the_document_is_created_anew(code: str) -> None:
    """Its number or lookup code may be another's now (Open API §14, `DuplicateTransactionID`)."""
    world = World()
    world.vendor.publishing = refused(code)
    assert not isinstance(outcomes(await world.publish(1))[0], lane.Issued)
    world.vendor.publishing = None
    await world.publish(1)
    assert world.vendor.created == 2


@pytest.mark.parametrize(
    ("code", "created"),
    (
        ("InvoiceNumberNotCotinuous", 2),
        ("DuplicateTransactionID", 2),
        ("InvalidXMLData", 2),
        ("InvalidSignature", 2),
        ("Exception", 1),
    ),
)
async def test_a_refusal_of_the_whole_request_is_told_apart_as_well(code: str, created: int) -> None:
    """A number that was taken or a certificate that was changed would refuse the very document for ever."""
    world = World()
    world.vendor.publishing = lambda _: httpx.Response(400, json={"success": False, "errorCode": code})
    assert not isinstance(await world.publish(1), lane.Answered)
    world.vendor.publishing = None
    assert isinstance(outcomes(await world.publish(1))[0], lane.Issued)
    assert world.vendor.created == created


async def test_after_an_unknown_outcome_the_very_document_goes_out_again() -> None:
    """It may be issued (Open API §14, `Exception`): another document under its RefID is not what is resent."""
    world = World()
    world.vendor.publishing = refused("Exception")
    assert isinstance(outcomes(await world.publish(1))[0], lane.Unknown)
    world.vendor.publishing = None
    await world.publish(1)
    assert world.vendor.published[0] == world.vendor.published[1]


@pytest.mark.parametrize("code", ("Exception", "CreateInvoiceDataError"))
async def test_an_unknown_error_of_creating_leaves_nothing_open(code: str) -> None:
    """Nothing was published, so there is nothing to be looked up: it is created again later."""
    world = World()
    world.vendor.creation = lambda _: {"ErrorCode": code}
    (one,) = outcomes(await world.publish(1))
    assert isinstance(one, lane.TryAgain)
    assert one.code == code


async def test_a_duplicate_lookup_code_may_be_our_own_earlier_success() -> None:
    """It is looked up by RefID before anything else is concluded."""
    world = World()
    world.vendor.publishing = refused("DuplicateTransactionID")
    assert isinstance(outcomes(await world.publish(1))[0], lane.Unknown)


async def test_an_invoice_whose_xml_is_refused_takes_no_other_with_it() -> None:
    """It is told at once; the others are created with the next request, so that no number is left out."""
    world = World()
    bad = str(UUID(int=1))
    world.vendor.creation = lambda ref_id: {"ErrorCode": "InvalidTaxCode"} if ref_id == bad else {}
    first, second = outcomes(await world.publish(1, 2))
    assert isinstance(first, lane.Rejected)
    assert isinstance(second, lane.LeftOut)
    assert not world.vendor.published
    assert not world.kept.items
    assert isinstance(outcomes(await world.publish(2))[0], lane.Issued)
    assert (world.vendor.created, world.vendor.signed) == (2, 1)


async def test_a_refusing_tool_stops_the_account_and_is_asked_once() -> None:
    """A wrong PIN tried again and again locks the token."""
    world = World()
    world.vendor.signing = lambda: httpx.Response(200, json={"Status": 500, "PayLoad": "", "Message": "Sai mã PIN"})
    result = await world.publish(1, 2, 3)
    assert isinstance(result, lane.WholeAccountFault)
    assert (result.code, world.vendor.signed) == ("SignRefused", 1)
    assert "Sai mã PIN" in result.reason
    assert "123456" not in result.reason


async def test_a_tool_that_is_off_is_tried_again_later() -> None:
    """The accountant's computer is off at night: nothing is blocked, nothing was sent."""
    world = World()

    def off() -> httpx.Response:
        raise httpx.ConnectError("off")

    world.vendor.signing = off
    result = await world.publish(1)
    assert isinstance(result, lane.WholeTryAgain)
    assert result.code == "SignServiceUnavailable"
    assert result.delay_seconds > 0
    assert world.checks == 0


async def test_signing_takes_several_rounds_and_keeps_what_it_has() -> None:
    """A token signs slowly: a request may not hold its lane for as long as thirty signatures take."""
    world = World(budget=2.5)
    world.vendor.seconds_to_sign = 1.0
    first = await world.publish(1, 2, 3, 4, 5)
    assert isinstance(first, lane.WholeTryAgain)
    assert (first.code, first.delay_seconds) == ("Signing", 0.0)
    assert not world.vendor.published
    assert all(isinstance(one, lane.Issued) for one in outcomes(await world.publish(1, 2, 3, 4, 5)))
    assert (world.vendor.created, world.vendor.signed) == (1, 5)


async def test_a_signature_that_takes_longer_than_a_round_goes_on_meanwhile() -> None:
    """The tool may ask a person: what the next round needs is the signature under way, not another one."""
    world = World(budget=SHORT)
    token = world.vendor.token = asyncio.Event()
    for _ in range(3):
        waiting = await world.publish(1)
        assert isinstance(waiting, lane.WholeTryAgain)
        assert waiting.code == "Signing"
    token.set()
    world.budget = 100.0
    assert isinstance(outcomes(await world.publish(1))[0], lane.Issued)
    assert (world.vendor.created, world.vendor.signed) == (1, 1)


@pytest.mark.parametrize("refusing", (False, True))
async def test_what_became_of_a_signature_that_nobody_waited_for_is_told(refusing: bool) -> None:
    """A signature is kept; a refusal stops the account when it is next asked, without a second try."""
    world = World(budget=SHORT)
    token = world.vendor.token = asyncio.Event()
    if refusing:
        told = {"Status": 500, "PayLoad": "", "Message": "Sai mã PIN"}
        world.vendor.signing = lambda: httpx.Response(200, json=told)
    assert isinstance(await world.publish(1), lane.WholeTryAgain)
    token.set()
    await nothing_under_way()
    world.budget = 100.0
    result = await world.publish(1)
    assert world.vendor.signed == 1
    if refusing:
        assert isinstance(result, lane.WholeAccountFault)
        assert result.code == "SignRefused"
    else:
        assert isinstance(outcomes(result)[0], lane.Issued)


async def test_what_is_being_signed_ends_with_the_process() -> None:
    """Nothing is left running; the next process has it signed anew."""
    world = World(budget=SHORT)
    world.vendor.token = asyncio.Event()
    assert isinstance(await world.publish(1), lane.WholeTryAgain)
    await world.signatures.close()
    assert world.vendor.signed == 0
    world.vendor.token, world.budget = None, 100.0
    assert isinstance(outcomes(await world.publish(1))[0], lane.Issued)


async def test_a_signature_that_comes_too_late_changes_nothing() -> None:
    """Its lane has gone on in another process, where the number was taken and the XML created anew."""
    world, other = World(budget=SHORT), World(vendor=Vendor(created=7))
    other.kept = world.kept
    token = world.vendor.token = asyncio.Event()
    assert isinstance(await world.publish(1), lane.WholeTryAgain)
    other.vendor.publishing = refused("InvoiceNumberNotCotinuous")
    await other.publish(1)
    other.vendor.publishing = lambda _: httpx.Response(502)
    assert isinstance(await other.publish(1), lane.Lost)
    kept = dict(world.kept.items)
    token.set()
    await nothing_under_way()
    assert world.kept.items == kept
    other.vendor.publishing = None
    await other.publish(1)
    assert other.vendor.published[-1] == other.vendor.published[-2]


async def test_numbers_of_a_batch_whose_first_was_withdrawn_are_created_anew() -> None:
    """The others' XML carries the numbers after it: published as they are they would leave its number out."""
    world = World(budget=0.5)
    world.vendor.seconds_to_sign = 1.0
    assert isinstance(await world.publish(1, 2, 3), lane.WholeTryAgain)
    world.budget = 100.0
    assert all(isinstance(one, lane.Issued) for one in outcomes(await world.publish(2, 3)))
    assert world.vendor.created == 2
    assert [item["TransactionID"] for item in world.vendor.published[0]] == ["T2", "T2"]


async def test_what_may_be_alive_goes_out_as_it_is_whatever_became_of_its_batch() -> None:
    """One by one, after an answer that never came: each is the very document."""
    world = World()
    world.vendor.publishing = lambda _: httpx.Response(502)
    assert isinstance(await world.publish(1, 2), lane.Lost)
    world.vendor.publishing = None
    await world.publish(2, alive=True)
    assert world.vendor.published[1] == world.vendor.published[0][1:]


async def test_what_comes_later_waits_for_the_next_request() -> None:
    """Numbers in XML of two requests could clash: only what was created together is published together."""
    world = World(budget=1.5)
    world.vendor.seconds_to_sign = 1.0
    assert isinstance(await world.publish(1, 2, 3), lane.WholeTryAgain)
    first, second, third, late = outcomes(await world.publish(1, 2, 3, 4))
    assert all(isinstance(one, lane.Issued) for one in (first, second, third))
    assert isinstance(late, lane.LeftOut)
    assert world.vendor.created == 1
    assert isinstance(outcomes(await world.publish(4))[0], lane.Issued)


async def test_a_lease_that_ended_during_signing_sends_nothing() -> None:
    """The last check stands directly before the only request that issues; the signatures are kept."""
    world = World()

    def ended() -> None:
        raise LeaseTooShort("the lease is over")

    result = await world.publish(1, check=ended)
    assert isinstance(result, lane.NotSent)
    assert not world.vendor.published
    assert len(world.kept.items) == 1


async def test_an_answer_to_creating_that_never_came_leaves_nothing_open() -> None:
    """Creating issues nothing, so the invoice is not unknown but unsent."""
    world = World()

    def hang(_: str) -> dict[str, object]:
        raise httpx.ReadTimeout("gone")

    world.vendor.creation = hang
    assert isinstance(await world.publish(1), lane.NotSent)
