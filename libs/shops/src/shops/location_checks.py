"""Holds a shop's branches against its locations at Haravan."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from invoicing.rates import folded

from shops.findings import Finding, error, warning, works
from shops.mapping_checks import hidden_by_all
from shops.models import Shop

_VIRTUAL = "ontheroad"
"""The type of a warehouse for goods in transit, where nothing is sold (Haravan "location")."""


def names_branches(shop: Shop) -> bool:
    """Whether the document says anything of branches, so that Haravan's locations matter."""
    return any(each.dimension == "branch" for each in shop.mapping.assignments) or any(
        rule.branch for rule in shop.rules.when
    )


def inspect_locations(shop: Shop, locations: Sequence[dict[str, Any]]) -> Iterator[Finding]:
    """Tell what does not agree with the shop's locations, as `GET /com/locations.json` lists them."""
    known = {_id(each): f"{_id(each)} {each.get('name') or ''}".strip() for each in locations if _id(each)}
    listed = ", ".join(known.values()) or "-"
    for at, assignment in enumerate(shop.mapping.assignments):
        if assignment.dimension == "branch":
            for value in assignment.values:
                if value.strip().isdecimal() and value.strip() not in known:
                    yield error("branch-unknown", f"mapping.assignments[{at}].values", value=value, known=listed)
    for at, rule in enumerate(shop.rules.when):
        for branch in rule.branch or ():
            if str(branch) not in known:
                yield warning("branch-unknown", f"rules.when[{at}].branch", value=branch, known=listed)
    selling = [_id(each) for each in locations if _id(each) and not _is_virtual(each)]
    yield from _left(shop, [known[each] for each in selling if each not in _assigned(shop)])
    yield from hidden_by_all(shop, "branch", selling)


def _left(shop: Shop, names: Sequence[str]) -> Iterator[Finding]:
    if not names or not _assigned(shop):
        return
    default, listed = shop.mapping.default, ", ".join(names)
    if default is None:
        yield warning("branches-left", "mapping.assignments", names=listed)
    else:
        yield works(
            "branches-to-default", "mapping.default", names=listed, account=default.account, series=default.series
        )


def _assigned(shop: Shop) -> frozenset[str]:
    named = (each.values for each in shop.mapping.assignments if each.dimension == "branch")
    return frozenset(folded(value) for values in named for value in values)


def _id(location: dict[str, Any]) -> str:
    found = location.get("id")
    return str(int(found)) if isinstance(found, int | Decimal) and found else ""


def _is_virtual(location: dict[str, Any]) -> bool:
    return _VIRTUAL in (location.get("type"), location.get("location_type"))
