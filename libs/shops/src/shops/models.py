"""The shop document: one shop's connections, mapping and rules."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Self

from invoicing.mapping import Mapping
from invoicing.rules import Rules
from pydantic import AfterValidator, Field, model_validator

from shops.accounts import Account, Series, SignType, TaxCode
from shops.base import Part, refusal
from shops.connections import DEFAULT_HARAVAN_URL, HaravanConnection, NoteAttributeNames, WriteBack
from shops.default_series import with_default_series
from shops.environment import check_environment
from shops.problems import Path
from shops.texts import Text
from shops.urls import BaseUrl, Environment

__all__ = [
    "DEFAULT_HARAVAN_URL",
    "Account",
    "BaseUrl",
    "Environment",
    "HaravanConnection",
    "NoteAttributeNames",
    "Series",
    "Shop",
    "ShopId",
    "SignType",
    "TaxCode",
    "WriteBack",
    "check_environment",
]

_SHOP_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _shop_id(value: str) -> str:
    if _SHOP_ID.fullmatch(value):
        return value
    raise refusal(
        Text(
            vi=f"mã cửa hàng {value!r} chỉ được gồm chữ thường không dấu, số và dấu gạch nối, ví dụ thoi-trang-demo",
            en=f"shop id {value!r} must be an id of small letters, digits and single hyphens, such as my-shop",
        )
    )


ShopId = Annotated[str, Field(max_length=60), AfterValidator(_shop_id)]
"""Our id of a shop: small letters, digits and single hyphens; part of the webhook path."""


class Shop(Part):
    """Everything about one shop that a person decides. Secrets are `SecretStr`; write them out with `shops.yaml_io`."""

    shop: ShopId
    """Our id of the shop: small letters, digits and single hyphens; part of the webhook path. Never changed."""
    name: str = Field(min_length=1, max_length=200)
    """What people call the shop."""
    haravan: HaravanConnection
    """The connection to Haravan."""
    accounts: tuple[Account, ...] = Field(min_length=1)
    """meInvoice logins, one for each tax code."""
    mapping: Mapping
    """Which orders go to which account and series."""
    rules: Rules = Rules()
    """When orders are invoiced, with which rates, and what the invoice shows."""
    write_back: WriteBack = WriteBack()
    """What of an issued invoice is written to its order."""

    @model_validator(mode="before")
    @classmethod
    def _series_that_go_without_saying(cls, document: Any) -> Any:
        return with_default_series(document)

    @model_validator(mode="after")
    def _accounts_differ(self) -> Self:
        _refuse_twice((account.name for account in self.accounts), _NAME_TWICE)
        _refuse_twice((account.key for account in self.accounts), _TAX_CODE_TWICE)
        return self

    @model_validator(mode="after")
    def _mapping_leads_somewhere(self) -> Self:
        for place, account, series in mapping_targets(self.mapping):
            found = self.account(account)
            if found is None:
                raise refusal(_unknown_account(account, [one.name for one in self.accounts]), (*place, "account"))
            if found.find_series(series) is None:
                raise refusal(_unknown_series(series, found), (*place, "series"))
        return self

    def account(self, name: str) -> Account | None:
        """Find an account by the name that the mapping uses."""
        return next((account for account in self.accounts if account.name == name), None)

    def account_by_key(self, key: str) -> Account | None:
        """Find an account by its key, `environment:tax code`."""
        return next((account for account in self.accounts if account.key == key), None)

    def account_of_lane(self, lane: str) -> Account | None:
        """Find the account that a lane belongs to."""
        return next((account for account in self.accounts if lane in self._lanes_of(account)), None)

    def lanes(self) -> Iterator[str]:
        """Go through the keys of all lanes of the shop."""
        for account in self.accounts:
            yield from self._lanes_of(account)

    @staticmethod
    def _lanes_of(account: Account) -> list[str]:
        return [account.lane_key(series.series) for series in account.series]


def mapping_targets(mapping: Mapping) -> Iterator[tuple[Path, str, str]]:
    """Go through what a mapping can choose: where it says so, account name, series."""
    if mapping.default:
        yield ("mapping", "default"), mapping.default.account, mapping.default.series
    for at, assignment in enumerate(mapping.assignments):
        yield ("mapping", "assignments", at), assignment.account, assignment.series


_NAME_TWICE = Text(
    vi="hai tài khoản cùng tên {value}; mỗi tài khoản cần tên riêng",
    en="two accounts are named {value}; each needs its own",
)
_TAX_CODE_TWICE = Text(
    vi="hai tài khoản cùng môi trường và mã số thuế {value}; gộp các ký hiệu vào một tài khoản",
    en="two accounts have the same environment and tax code {value}; put their series into one account",
)


def _refuse_twice(values: Iterable[str], text: Text) -> None:
    for value, count in Counter(values).items():
        if count > 1:
            raise refusal(Text(*(language.format(value=value) for language in text)))


def _unknown_account(account: str, known: list[str]) -> Text:
    return Text(
        vi=f"không có tài khoản {account!r}; chọn một trong {', '.join(known)}",
        en=f"there is no account {account!r}; choose one of {', '.join(known)}",
    )


def _unknown_series(series: str, account: Account) -> Text:
    known = ", ".join(one.series for one in account.series)
    return Text(
        vi=f"tài khoản {account.name!r} không có ký hiệu {series}; chọn một trong {known} hoặc thêm nó",
        en=f"account {account.name!r} has no series {series}; choose one of {known}, or add it there",
    )
