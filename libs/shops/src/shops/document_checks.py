"""What can be found wrong in a shop document without asking anybody."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from invoicing.mapping import Assignment, Target
from invoicing.rates import DatedRate, folded

from shops.accounts import CASH_REGISTER_SIGN_TYPES
from shops.findings import Finding, error, warning
from shops.models import Account, Shop, SignType, check_environment, mapping_targets

REDUCED_RATE = "8%"
REDUCED_RATE_ENDS = date(2026, 12, 31)
"""Resolution 204/2025/QH15: 2 points off until this day."""

_LOOK_AHEAD = timedelta(days=45)
_EARLY_TRIGGERS = frozenset({"created", "paid"})


def inspect(shop: Shop, today: date) -> Iterator[Finding]:
    """Go through what is wrong or doubtful in the document; `today` is a date in Vietnam."""
    for at, account in enumerate(shop.accounts):
        yield from _account(account, f"accounts[{at}]")
    if len({account.environment for account in shop.accounts}) > 1:
        yield warning("mixed-environments", "accounts")
    yield from _assignments(shop)
    yield from _reach(shop)
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
    if account.signing and not any(series.sign_type is SignType.FILE for series in account.series):
        yield warning("signing-unused", f"{where}.signing")
    if len({series.is_sales for series in account.series}) > 1:
        yield warning("both-methods", f"{where}.series")


def _assignments(shop: Shop) -> Iterator[Finding]:
    first_at: dict[tuple[str, str], tuple[int, Assignment]] = {}
    for at, assignment in enumerate(shop.mapping.assignments):
        for value in assignment.values:
            key = (assignment.dimension, folded(value))
            if key not in first_at:
                first_at[key] = (at, assignment)
                continue
            where = f"mapping.assignments[{at}].values"
            first, dimension = first_at[key][1], assignment.dimension
            if _target(first) == _target(assignment):
                yield warning("repeated-assignment", where, dimension=dimension, value=value)
            else:
                both = {"first": _shown(first), "second": _shown(assignment)}
                yield error("ambiguous-assignment", where, dimension=dimension, value=value, **both)


def _reach(shop: Shop) -> Iterator[Finding]:
    if shop.mapping.default is None:
        yield warning("no-default", "mapping.default")
    reached = {(account, series) for _, account, series in mapping_targets(shop.mapping)}
    for at, account in enumerate(shop.accounts):
        for position, series in enumerate(account.series):
            if (account.name, series.series) not in reached:
                where = f"accounts[{at}].series[{position}]"
                yield warning("unused-series", where, series=series.series, account=account.name)


def _rules(shop: Shop, today: date) -> Iterator[Finding]:
    rules = shop.rules
    if rules.start_date is None:
        yield warning("no-start-date", "rules.start_date")
    if rules.trigger in _EARLY_TRIGGERS:  # a channel's own may be: at the counter, paid is handed over
        yield warning("early-trigger", "rules.trigger", trigger=rules.trigger)
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


def _uncovered(rates: Sequence[DatedRate], today: date) -> date | None:
    """Find the first day from today on, not far ahead, on which none of the rates is valid."""
    days = (today + timedelta(days=ahead) for ahead in range(_LOOK_AHEAD.days))
    return next((day for day in days if not any(rate.valid_on(day) for rate in rates)), None)


def _target(target: Target) -> tuple[str, str]:
    return target.account, target.series


def _shown(target: Target) -> str:
    return f"{target.account} {target.series}"
