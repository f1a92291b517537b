"""Where the demo's shops sell, and where each order's invoice belongs: written by hand, not read from the mapping."""

from dataclasses import dataclass, replace

POS = "pos"


@dataclass(frozen=True, slots=True)
class Branch:
    """A location of the shop at Haravan."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Storefront:
    """A shop on a marketplace, as orders name it in their note attributes."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """One way in which a shop sells: a branch and a sales channel; `share` says how often."""

    branch: Branch
    channel: str
    account: str
    series: str
    """Without its year."""
    storefront: Storefront | None = None
    share: int = 1

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.branch.name}, {self.storefront.name if self.storefront else self.channel}"

    @property
    def is_counter(self) -> bool:
        """Whether the buyer takes the goods along."""
        return self.channel == POS

    def of_channel(self, channel: str) -> "Place":
        """The same place under the name of a channel that the shop does not know."""
        return replace(self, channel=channel)


_ONLINE = Branch(700101, "Kho online")
_QUAN_1 = Branch(700102, "Cửa hàng Quận 1")
_THU_DUC = Branch(700103, "Cửa hàng Thủ Đức")
_HA_NOI = Branch(700104, "Cửa hàng Hà Nội")
_DA_NANG = Branch(700105, "Cửa hàng Đà Nẵng")
_SHOPEE = Storefront(77001, "Shopee")
_SHOPEE_MALL = Storefront(77002, "Shopee Mall")
_TIKTOK = Storefront(77003, "TikTok Shop")

FASHION = (
    Place(_ONLINE, "web", "cong-ty-a", "1C__TAA", share=6),
    Place(_QUAN_1, POS, "cong-ty-a", "1C__MAA", share=2),
    Place(_THU_DUC, POS, "cong-ty-a", "1C__MAA"),
    Place(_HA_NOI, POS, "cong-ty-b", "1C__TBC"),
    Place(_HA_NOI, "web", "cong-ty-b", "1C__TBC"),
    Place(_DA_NANG, POS, "cong-ty-b", "1C__TBC"),
    Place(_ONLINE, "shopee", "cong-ty-b", "1C__TBB", _SHOPEE, share=3),
    Place(_ONLINE, "shopee", "cong-ty-a", "1C__TAA", _SHOPEE_MALL),
    Place(_ONLINE, "tiktokshop", "cong-ty-b", "1C__TBB", _TIKTOK, share=2),
)
"""Two companies: A has the website, two counters in the south and Shopee Mall; B the rest."""

_STORE = Branch(710101, "Cửa hàng chính")
COSMETICS = (
    Place(_STORE, "web", "cong-ty-c", "1C__TCC", share=2),
    Place(_STORE, POS, "cong-ty-c", "1C__MCC", share=2),
    Place(_STORE, "shopee", "cong-ty-c", "1C__TCC", Storefront(77011, "Shopee")),
)

_BARN = Branch(720101, "Kho chính")
FOOD = (
    Place(_BARN, "web", "cong-ty-d", "1K__TDD", share=2),
    Place(_BARN, "zalo", "cong-ty-d", "1K__TDD"),
    Place(_BARN, POS, "cong-ty-d", "1K__TDD"),
)
