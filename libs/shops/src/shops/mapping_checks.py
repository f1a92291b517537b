"""What can be found wrong in a mapping without asking anybody: two answers, none, and rules that no order reaches."""

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Final

from invoicing.mapping import BUYER_KINDS, Assignment, Dimension, Target
from invoicing.rates import folded
from invoicing.route import NONE

from shops.findings import Finding, error, warning
from shops.models import Shop, mapping_targets

MARKETPLACES: Final = ("shopee", "tiktokshop", "lazada", "tiki")
"""Sales channels whose orders name a marketplace shop (`X-Haravan-SalesChannel-BranchId`)."""

CHANNELS: Final = (
    *MARKETPLACES,
    *("web", "pos", "haravan_draft_order", "iphone", "android"),
    *("zalo", "fb", "phone", "staff", "harasocial", "livestream"),
)
"""What is met in `source_name`: Haravan's own (Haravan "Omni API, orders") and common apps'; a shop may have others."""

_SAME_TEXT: Final[tuple[Dimension, ...]] = ("channel", "source")
"""Haravan writes the same into `source` and `source_name`."""


def inspect_mapping(shop: Shop, product_types: Collection[str] | None = None) -> Iterator[Finding]:
    """Go through what is wrong or doubtful in a shop's mapping.

    Args:
        shop: the document.
        product_types: those that the shop's goods have; None where nobody knows.
    """
    yield from _assignments(shop)
    for at, assignment in enumerate(shop.mapping.assignments):
        yield from _values(assignment, f"mapping.assignments[{at}].values", product_types)
        yield from _hidden(shop, assignment, f"mapping.assignments[{at}]")
    yield from hidden_by_all(shop, "buyer_kind", BUYER_KINDS)
    yield from _reach(shop)


def hidden_by_all(shop: Shop, dimension: Dimension, values: Collection[str]) -> Iterator[Finding]:
    """Tell which assignments no order reaches when `values` are all that the dimension can be."""
    mapping = shop.mapping
    named = {folded(each) for one in mapping.assignments if one.dimension == dimension for each in one.values}
    if not values or not named.issuperset(map(folded, values)):
        return
    later = mapping.dimensions[mapping.dimensions.index(dimension) + 1 :]
    hidden = [each for each in later if any(one.dimension == each for one in mapping.assignments)]
    if hidden:
        yield warning("hidden-dimension", "mapping.dimensions", dimension=dimension, hidden=", ".join(hidden))


def target_of(target: Target) -> tuple[str, str]:
    """Account and series, to compare."""
    return target.account, target.series


def _assignments(shop: Shop) -> Iterator[Finding]:
    first_of: dict[tuple[str, str], Assignment] = {}
    for at, assignment in enumerate(shop.mapping.assignments):
        where, dimension = f"mapping.assignments[{at}].values", assignment.dimension
        for value in assignment.values:
            key = (dimension, folded(value))
            if key not in first_of:
                first_of[key] = assignment
                continue
            first = first_of[key]
            if target_of(first) == target_of(assignment):
                yield warning("repeated-assignment", where, dimension=dimension, value=value)
            else:
                both = {"first": _shown(first), "second": _shown(assignment)}
                yield error("ambiguous-assignment", where, dimension=dimension, value=value, **both)


def _values(assignment: Assignment, where: str, product_types: Collection[str] | None) -> Iterator[Finding]:
    for value in assignment.values:
        match assignment.dimension:
            case "branch" if not value.strip().isdecimal():
                yield error("branch-not-an-id", where, value=value)
            case "storefront" if not value.strip().isdecimal() and folded(value) != NONE:
                yield warning("storefront-not-an-id", where, value=value)
            case "channel" | "source" if meant := misspelt(value):
                yield warning("channel-misspelt", where, dimension=assignment.dimension, value=value, meant=meant)
            case "product_type" if product_types is not None and folded(value) not in map(folded, product_types):
                yield warning("product-type-unknown", where, value=value)
            case _:
                pass


def misspelt(channel: str) -> str:
    """The sales channel of Haravan's that a name is probably meant to be; empty where it is one, or none is near."""
    plain = folded(channel)
    if plain in CHANNELS:
        return ""
    bare = "".join(each for each in plain if each.isalnum())
    near = [each for each in CHANNELS if each == bare or (each.startswith(bare) and len(bare) > len(each) // 2)]
    return next(iter(near or get_close_matches(bare, CHANNELS, n=1, cutoff=0.8)), "")


def _hidden(shop: Shop, assignment: Assignment, where: str) -> Iterator[Finding]:
    """An earlier dimension takes the orders that this assignment is meant for."""
    dimensions, own = shop.mapping.dimensions, assignment.dimension
    wanted = {folded(each) for each in assignment.values}
    for other in shop.mapping.assignments:
        earlier = dimensions.index(other.dimension) < dimensions.index(own)
        if not earlier or target_of(other) == target_of(assignment):
            continue
        taken = [each for each in other.values if _takes(other.dimension, folded(each), own, wanted)]
        if taken:
            facts = {"dimension": own, "value": ", ".join(assignment.values), "earlier": other.dimension}
            yield warning("hidden-assignment", where, **facts, taken=", ".join(taken), target=_shown(other))


def _takes(earlier: Dimension, value: str, own: Dimension, wanted: Collection[str]) -> bool:
    if own == "storefront" and earlier in _SAME_TEXT:
        return value in MARKETPLACES and set(wanted) != {NONE}
    return own in _SAME_TEXT and earlier in _SAME_TEXT and value in wanted


def _reach(shop: Shop) -> Iterator[Finding]:
    if shop.mapping.default is None:
        yield warning("no-default", "mapping.default")
    reached = {(account, series) for _, account, series in mapping_targets(shop.mapping)}
    for at, account in enumerate(shop.accounts):
        for position, series in enumerate(account.series):
            if (account.name, series.series) not in reached:
                where = f"accounts[{at}].series[{position}]"
                yield warning("unused-series", where, series=series.series, account=account.name)


def _shown(target: Target) -> str:
    return f"{target.account} {target.series}"
