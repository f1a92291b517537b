"""Which account and series an order goes to, or why that cannot be said."""

from collections.abc import Sequence
from dataclasses import dataclass

from invoicing.catalogue import EMPTY, Catalogue
from invoicing.mapping import Assignment, Dimension, Mapping, Target
from invoicing.order import Line, Order
from invoicing.rates import folded
from invoicing.reasons import Finding, Reason
from invoicing.release import NOTHING, Release

STOREFRONT_ATTRIBUTE = "X-Haravan-SalesChannel-BranchId"
"""The note attribute that names the marketplace shop an order came from."""

NONE = "none"
"""The known value of an order without marketplace shop, and of goods that left without a carrier."""


@dataclass(frozen=True, slots=True)
class Routed:
    """The account and series, and why: ``default``, ``release``, or the dimension and the value that chose it."""

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
_Values = tuple[str, ...]
_NEVER_COMES_LATER: frozenset[Dimension] = frozenset({"channel", "source", "product_type"})


def route(
    order: Order,
    mapping: Mapping,
    *,
    catalogue: Catalogue = EMPTY,
    buyer_kind: str | None = None,
    release: Release = NOTHING,
) -> Routing:
    """Try the dimensions in the shop's order, at last the default; never another account because one fails.

    Args:
        order: the newest state.
        mapping: the shop's.
        catalogue: tells the product type of lines that Haravan sends without.
        buyer_kind: one of :data:`invoicing.mapping.BUYER_KINDS`; None while it is not known.
        release: a person's word, whose target goes before any mapping. The caller has made sure that it exists.
    """
    if release.target is not None:
        return Routed(release.target.account, release.target.series, "release")
    return _Search(order, mapping, catalogue, buyer_kind).among(mapping.dimensions)


@dataclass(frozen=True, slots=True)
class _Search:
    order: Order
    mapping: Mapping
    catalogue: Catalogue
    buyer_kind: str | None

    def among(self, dimensions: Sequence[Dimension]) -> Routing:
        """What these dimensions say, the first of them before the others, and at last the default."""
        if not dimensions:
            return self._default()
        dimension, rest = dimensions[0], dimensions[1:]
        assignments = [each for each in self.mapping.assignments if each.dimension == dimension]
        if not assignments:
            return self.among(rest)
        if dimension == "product_type":
            return self._by_goods(assignments, rest)
        return self._one(dimension, self._values(dimension), assignments, rest)

    def _one(
        self,
        dimension: Dimension,
        values: _Values | None,
        assignments: Sequence[Assignment],
        rest: Sequence[Dimension],
    ) -> Routing:
        if values is None:
            return self._unknown(dimension, assignments, self.among(rest))
        return _named(dimension, values, assignments) or self.among(rest)

    def _by_goods(self, assignments: Sequence[Assignment], rest: Sequence[Dimension]) -> Routing:
        """Each line by itself: one invoice has one seller, so that all have to agree."""
        types = dict.fromkeys(self._types())
        found = [self._one("product_type", values, assignments, rest) for values in types]
        if not found:
            return self.among(rest)
        routed = [each for each in found if isinstance(each, Routed)]
        targets = dict.fromkeys(f"{each.account} {each.series}" for each in routed)
        if len(targets) > 1:
            return RouteHold(
                Reason.ROUTE_GOODS_DIFFER, {"dimension": "product_type", "targets": ", ".join(sorted(targets))}
            )
        unsure = [each for each in found if not isinstance(each, Routed)]
        return min(unsure or routed, key=lambda each: isinstance(each, RouteWait))

    def _types(self) -> list[_Values | None]:
        """The type of each line that is sold; gifts count only where there is nothing else."""
        lines = [each for each in self.order.lines if each.quantity]
        sold = [each for each in lines if each.price] or lines
        return [_named_once(self._type(each)) for each in sold]

    def _type(self, line: Line) -> str:
        item = None if line.product_type else self.catalogue.find(line)
        return line.product_type or (item.product_type if item else "")

    def _default(self) -> Routing:
        chosen = self.mapping.default
        if chosen is None:
            return RouteHold(Reason.NO_DEFAULT_ACCOUNT)
        return Routed(chosen.account, chosen.series, "default")

    def _unknown(self, dimension: Dimension, assignments: Sequence[Assignment], otherwise: Routing) -> Routing:
        """The value matters only if a rule of this dimension could lead elsewhere than the order would otherwise go."""
        certain = isinstance(otherwise, Routed) and {_target(each) for each in assignments} == {_target(otherwise)}
        if certain:
            return otherwise
        if self.mapping.when_unknown == "default":
            return self._default()
        facts = {"dimension": dimension}
        if dimension in _NEVER_COMES_LATER:
            return RouteHold(Reason.ROUTE_VALUE_MISSING, facts)
        return RouteWait(Reason.ROUTE_VALUE_UNKNOWN, facts)

    def _values(self, dimension: Dimension) -> _Values | None:
        """The order's value with its other spellings; none while it is not known."""
        order = self.order
        match dimension:
            case "branch":
                assigned = self.mapping.branch_from == "assigned_location_id"
                chosen = order.assigned_location_id if assigned else order.location_id
                return (str(chosen),) if chosen else None
            case "channel":
                return _named_once(order.source_name)
            case "source":
                return _named_once(order.source)
            case "storefront":
                return (order.attribute(STOREFRONT_ATTRIBUTE) or NONE,)
            case "carrier":
                return _carrier(order)
            case "buyer_kind":
                return _named_once(self.buyer_kind or "")
            case "product_type":
                raise ValueError("an order has a product type for each line")


def _named(dimension: Dimension, values: Sequence[str], assignments: Sequence[Assignment]) -> Routing | None:
    wanted = {folded(each) for each in values}
    found = [each for each in assignments if wanted & {folded(value) for value in each.values}]
    if not found:
        return None
    if len({_target(each) for each in found}) > 1:
        return RouteHold(Reason.ROUTE_AMBIGUOUS, {"dimension": dimension, "value": values[0]})
    return Routed(found[0].account, found[0].series, f"{dimension}={values[0]}")


def _target(chosen: Target | Routed) -> tuple[str, str]:
    return chosen.account, chosen.series


def _named_once(value: str) -> _Values | None:
    return (value,) if value.strip() else None


def _carrier(order: Order) -> _Values | None:
    first = next((each for each in order.fulfilments if not each.cancelled), None)
    if first is not None:
        return first.carrier_codes or (NONE,)
    return (NONE,) if order.fulfillment_status == "fulfilled" else None
