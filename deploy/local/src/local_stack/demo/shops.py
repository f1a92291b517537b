"""The demo's shops: their files, and what the generator has to know about each."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shops.models import Shop
from shops.yaml_io import read_shop

from local_stack.demo import catalogue, places
from local_stack.demo.catalogue import Product
from local_stack.demo.places import Branch, Place

FOLDER = Path(__file__).resolve().parents[4] / "demo"
HARAVAN_URL = "DEMO_HARAVAN_URL"
MEINVOICE_URL = "DEMO_MEINVOICE_URL"


@dataclass(frozen=True, slots=True)
class DemoShop:
    """A shop of the demo, what it sells and where; unknown channels are like the first place."""

    file: Path
    settings: Shop
    products: tuple[Product, ...]
    places: tuple[Place, ...]
    share: int
    """How many of ten orders are this shop's."""

    @property
    def id(self) -> str:
        """Our id of the shop."""
        return self.settings.shop

    @property
    def org_id(self) -> int:
        """Haravan's number of the shop."""
        return self.settings.haravan.org_id

    @property
    def trigger(self) -> str:
        """What makes an order due for its invoice."""
        return self.settings.rules.trigger

    @property
    def branches(self) -> tuple[Branch, ...]:
        """Its locations at Haravan."""
        return tuple(dict.fromkeys(each.branch for each in self.places))

    def sells_by(self, channel: str | None) -> bool:
        """Whether one of its places has the channel; any has none in particular."""
        return channel is None or any(each.channel == channel for each in self.places)

    def lane_of(self, place: Place) -> str:
        """The lane that orders of a place belong to."""
        account = self.settings.account(place.account)
        if account is None:
            raise ValueError(f"{self.file.name}: no account {place.account!r}")
        return account.lane_key(place.series)


_KINDS: tuple[tuple[str, tuple[Product, ...], tuple[Place, ...], int], ...] = (
    ("thoi-trang.yaml", catalogue.FASHION, places.FASHION, 5),
    ("my-pham.yaml", catalogue.COSMETICS, places.COSMETICS, 3),
    ("thuc-pham.yaml", catalogue.FOOD, places.FOOD, 2),
)


def addresses(haravan_url: str, meinvoice_url: str) -> dict[str, str]:
    """The environment variables that the shop files take their base URLs from."""
    return {HARAVAN_URL: haravan_url, MEINVOICE_URL: meinvoice_url}


def demo_shops(environment: Mapping[str, str], folder: Path = FOLDER) -> tuple[DemoShop, ...]:
    """Read the three shop files.

    Raises:
        shops.problems.InvalidShopError: a file is not valid.
    """
    return tuple(
        DemoShop(
            file=folder / name,
            settings=read_shop((folder / name).read_text(encoding="utf-8"), environment=environment),
            products=products,
            places=where,
            share=share,
        )
        for name, products, where, share in _KINDS
    )
