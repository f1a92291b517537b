"""The shop document: hosts and environments, helpers, what two accounts may share."""

from typing import Any

import pytest
from pydantic import ValidationError
from shops.accounts import normalise_tax_code
from shops.models import Account, Environment, HaravanConnection, NoteAttributeNames, Shop, WriteBack, check_environment
from shops.urls import environment_of
from support.shops import example_shop


def account_at(base_url: str, environment: str) -> Account:
    """Make an account at a host."""
    account = example_shop().accounts[0].model_dump()
    return Account.model_validate({**account, "base_url": base_url, "environment": environment})


@pytest.mark.parametrize(
    ("given", "expected"),
    (
        ("0101243150", "0101243150"),
        ("0101243150001", "0101243150-001"),
        ("0101243150-001", "0101243150-001"),
        (" 0101 243 150 ", "0101243150"),
        ("001099012345", "001099012345"),
    ),
)
def test_tax_codes_are_normalised(given: str, expected: str) -> None:
    """The same tax code is always spelled the same, since it is part of lane keys."""
    assert normalise_tax_code(given) == expected


@pytest.mark.parametrize("given", ("0123456789", "0101243150-000", "", "abc", "12345678901", "٠٠١٠٩٩٠١٢٣٤٥"))
def test_wrong_tax_codes_are_refused(given: str) -> None:
    """A wrong check digit or length is no tax code."""
    with pytest.raises(ValueError, match="is no tax code"):
        normalise_tax_code(given)


@pytest.mark.parametrize(
    ("url", "expected"),
    (
        ("https://api.meinvoice.vn/api/integration", Environment.PRODUCTION),
        ("https://API.meinvoice.vn./x", Environment.PRODUCTION),
        ("https://testapi.meinvoice.vn/api/integration", Environment.SANDBOX),
        ("http://127.0.0.1:8081/api/integration", Environment.SANDBOX),
        ("http://[::1]:8081/", Environment.SANDBOX),
        ("http://sandbox-meinvoice:8080", Environment.SANDBOX),
        ("http://meinvoice.hoadon.svc.cluster.local", Environment.SANDBOX),
        ("https://api.meinvoice.vn.example.com", None),
        ("https://developer.misa.vn/apis", None),
    ),
)
def test_environment_of_hosts(url: str, expected: Environment | None) -> None:
    """The lists of hosts decide, and what they do not know is neither."""
    assert environment_of(url) is expected


@pytest.mark.parametrize(
    ("url", "environment", "word"),
    (
        ("https://api.meinvoice.vn/api/integration", "sandbox", "issues legal invoices"),
        ("https://testapi.meinvoice.vn/api/integration", "production", "is a test host"),
        ("https://invoices.example.com", "production", "known neither"),
        ("https://invoices.example.com", "sandbox", "known neither"),
    ),
)
def test_mark_and_host_must_agree(url: str, environment: str, word: str) -> None:
    """An account whose mark and host disagree is named with the way out."""
    text = check_environment(account_at(url, environment))
    assert text is not None
    assert word in text.en


@pytest.mark.parametrize(
    ("url", "environment"),
    (("https://api.meinvoice.vn/api/integration", "production"), ("http://localhost:9000/x/", "sandbox")),
)
def test_agreeing_hosts_pass(url: str, environment: str) -> None:
    """An account whose mark and host agree may publish."""
    assert check_environment(account_at(url, environment)) is None


@pytest.mark.parametrize(
    "url", ("ftp://localhost", "localhost", "https://", "https://u:p@localhost", "https://h/?a=1", "http://h:99999")
)
def test_unusable_addresses_are_refused(url: str) -> None:
    """A base URL without scheme or host, or with a user or a query, is no base URL."""
    with pytest.raises(ValidationError):
        account_at(url, "sandbox")


def test_lanes_and_accounts_are_found() -> None:
    """Keys lead from a lane to its account and back."""
    shop = example_shop("two-companies")
    lanes = list(shop.lanes())
    assert lanes == [
        "sandbox:0101243150:1C__TAA",
        "sandbox:0101243150:1C__MAB",
        "sandbox:0100109106-215:1C__TBB",
    ]
    found = shop.account_of_lane(lanes[2])
    assert found is not None
    assert found.name == "cong-ty-b"
    assert shop.account_by_key("sandbox:0100109106-215") == shop.account("cong-ty-b") == found
    assert shop.account_of_lane("sandbox:0101243150:1C__TZZ") is None


def test_series_are_found_with_and_without_year() -> None:
    """A series is the same in every year."""
    account = example_shop().accounts[0]
    assert account.find_series("1C27TAA") == account.find_series("1c__taa") == account.series[0]
    assert account.find_series("1C27TAB") is None
    assert account.find_series("nonsense") is None


def test_kinds_of_series() -> None:
    """Digit, code and letter of a series say what it is."""
    taa, mab = example_shop("two-companies").accounts[0].series
    assert (taa.is_sales, taa.with_code, taa.is_cash_register) == (False, True, False)
    assert mab.is_cash_register


@pytest.mark.parametrize("what", ("name", "tax_code"))
def test_accounts_may_not_share(what: str) -> None:
    """Two accounts of one name, or of one tax code and environment, cannot be told apart."""
    document = example_shop("two-companies").model_dump()
    first, second = document["accounts"]
    other = {**second, what: first[what], "series": [{"series": "1C26TZZ", "sign_type": 2}]}
    with pytest.raises(ValidationError, match=r"two accounts|no account|no series"):
        Shop.model_validate({**document, "mapping": {}, "accounts": [first, other]})


def test_series_may_not_be_listed_twice() -> None:
    """The same series in two years is the same series."""
    account = example_shop().accounts[0].model_dump()
    twice = [{"series": "1C26TAA", "sign_type": 2}, {"series": "1C27TAA", "sign_type": 2}]
    with pytest.raises(ValidationError, match="listed twice"):
        Account.model_validate({**account, "series": twice})


def _two_companies(**account: object) -> dict[str, Any]:
    document = example_shop("two-companies").model_dump()
    document["accounts"] = [{**document["accounts"][0], **account}, *document["accounts"][1:]]
    document["mapping"] = {
        "default": {"account": "cong-ty-b"},
        "assignments": [{"dimension": "branch", "values": ["1"], "account": "cong-ty-a"}],
    }
    return document


def test_a_series_that_goes_without_saying_is_filled_in() -> None:
    """The mapping may leave out an account's only series, or the one it calls its default; the document names both."""
    mapping = Shop.model_validate(_two_companies(default_series="1C26MAB")).mapping
    assert mapping.default is not None
    assert (mapping.default.series, mapping.assignments[0].series) == ("1C__TBB", "1C__MAB")


def test_a_series_that_is_not_clear_is_asked_for() -> None:
    """With several series and no default none is guessed, and a default has to be one of them."""
    with pytest.raises(ValidationError) as missing:
        Shop.model_validate(_two_companies())
    assert [(each["type"], each["loc"]) for each in missing.value.errors()] == [
        ("missing", ("mapping", "assignments", 0, "series"))
    ]
    with pytest.raises(ValidationError, match="has no series 1C__TZZ; choose one of 1C__TAA, 1C__MAB"):
        Shop.model_validate(_two_companies(default_series="1C26TZZ"))


def test_numbers_of_shops_fit_the_database() -> None:
    """A mistyped number is refused with its place, not by the driver when it is stored."""
    connection = {"access_token": "t", "webhook_secrets": ["s"]}
    for number in (0, 2**63):
        with pytest.raises(ValidationError, match="org_id"):
            HaravanConnection.model_validate({**connection, "org_id": number})


def test_tags_are_what_haravan_takes() -> None:
    """A tag holds no comma and at most 40 characters."""
    with pytest.raises(ValidationError, match="comma"):
        WriteBack(tag="a,b")
    with pytest.raises(ValidationError, match="40 characters"):
        WriteBack(tag="x" * 41)


def test_note_attribute_names_differ() -> None:
    """Two things under one name would overwrite each other."""
    with pytest.raises(ValidationError, match="used for two things"):
        NoteAttributeNames(lookup_code="Số hóa đơn")
    assert NoteAttributeNames(lookup_code="", series="").lookup_code == ""


def test_secrets_do_not_show() -> None:
    """A shop in a log or a traceback shows no secret."""
    shop = example_shop("two-companies")
    assert "made-up" not in repr(shop)
    assert "made-up" not in shop.model_dump_json()
