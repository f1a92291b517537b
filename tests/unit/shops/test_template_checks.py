"""Series, held against the templates at meInvoice and the calendar."""

from datetime import date

import pytest
from meinvoice.answers import Templates
from meinvoice.models import Template
from shops.checks import check
from shops.document_checks import inspect
from shops.findings import Severity
from support.checked_shops import TODAY, clients_for, codes, grave, template
from support.shops import example_shop, example_with

_AT = "accounts[0].series[0]"


@pytest.mark.parametrize(
    ("series", "given", "expected"),
    (
        ("1C26TAA, one_rate: true", template("1C26TAA", several_rates=False), []),
        ("1C26TAA, one_rate: true", template("1C26TAA"), [("one-rate-unneeded", f"{_AT}.one_rate")]),
        ("1K26TAA", template("1K26TAA", summary=True), [("summary-missing", f"{_AT}.summary")]),
        ("1K26TAA, summary: true", template("1K26TAA", summary=True), []),
        ("1K26TAA, summary: true", template("1K26TAA"), [("summary-unneeded", f"{_AT}.summary")]),
        ("1C26TAA", template("1K26TAA"), [("series-other-kind", f"{_AT}.series")]),
        ("1K26TAA", template("1C26TAA"), [("series-other-kind", f"{_AT}.series")]),
        ("1C26TAA", template("1C25TAA"), [("series-last-year", f"{_AT}.series")]),
    ),
)
async def test_what_templates_say(series: str, given: Template, expected: list[tuple[str, str]]) -> None:
    """The document has to say what the template says, with the right letter and a template of this year."""
    old = "      - series: 1C26TAA # the year is dropped; MISA takes it from the invoice's date\n        sign_type: 2"
    name = series.partition(",")[0]
    shop = example_with("one-company", {old: f"      - {{series: {series}, sign_type: 2}}\n       ", "1C__TAA": name})
    clients = clients_for(shop)
    with_code = given.InvSeries[1] == "C"
    rows = Templates((given,))
    clients.meinvoice_client.answer = rows if with_code else Templates(())
    clients.meinvoice_client.without_code = Templates(()) if with_code else rows
    assert grave(await check(shop, clients, TODAY)) == expected


async def test_several_rates_on_one_day_and_a_template_for_one() -> None:
    """8 % this year and 10 % next year are one rate a day; books at 5 % beside them are not."""
    several = {"1C26TBB, sign_type: 2": "1C26TBB, sign_type: 2, one_rate: true"}
    shop = example_with("two-companies", several)
    clients = clients_for(shop)
    rows = [template(series, several_rates=series != "1C26TBB") for series in ("1C26TAA", "1C26MAB", "1C26TBB")]
    clients.meinvoice_client.answer = Templates(tuple(rows))
    (told,) = [found for found in await check(shop, clients, TODAY) if found.severity is not Severity.OK]
    assert (told.code, told.where, "10%, 5%, 8%" in told.what.vi) == ("one-rate-several", "accounts[1].series[0]", True)


@pytest.mark.parametrize(("today", "reminded"), ((TODAY, False), (date(2026, 12, 1), True), (date(2027, 1, 1), False)))
async def test_december_reminds(today: date, reminded: bool) -> None:
    """In December the series of the new year and the rate that ends are told, without any alarm."""
    shop = example_shop()
    clients = clients_for(shop)
    clients.meinvoice_client.answer = Templates((template(f"1C{today:%y}TAA"),))
    findings = await check(shop, clients, today)
    told = {"series-next-year", "rate-changes-soon"} & set(codes(findings, Severity.OK))
    assert told == ({"series-next-year", "rate-changes-soon"} if reminded else set())
    assert grave(findings) == []


@pytest.mark.parametrize(
    ("series", "expected"),
    (
        ("1C26TAC, sign_type: 2, summary: true", ("summary-with-code", "accounts[0].series[2].summary")),
        ("1K26TAC, sign_type: 2", ("both-kinds", "accounts[0].series")),
    ),
)
def test_series_that_do_not_fit(series: str, expected: tuple[str, str]) -> None:
    """A summary belongs to series without code, and one declaration rarely covers both kinds."""
    more = {"1C26MAB, sign_type: 5}": f"1C26MAB, sign_type: 5}}\n      - {{series: {series}}}"}
    assert expected in grave(list(inspect(example_with("two-companies", more), TODAY)))
