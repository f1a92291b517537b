"""A shop's connection to Haravan, and what is written back to its orders."""

from collections import Counter
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from shops.base import Part, refusal
from shops.texts import Text
from shops.urls import BaseUrl

DEFAULT_HARAVAN_URL = "https://apis.haravan.com"
"""Haravan's only API host ("Omni API, scopes")."""

MAX_WEBHOOK_SECRETS = 5
MAX_TAG = 40
"""Haravan's limit for one tag ("Omni API, orders")."""


def _tag(value: str) -> str:
    if "," in value:
        raise refusal(
            Text(
                vi="nhãn không được có dấu phẩy, vì Haravan dùng nó để ngăn các nhãn",
                en="a tag must not hold a comma: Haravan separates tags by it",
            )
        )
    return value


class HaravanConnection(Part):
    """How to reach one Haravan shop and to believe its webhooks."""

    org_id: int = Field(gt=0, lt=2**63)
    """Haravan's number of the shop (`shop.id`, header `X-Haravan-Org-Id`)."""
    base_url: BaseUrl = DEFAULT_HARAVAN_URL
    """Address of Haravan's API."""
    access_token: SecretStr = Field(min_length=1)
    """Token of a private app or of an installed app; reads orders, writes note attributes and tags."""
    webhook_secrets: tuple[Annotated[SecretStr, Field(min_length=1)], ...] = Field(
        min_length=1, max_length=MAX_WEBHOOK_SECRETS
    )
    """A delivery is believed when any of them signed it: the app's client secret, the shop's own webhook secret,
    and while one is being changed also the old one."""
    verify_token: SecretStr | None = Field(default=None, min_length=1)
    """Answers Haravan's `hub.challenge`; only app webhooks ask for it."""


class NoteAttributeNames(Part):
    """Names of the note attributes that carry an invoice on its order; an empty name leaves that one out."""

    lookup_code: str = "Mã tra cứu hóa đơn"
    """meInvoice's `TransactionID`, with which the buyer finds the invoice."""
    invoice_number: str = "Số hóa đơn"
    """`InvNo`."""
    series: str = "Ký hiệu hóa đơn"
    """`InvSeries`, with its year."""
    invoice_date: str = "Ngày hóa đơn"
    """`InvDate`."""
    seller_tax_code: str = "MST người bán"
    """Tax code of the account that issued it."""
    authority_code: str = "Mã cơ quan thuế"
    """The tax authority's code, once there is one."""
    status: str = "Trạng thái hóa đơn"
    """What the tax authority says of it."""

    @model_validator(mode="after")
    def _each_name_once(self) -> Self:
        names = Counter(name for name in self.model_dump().values() if name)
        twice = [name for name, count in names.items() if count > 1]
        if twice:
            raise refusal(
                Text(
                    vi=f"tên {', '.join(twice)} được dùng cho hai thông tin; mỗi thông tin cần tên riêng",
                    en=f"name {', '.join(twice)} is used for two things; each needs its own",
                )
            )
        return self


class WriteBack(Part):
    """What of an issued invoice is written to its order in Haravan."""

    enabled: bool = True
    """Whether anything is written; the invoice is followed in any case."""
    tag: Annotated[str, AfterValidator(_tag)] = Field(default="da-xuat-hoa-don", max_length=MAX_TAG)
    """Added once the invoice is issued; empty: no tag."""
    note_attributes: NoteAttributeNames = NoteAttributeNames()
    """Under which names it stands among the order's note attributes."""
