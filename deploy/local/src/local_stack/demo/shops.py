"""The demo's shops: their files, and what the generator has to know about each."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shops.models import Shop
from shops.yaml_io import read_shop

from local_stack.demo import catalogue
from local_stack.demo.catalogue import Product

FOLDER = Path(__file__).resolve().parents[4] / "demo"
HARAVAN_URL = "DEMO_HARAVAN_URL"
MEINVOICE_URL = "DEMO_MEINVOICE_URL"


@dataclass(frozen=True, slots=True)
class DemoShop:
    """A shop of the demo; `channels` with the more frequent ones named more often."""

    file: Path
    settings: Shop
    products: tuple[Product, ...]
    channels: tuple[str, ...]
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

    def lane_of(self, channel: str) -> str:
        """The lane that orders of a sales channel go to, read from the shop file by hand, not by the rules."""
        mapping = self.settings.mapping
        named = [each for each in mapping.assignments if channel in each.values]
        target = named[0] if named else mapping.default
        account = self.settings.account(target.account) if target else None
        if target is None or account is None:
            raise ValueError(f"{self.file.name}: no account for channel {channel!r}")
        return account.lane_key(target.series)


_KINDS: tuple[tuple[str, tuple[Product, ...], tuple[str, ...], int], ...] = (
    ("thoi-trang.yaml", catalogue.FASHION, ("web", "web", "web", "pos", "shopee", "shopee", "tiktokshop"), 5),
    ("my-pham.yaml", catalogue.COSMETICS, ("web", "web", "pos", "pos", "shopee"), 3),
    ("thuc-pham.yaml", catalogue.FOOD, ("web", "web", "zalo", "pos"), 2),
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
            channels=channels,
            share=share,
        )
        for name, products, channels, share in _KINDS
    )
