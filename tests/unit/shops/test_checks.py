"""What `check` finds in the document, at Haravan and at meInvoice."""

from typing import Any

import pytest
from haravan.errors import ForbiddenError, HaravanError, Refusal, UnauthorizedError, UnavailableError
from meinvoice.answers import NotSent, Templates, TemplatesAnswer, WholeRefusal
from meinvoice.errors import classify
from shops.checks import Severity, check
from shops.document_checks import inspect
from shops.finding_texts import TEXTS
from shops.models import Account
from support.checked_shops import TODAY, clients_for, codes, grave, template
from support.shops import example_shop, example_with


@pytest.mark.parametrize("name", ("one-company", "two-companies"))
async def test_all_is_well(name: str) -> None:
    """The examples have nothing to mend, and what works is told."""
    shop = example_shop(name)
    findings = await check(shop, clients_for(shop), TODAY)
    assert grave(findings) == []
    assert {"haravan-token-works", "haravan-reads-orders", "haravan-writes-orders", "meinvoice-works"} <= set(
        codes(findings, Severity.OK)
    )


async def test_every_finding_can_be_read_in_both_languages() -> None:
    """Texts need no fact that a finding lacks, and what must be mended says how."""
    shop = example_shop("two-companies")
    clients = clients_for(shop)
    clients.meinvoice_client.answer = WholeRefusal("UnAuthorize", "", ("MisaIdError",), classify("MisaIdError"))
    for finding in await check(shop, clients, TODAY):
        assert finding.what.vi
        assert finding.what.en
        assert finding.severity is Severity.OK or (finding.remedy.vi and finding.remedy.en)


def test_texts_are_in_both_languages() -> None:
    """No text is missing in one language only."""
    for what, remedy in TEXTS.values():
        assert what.vi
        assert what.en
        assert bool(remedy.vi) == bool(remedy.en)


@pytest.mark.parametrize(
    ("answer", "expected"),
    (
        (UnauthorizedError(Refusal(401)), [("haravan-token-refused", "haravan.access_token")]),
        (UnavailableError(Refusal(None, "ConnectError")), [("haravan-unreachable", "haravan.base_url")]),
        (ForbiddenError(Refusal(403)), [("haravan-shop-forbidden", "haravan.access_token")]),
        ({"id": 7}, [("haravan-other-shop", "haravan.org_id")]),
        ({"id": 1000114691, "currency": "USD"}, [("haravan-currency", "haravan")]),
        ({"id": 1000114691, "taxes_included": False}, [("haravan-prices", "rules.prices")]),
    ),
)
async def test_haravan_connection(answer: dict[str, Any] | HaravanError, expected: list[tuple[str, str]]) -> None:
    """A token that is refused, lacks a right or belongs to another shop is told."""
    shop = example_shop()
    clients = clients_for(shop)
    clients.haravan_client.shop_answer = answer
    findings = [found for found in await check(shop, clients, TODAY) if not found.where.startswith("accounts")]
    assert grave(findings) == expected


async def test_rights_to_read_and_write() -> None:
    """What the token may not do is told; the probe for writing names no real order."""
    shop = example_shop()
    clients = clients_for(shop)
    clients.haravan_client.orders_error = clients.haravan_client.tags_error = ForbiddenError(Refusal(403))
    assert codes(await check(shop, clients, TODAY), Severity.ERROR) == ["haravan-no-orders", "haravan-no-writing"]
    assert clients.haravan_client.asked_to_write == [0]


async def test_no_write_back_needs_no_right_to_write() -> None:
    """A shop that writes nothing back is not asked whether it could."""
    shop = example_with("one-company", {"mapping:": "write_back: {enabled: false}\nmapping:"})
    clients = clients_for(shop)
    clients.haravan_client.tags_error = ForbiddenError(Refusal(403))
    assert grave(await check(shop, clients, TODAY)) == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    (
        (
            WholeRefusal("UnAuthorize", "", ("MisaIdError",), classify("MisaIdError")),
            ("meinvoice-refused", "accounts[0]"),
        ),
        (NotSent("no login before 10:00"), ("meinvoice-unreachable", "accounts[0].base_url")),
        (Templates(()), ("series-unknown", "accounts[0].series[0].series")),
        (Templates((template("1C26TAB"), template("6C26NAA"))), ("series-unknown", "accounts[0].series[0].series")),
        (Templates((template("1C26TAA", inactive=True),)), ("series-inactive", "accounts[0].series[0].series")),
        (Templates((template("1C26TAA", several_rates=False),)), ("one-rate-template", "accounts[0].series[0]")),
    ),
)
async def test_meinvoice_account(answer: TemplatesAnswer, expected: tuple[str, str]) -> None:
    """A login that fails and a series that is not there, inactive or too narrow is told."""
    shop = example_shop()
    clients = clients_for(shop)
    clients.meinvoice_client.answer = answer
    assert grave(await check(shop, clients, TODAY)) == [expected]


async def test_templates_that_cannot_be_read_are_told() -> None:
    """They may be the very ones that are missing."""
    shop = example_shop()
    clients = clients_for(shop)
    clients.meinvoice_client.answer = Templates((template("1C26TAA"),), unreadable=2)
    findings = await check(shop, clients, TODAY)
    assert grave(findings) == [("templates-unreadable", "accounts[0]")]
    (told,) = [found for found in findings if found.code == "templates-unreadable"]
    assert (told.severity, told.what.en[:2], "2 mẫu" in told.what.vi) == (Severity.WARNING, "2 ", True)


async def test_wrong_host_is_not_logged_in_to() -> None:
    """An account whose mark and host disagree is told and left alone."""
    shop = example_with("one-company", {"https://testapi.meinvoice.vn/api": "https://api.meinvoice.vn/api"})
    clients = clients_for(shop)
    assert grave(await check(shop, clients, TODAY)) == [("environment-mismatch", "accounts[0].environment")]
    assert clients.accounts == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    (
        ("values: [pos]", "values: [POS , Shopee]", ("ambiguous-assignment", "mapping.assignments[1].values")),
        ("lazada]", "lazada, Shopee]", ("repeated-assignment", "mapping.assignments[0].values")),
        ("  default: {account: cong-ty-a, series: 1C__TAA}\n", "", ("no-default", "mapping.default")),
        ("series: 1C__MAB}", "series: 1C__TAA}", ("unused-series", "accounts[0].series[1]")),
        ("sign_type: 5", "sign_type: 2", ("sign-type-cash-register", "accounts[0].series[1].sign_type")),
        (
            "1C26TBB, sign_type: 2",
            "1C26TBB, sign_type: 5",
            ("sign-type-not-cash-register", "accounts[1].series[0].sign_type"),
        ),
        ("  start_date: 2026-11-01\n", "", ("no-start-date", "rules.start_date")),
        ("trigger: delivered", "trigger: paid", ("early-trigger", "rules.trigger")),
        (
            "default, rate: 8%, valid_to: 2026-12-31",
            "default, rate: 8%, valid_to: 2026-12-30",
            ("no-default-rate", "rules.rates"),
        ),
        (
            "{rate: 8%, valid_to: 2026-12-31}",
            "{rate: 8%, valid_to: 2026-11-20}",
            ("no-shipping-rate", "rules.shipping.rates"),
        ),
        ("rate: 5%}", "rate: 8%}", ("reduced-rate-ends", "rules.rates[0].valid_to")),
    ),
)
def test_wrong_documents(old: str, new: str, expected: tuple[str, str]) -> None:
    """Each fault of mapping, series and rates is found before an order finds it."""
    shop = example_with("two-companies", {old: new})
    assert expected in grave(list(inspect(shop, TODAY)))


def test_no_rates_at_all() -> None:
    """Without rates every order would be held."""
    shop = example_shop().model_copy(update={"rules": example_shop().rules.model_copy(update={"rates": ()})})
    assert ("no-rates", "rules.rates") in grave(list(inspect(shop, TODAY)))


def test_sales_series_need_no_rates() -> None:
    """A seller of sales invoices is not asked for VAT rates."""
    shop = example_with("one-company", {"1C26TAA": "2C26TAA", "1C__TAA": "2C__TAA"})
    bare = shop.model_copy(update={"rules": shop.rules.model_copy(update={"rates": ()})})
    assert grave(list(inspect(bare, TODAY))) == []


def test_mixed_methods_and_environments() -> None:
    """Two kinds of series in one account, or two environments in one shop, are doubtful."""
    mixed = example_with("two-companies", {"1C26MAB": "2C26MAB", "1C__MAB": "2C__MAB"})
    assert ("both-methods", "accounts[0].series") in grave(list(inspect(mixed, TODAY)))
    first, second = mixed.accounts
    real = Account.model_validate(
        {**second.model_dump(), "environment": "production", "base_url": "https://api.meinvoice.vn/api/integration"}
    )
    assert ("mixed-environments", "accounts") in grave(
        list(inspect(mixed.model_copy(update={"accounts": (first, real)}), TODAY))
    )
