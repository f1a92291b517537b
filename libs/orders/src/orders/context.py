"""What one order is judged by, gathered before the judging: it does no IO itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from invoicing.catalogue import EMPTY, Catalogue
from invoicing.known_buyers import KnownBuyer
from invoicing.release import NOTHING, Release
from invoicing.rules import Rules
from shops.models import Shop


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The shop as it is now, and what is known of this one order.

    Attributes:
        shop: the configuration of now.
        version: its version.
        today: the date in Vietnam.
        catalogue: the items that the order's lines are.
        buyer: what the shop's book of buyers says of the order's customer.
        release: what a person decided about the order.
        earlier: the rules of those versions that the order's invoices were made by, where they are not of now.
    """

    shop: Shop
    version: int
    today: date
    catalogue: Catalogue = EMPTY
    buyer: KnownBuyer | None = None
    release: Release = NOTHING
    earlier: Mapping[int, Rules] = field(default_factory=dict)

    def rules_of(self, version: int) -> Rules:
        """The rules of a version; those of now where that version is not there any more."""
        return self.earlier.get(version, self.shop.rules)
