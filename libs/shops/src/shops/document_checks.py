"""What can be found wrong in a shop document without asking anybody."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

from invoicing.conditions import shadowed
from invoicing.rates import DatedRate, RateRule

from shops.accounts import CASH_REGISTER_SIGN_TYPES
from shops.findings import Finding, error, warning, works
from shops.mapping_checks import inspect_mapping, misspelt
from shops.models import Account, Shop, SignType, check_environment

REDUCED_RATE = "8%"
REDUCED_RATE_ENDS = date(2026, 12, 31)
"""Resolution 204/2025/QH15: 2 points off until this day."""

_LOOK_AHEAD = timedelta(days=45)
_REMINDED = timedelta(days=31)
_EARLY_TRIGGERS = frozenset({"created", "paid"})


def inspect(shop: Shop, today: date, product_types: Collection[str] | None = None) -> Iterator[Finding]:
    """Go through what is wrong or doubtful in the document.

    Args:
        shop: the document.
        today: a date in Vietnam.
        product_types: those that the shop's goods have; None where nobody knows.
    """
    for at, account in enumerate(shop.accounts):
        yield from _account(account, f"accounts[{at}]")
    if len({account.environment for account in shop.accounts}) > 1:
        yield warning("mixed-environments", "accounts")
    yield from inspect_mapping(shop, product_types)
    yield from _rules(shop, today)


def _account(account: Account, where: str) -> Iterator[Finding]:
    if mismatch := check_environment(account):
        yield error("environment-mismatch", f"{where}.environment", meaning_vi=mismatch.vi, meaning_en=mismatch.en)
    for at, series in enumerate(account.series):
        place = f"{where}.series[{at}].sign_type"
        sign_type = series.sign_type.value
        if series.sign_type in CASH_REGISTER_SIGN_TYPES and not series.is_cash_register:
            yield error("sign-type-not-cash-register", place, series=series.series, sign_type=sign_type)
        if series.sign_type not in CASH_REGISTER_SIGN_TYPES and series.is_cash_register:
            yield warning("sign-type-cash-register", place, series=series.series, sign_type=sign_type)
        if series.summary and series.with_code:
            yield error("summary-with-code", f"{where}.series[{at}].summary", series=series.series)
    if account.signing and not any(series.sign_type is SignType.FILE for series in account.series):
        yield warning("signing-unused", f"{where}.signing")
    if len({series.is_sales for series in account.series}) > 1:
        yield warning("both-methods", f"{where}.series")
    if len({series.with_code for series in account.series}) > 1:
        yield warning("both-kinds", f"{where}.series")


def _rules(shop: Shop, today: date) -> Iterator[Finding]:
    rules = shop.rules
    if rules.start_date is None:
        yield warning("no-start-date", "rules.start_date")
    if rules.trigger in _EARLY_TRIGGERS:  # a channel's own may be: at the counter, paid is handed over
        yield warning("early-trigger", "rules.trigger", trigger=rules.trigger)
    for channel in rules.trigger_by_channel:
        if meant := misspelt(channel):
            where = f"rules.trigger_by_channel.{channel}"
            yield warning("channel-misspelt", where, dimension="channel", value=channel, meant=meant)
    for at, by in shadowed(rules):
        yield warning("shadowed-rule", f"rules.when[{at}]", name=rules.when[at].name, by=rules.when[by].name)
    if all(series.is_sales for account in shop.accounts for series in account.series):
        return  # a sales invoice carries no VAT, so that no rate is needed
    yield from _rates(shop, today)


def _rates(shop: Shop, today: date) -> Iterator[Finding]:
    rules = shop.rules
    defaults = [rule for rule in rules.rates if rule.level == "default"]
    if not rules.rates:
        yield error("no-rates", "rules.rates")
    elif uncovered := _uncovered(defaults, today):
        yield warning("no-default-rate", "rules.rates", day=uncovered)
    if uncovered := _uncovered(rules.shipping.rates, today):
        yield warning("no-shipping-rate", "rules.shipping.rates", day=uncovered)
    places: dict[str, tuple[DatedRate, ...]] = {
        "rules.rates": rules.rates,
        "rules.shipping.rates": rules.shipping.rates,
    }
    for where, rates in places.items():
        for at, rate in enumerate(rates):
            if rate.rate == REDUCED_RATE and (rate.valid_to is None or rate.valid_to > REDUCED_RATE_ENDS):
                yield warning("reduced-rate-ends", f"{where}[{at}].valid_to")
            elif rate.valid_to and rate.valid_on(today) and rate.valid_to - today < _REMINDED:
                yield from _change(rate, [each for each in rates if _same_goods(each, rate)], f"{where}[{at}]")


def _change(rate: DatedRate, same: Sequence[DatedRate], where: str) -> Iterator[Finding]:
    """Remind of a rate that ends soon; a default that has no successor is told apart."""
    if rate.valid_to is not None:
        day = rate.valid_to + timedelta(days=1)
        following = next((each for each in same if each.valid_on(day)), None)
        if following is not None:
            yield works("rate-changes-soon", where, rate=rate.rate, following=following.rate, day=day)


def _same_goods(one: DatedRate, other: DatedRate) -> bool:
    if isinstance(one, RateRule) and isinstance(other, RateRule):
        return one.level == other.level and one.folded_values == other.folded_values
    return True


def _uncovered(rates: Sequence[DatedRate], today: date) -> date | None:
    """Find the first day from today on, not far ahead, on which none of the rates is valid."""
    days = (today + timedelta(days=ahead) for ahead in range(_LOOK_AHEAD.days))
    return next((day for day in days if not any(rate.valid_on(day) for rate in rates)), None)
