"""Which account and series an order goes to, or why that cannot be said."""

from collections.abc import Sequence
from dataclasses import dataclass

from invoicing.mapping import Assignment, Dimension, Mapping, Target
from invoicing.order import Order
from invoicing.rates import folded
from invoicing.reasons import Finding, Reason

STOREFRONT_ATTRIBUTE = "X-Haravan-SalesChannel-BranchId"
"""The note attribute that names the marketplace shop an order came from."""

NONE = "none"
"""The known value of an order without marketplace shop, and of goods that left without a carrier."""


@dataclass(frozen=True, slots=True)
class Routed:
    """The account and series, and why: ``default`` or the dimension and the value that chose it."""

    account: str
    series: str
    why: str


@dataclass(frozen=True, slots=True)
class RouteHold(Finding):
    """The mapping does not give one answer."""


@dataclass(frozen=True, slots=True)
class RouteWait(Finding):
    """A value that could change the company is not known yet."""


Routing = Routed | RouteHold | RouteWait
_NEVER_COMES_LATER: frozenset[Dimension] = frozenset({"channel", "source"})


def route(order: Order, mapping: Mapping) -> Routing:
    """Try the dimensions in the shop's order, at last the default; never another account because one fails."""
    return _route(order, mapping, mapping.dimensions)


def _route(order: Order, mapping: Mapping, dimensions: Sequence[Dimension]) -> Routing:
    if not dimensions:
        return _default(mapping)
    dimension, rest = dimensions[0], dimensions[1:]
    assignments = [each for each in mapping.assignments if each.dimension == dimension]
    if not assignments:
        return _route(order, mapping, rest)
    values = _values(order, mapping, dimension)
    if values is None:
        return _unknown(dimension, assignments, mapping, _route(order, mapping, rest))
    return _named(dimension, values, assignments) or _route(order, mapping, rest)


def _default(mapping: Mapping) -> Routing:
    if mapping.default is None:
        return RouteHold(Reason.NO_DEFAULT_ACCOUNT)
    return Routed(mapping.default.account, mapping.default.series, "default")


def _named(dimension: Dimension, values: Sequence[str], assignments: Sequence[Assignment]) -> Routing | None:
    wanted = {folded(each) for each in values}
    found = [each for each in assignments if wanted & {folded(value) for value in each.values}]
    if not found:
        return None
    if len({_target(each) for each in found}) > 1:
        return RouteHold(Reason.ROUTE_AMBIGUOUS, {"dimension": dimension, "value": values[0]})
    return Routed(found[0].account, found[0].series, f"{dimension}={values[0]}")


def _unknown(dimension: Dimension, assignments: Sequence[Assignment], mapping: Mapping, otherwise: Routing) -> Routing:
    """The value matters only if a rule of this dimension could lead elsewhere than the order would otherwise go."""
    certain = isinstance(otherwise, Routed) and {_target(each) for each in assignments} == {_target(otherwise)}
    if certain:
        return otherwise
    if mapping.when_unknown == "default":
        return _default(mapping)
    facts = {"dimension": dimension}
    if dimension in _NEVER_COMES_LATER:
        return RouteHold(Reason.ROUTE_VALUE_MISSING, facts)
    return RouteWait(Reason.ROUTE_VALUE_UNKNOWN, facts)


def _target(chosen: Target | Routed) -> tuple[str, str]:
    return chosen.account, chosen.series


def _values(order: Order, mapping: Mapping, dimension: Dimension) -> tuple[str, ...] | None:
    """The order's value with its other spellings; none while it is not known."""
    match dimension:
        case "branch":
            chosen = order.location_id if mapping.branch_from == "location_id" else order.assigned_location_id
            return (str(chosen),) if chosen else None
        case "channel":
            return (order.source_name,) if order.source_name else None
        case "source":
            return (order.source,) if order.source else None
        case "storefront":
            return (order.attribute(STOREFRONT_ATTRIBUTE) or NONE,)
        case "carrier":
            return _carrier(order)


def _carrier(order: Order) -> tuple[str, ...] | None:
    first = next((each for each in order.fulfilments if not each.cancelled), None)
    if first is not None:
        return first.carrier_codes or (NONE,)
    return (NONE,) if order.fulfillment_status == "fulfilled" else None
