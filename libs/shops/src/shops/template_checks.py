"""Holds an account's series against its templates at meInvoice (Open API §13.1)."""

from collections.abc import Iterator, Sequence
from datetime import date

from invoicing.rates import RateRule
from invoicing.series import normalise_series, series_for
from meinvoice.models import Template

from shops.accounts import Series
from shops.findings import Finding, error, warning, works
from shops.models import Shop

_DECEMBER = 12


def inspect_series(
    shop: Shop, series: Series, where: str, templates: Sequence[Template], today: date
) -> Iterator[Finding]:
    """Tell whether a series can be issued on `today` and whether the document says what its template does."""
    same = [template for template in templates if _same_series(template.InvSeries, series.series)]
    active = [template for template in same if not template.Inactive]
    if not same:
        known = ", ".join(sorted(template.InvSeries for template in templates)) or "-"
        yield error("series-unknown", f"{where}.series", series=series.series, known=known)
    elif not active:
        yield error("series-inactive", f"{where}.series", series=series.series)
    else:
        yield works("series-works", where, series=active[0].InvSeries, template=active[0].TemplateName)
        yield from _year(series, where, active, today)
        yield from _limits(shop, series, where, active, today)


def other_kind(series: Series, templates: Sequence[Template]) -> str | None:
    """The series that differs only in being with or without code (`C` or `K`), where the account has that one."""
    letter = "K" if series.with_code else "C"
    wanted = series.series[0] + letter + series.series[2:]
    return next((each.InvSeries for each in templates if _same_series(each.InvSeries, wanted)), None)


def _year(series: Series, where: str, active: Sequence[Template], today: date) -> Iterator[Finding]:
    """MISA rolls the year by the invoice's date; a template of last year alone is not ready for this one."""
    listed = sorted(template.InvSeries for template in active)
    this, following = series_for(series.series, today), series_for(series.series, today.replace(today.year + 1, day=1))
    if all(each[2:4] < this[2:4] for each in listed):
        yield warning("series-last-year", f"{where}.series", known=", ".join(listed), wanted=this)
    elif today.month == _DECEMBER and following not in listed:
        yield works("series-next-year", f"{where}.series", wanted=following, known=", ".join(listed))


def _limits(shop: Shop, series: Series, where: str, active: Sequence[Template], today: date) -> Iterator[Finding]:
    facts = {"series": series.series}
    one_rate = not series.is_sales and not any(template.IsMoreVATRate for template in active)
    if one_rate and not series.one_rate:
        yield warning("one-rate-template", where, **facts)
    elif one_rate and len(rates := _rates_on(shop, today)) > 1:
        yield warning("one-rate-several", where, **facts, rates=", ".join(rates))
    elif series.one_rate and not one_rate:
        yield warning("one-rate-unneeded", f"{where}.one_rate", **facts)
    summaries = {template.IsSendSummary for template in active}
    if series.summary not in summaries:
        yield error("summary-missing" if not series.summary else "summary-unneeded", f"{where}.summary", **facts)


def _rates_on(shop: Shop, today: date) -> list[str]:
    rules: list[RateRule] = [rule for rule in shop.rules.rates if rule.valid_on(today)]
    shipping = [each.rate for each in shop.rules.shipping.rates if each.valid_on(today)]
    return sorted({*(str(rule.rate) for rule in rules), *map(str, shipping)})


def _same_series(given: str, series: str) -> bool:
    try:
        return normalise_series(given) == series
    except ValueError:
        return False  # a ticket or delivery note, which is none of ours
