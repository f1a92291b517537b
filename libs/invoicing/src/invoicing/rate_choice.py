"""Which VAT rate a line takes on an invoice date, and what that choice rests on."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from invoicing.catalogue import Catalogue, Item
from invoicing.combos import part_line
from invoicing.delivered_on import DeliveredOn
from invoicing.goods import Goods
from invoicing.order import Line
from invoicing.rates import DatedRate, RateLevel, folded
from invoicing.reasons import Reason, stop
from invoicing.release import Release
from invoicing.rules import Rules

SHIPPING = "shipping"


class ChosenRate(NamedTuple):
    """A rate, the level that decided, and the rule with the dates it is valid on."""

    rate: str
    level: str
    rule: DatedRate


class _Settled(NamedTuple):
    candidates: Sequence[DatedRate]
    chosen: ChosenRate
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The rates of one invoice: of an order, by a shop's rules and catalogue, on an invoice date (Vietnam)."""

    rules: Rules
    catalogue: Catalogue
    date: dt.date
    delivered: DeliveredOn
    release: Release
    _settled: dict[int, _Settled] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What earlier lines with the very same rules came to; the rules are held, so that their identity stays theirs."""

    def of_goods(self, goods: Goods) -> ChosenRate:
        """The rate of a line of goods.

        Raises:
            Stopped: when no rule, no valid rule or several rules hold; when only the default holds and that is not
                enough; when the goods were delivered under another rate; when the parts of a combo have several.
        """
        level, candidates = self._found(goods)
        _, chosen, changed = self._settled.get(id(candidates)) or self._settle(goods, level, candidates)
        if changed:
            self._check_delivery(candidates, chosen, goods.label, self.delivered.line(goods.line.id))
        if goods.is_combo:
            self._check_parts(goods, chosen)
        return chosen

    def of_transport(self) -> ChosenRate:
        """The rate of transport.

        Raises:
            Stopped: when none is valid, or when the goods were delivered under another one.
        """
        shipping = self.rules.shipping
        rule = next((each for each in shipping.rates if each.valid_on(self.date)), None)
        if rule is None:
            stop(Reason.NO_SHIPPING_RATE, date=self.date)
        chosen = ChosenRate(rule.rate, SHIPPING, rule)
        if self._changed_since(shipping.rates, chosen):
            self._check_delivery(shipping.rates, chosen, shipping.name, self.delivered.any_line())
        return chosen

    def _found(self, goods: Goods) -> tuple[RateLevel, Sequence[DatedRate]]:
        found = rules_of(goods.line, goods.item, self.rules)
        if found is None:
            stop(Reason.NO_RATE, line=goods.label)
        if found[0] == "default":
            self._check_default(goods)
        return found

    def _check_default(self, goods: Goods) -> None:
        if self.rules.unknown_sku == "hold" and not self.release.passes(Reason.UNKNOWN_SKU):
            stop(Reason.UNKNOWN_SKU, line=goods.label)
        if not goods.line.gift_card:
            return
        if not (self.release.passes(Reason.GIFT_CARD_RATE) or self.release.passes(Reason.GIFT_CARD)):
            stop(Reason.GIFT_CARD_RATE, line=goods.label)

    def _chosen(self, goods: Goods, level: RateLevel, candidates: Sequence[DatedRate]) -> ChosenRate:
        valid = [each for each in candidates if each.valid_on(self.date)]
        if not valid:
            stop(Reason.RATE_NOT_VALID, line=goods.label, level=level, date=self.date)
        if len(valid) > 1 and any(each.rate != valid[0].rate for each in valid):
            stop(Reason.RATE_AMBIGUOUS, line=goods.label, level=level, date=self.date)
        return ChosenRate(valid[0].rate, level, valid[0])

    def _settle(self, goods: Goods, level: RateLevel, candidates: Sequence[DatedRate]) -> _Settled:
        chosen = self._chosen(goods, level, candidates)
        settled = _Settled(candidates, chosen, self._changed_since(candidates, chosen))
        self._settled[id(candidates)] = settled
        return settled

    def _changed_since(self, candidates: Sequence[DatedRate], chosen: ChosenRate) -> bool:
        """Whether anything was delivered under another rate, before it is worked out which goods were."""
        others = [each for each in candidates if each.rate != chosen.rate]
        if not others or not any(each.valid_on(day) for each in others for day in self.delivered.some_day):
            return False
        return not self.release.passes(Reason.RATE_CHANGED_SINCE_DELIVERY)

    def _check_delivery(
        self, candidates: Sequence[DatedRate], chosen: ChosenRate, label: str, days: Collection[dt.date]
    ) -> None:
        """Goods that were delivered in the window of another rate are for an accountant to judge."""
        for delivered in sorted(days):
            other = next((each for each in candidates if each.valid_on(delivered) and each.rate != chosen.rate), None)
            if other is not None:
                stop(
                    Reason.RATE_CHANGED_SINCE_DELIVERY,
                    line=label,
                    delivered=delivered,
                    delivered_rate=other.rate,
                    date=self.date,
                    rate=chosen.rate,
                )

    def _check_parts(self, combo: Goods, chosen: ChosenRate) -> None:
        """One line has one rate, so a combo whose parts have several cannot stay one line."""
        rates = set(self._rates_of_parts(combo))
        if chosen.level == "default":
            rates.add(chosen.rate)
        if len(rates) > 1 and not self.release.passes(Reason.COMBO_RATES):
            stop(Reason.COMBO_RATES, line=combo.label, rates=", ".join(sorted(rates)))

    def _rates_of_parts(self, combo: Goods) -> Iterator[str]:
        for component in combo.item.components if combo.item else ():
            item = self.catalogue.by_sku(component.sku)
            found = rules_of(part_line(combo.line, component.sku, item), item, self.rules)
            yield from (each.rate for each in (found[1] if found else ()) if each.valid_on(self.date))


def rules_of(line: Line, item: Item | None, rules: Rules) -> tuple[RateLevel, tuple[DatedRate, ...]] | None:
    """The first level that has rates for a line, with all of them, whether or not they are valid on some date.

    Rates of the catalogue count as rules by SKU. Vendor and tags are those of the catalogue's product; where that is
    not known the line's own vendor stands in.
    """
    if item is not None and item.rates:
        return "sku", (*item.rates, *_by_sku(line, item, rules))
    for level, by_value in rules.rate_levels.items():
        if found := _found_by(level, by_value, line, item):
            return level, found
    return None


def _by_sku(line: Line, item: Item | None, rules: Rules) -> tuple[DatedRate, ...]:
    return _found_by("sku", rules.rate_levels.get("sku", {}), line, item)


def _found_by(
    level: RateLevel, by_value: Mapping[str, tuple[DatedRate, ...]], line: Line, item: Item | None
) -> tuple[DatedRate, ...]:
    if level == "default":
        return by_value[""]
    if level == "tag":
        return tuple(rule for tag in (item.tags if item else ()) for rule in by_value.get(folded(tag), ()))
    value = folded(_value(level, line, item))
    return by_value.get(value, ()) if value else ()


def _value(level: Literal["sku", "barcode", "product_type", "vendor"], line: Line, item: Item | None) -> str:
    match level:
        case "sku":
            return line.sku or (item.sku if item else "")
        case "barcode":
            return line.barcode or (item.barcode if item else "")
        case "product_type":
            return line.product_type or (item.product_type if item else "")
        case "vendor":
            return (item.vendor if item else "") or line.vendor
