"""meInvoice accounts of a shop: one login for one tax code, with the series it may use."""

import re
from collections import Counter
from enum import IntEnum
from typing import Annotated, Self

from invoicing.identity import account_key, lane_key
from invoicing.series import SeriesPattern, is_cash_register, is_sales, is_with_code, normalise_series
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, field_validator, model_validator
from stdnum.exceptions import ValidationError as InvalidNumber
from stdnum.vn import mst

from shops.base import Part, refusal
from shops.texts import Text
from shops.urls import BaseUrl, Environment, SigningUrl

_PERSONAL_ID_DIGITS = 12


_TICKET_SIGN_TYPE = "4"
"""Tickets without code, series 5K (Open API §1.6)."""


class SignType(IntEnum):
    """How invoices are signed (Open API §1.6). 4 is for tickets, which no shop order becomes."""

    FILE = 1
    """By the shop's own USB token or file, through MISA's signing tool on a computer of the shop (`signing`)."""

    HSM = 2
    """By HSM or advanced eSign, signature shown."""

    HSM_LATER = 3
    """As 2, but meInvoice takes the invoice and signs it later."""

    CASH_REGISTER = 5
    """Invoices of a cash register (`M` series), no signature shown."""

    CASH_REGISTER_LATER = 6
    """As 5, but meInvoice takes the invoice and issues it later."""


CASH_REGISTER_SIGN_TYPES = frozenset({SignType.CASH_REGISTER, SignType.CASH_REGISTER_LATER})
"""What only `M` series may use."""


def normalise_tax_code(value: str) -> str:
    """Return a seller's tax code as 10 digits, `10-3`, or 12 digits (household businesses, since 1 July 2025).

    Raises:
        ValueError: when the length or the check digit is wrong.
    """
    digits = re.sub(r"[\s.-]", "", value)
    if len(digits) == _PERSONAL_ID_DIGITS and digits.isascii() and digits.isdigit():
        return digits  # the personal identification number has no check digit
    try:
        return str(mst.format(mst.validate(value)))
    except InvalidNumber as error:
        raise ValueError(f"{value!r} is no tax code") from error


def _text_of_number(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _tax_code(value: str) -> str:
    try:
        return normalise_tax_code(value)
    except ValueError:
        raise refusal(
            Text(
                vi=f"mã số thuế {value!r} không hợp lệ (sai độ dài hoặc số kiểm tra); ghi 10 số, 10 số-3 số, hoặc "
                "12 số, trong dấu nháy",
                en=f"tax code {value!r} is not valid (length or check digit); write 10 digits, 10-3 digits or "
                "12 digits, in quotes",
            )
        ) from None


TaxCode = Annotated[str, BeforeValidator(_text_of_number), AfterValidator(_tax_code)]
"""A seller's tax code: `0101243150`, `0101243150-001` or 12 digits."""


class Series(Part):
    """A series that the account may use, and how its invoices are signed."""

    series: SeriesPattern
    sign_type: SignType
    """How invoices are signed (Open API §1.6): 2 by HSM or advanced eSign, 3 the same but later; 5 for a cash register
    (`M` series), 6 the same but later; 1 by the shop's own USB token, which needs `signing`. 4 is for tickets, which no
    order becomes."""
    one_rate: bool = False
    """The template takes one VAT rate (`IsMoreVATRate` is off): orders with several rates are held."""
    summary: bool = False
    """The template's invoices go to the tax authority in a summary (`IsSendSummary`); only series without code."""

    @field_validator("sign_type", mode="before")
    @classmethod
    def _no_tickets(cls, value: object) -> object:
        if str(value) == _TICKET_SIGN_TYPE:  # whatever YAML made of it
            raise refusal(
                Text(
                    vi="4 chỉ dành cho vé không mã (ký hiệu 5K), mà đơn hàng không thành vé; dùng 2 (HSM, eSign nâng "
                    "cao), 5 cho máy tính tiền (chữ M), hoặc 1 nếu ký bằng USB/file",
                    en="4 is for tickets without code (series 5K), which no order becomes; use 2 (HSM or advanced "
                    "eSign), 5 for a cash register (letter M), or 1 to sign by token or file",
                )
            )
        return value

    @property
    def is_sales(self) -> bool:
        """Whether it is a sales series (digit 2), which carries no VAT."""
        return is_sales(self.series)

    @property
    def with_code(self) -> bool:
        """Whether invoices get a code of the tax authority (`C`), which is `invoiceWithCode` in meInvoice's API."""
        return is_with_code(self.series)

    @property
    def is_cash_register(self) -> bool:
        """Whether it is a series of a cash register (`M`)."""
        return is_cash_register(self.series)


class Signing(Part):
    """MISA's signing tool (SignService) on a computer of the shop that holds the USB token (Open API §5.2)."""

    url: SigningUrl
    """Where the tool listens, such as `http://may-ke-toan:12019`."""
    pin: SecretStr = Field(min_length=1)
    """The token's PIN. A wrong one tried too often locks the token, so it is tried once and the account waits."""


class Account(Part):
    """One meInvoice login for one tax code. `name` is the shop's own word for it, used in the mapping."""

    name: str = Field(min_length=1, max_length=100)
    """The shop's own word for the account; the mapping uses it."""
    environment: Environment
    """Whether its invoices are legal ones; must agree with the host of `base_url`."""
    base_url: BaseUrl
    """Address of meInvoice's API, such as `https://testapi.meinvoice.vn/api/integration`."""
    tax_code: TaxCode
    """The seller's tax code: 10 digits, `10-3` or 12 digits; checked by its check digit."""
    app_id: SecretStr = Field(min_length=1)
    """Given by MISA to the integrator; part of every login, so kept like a password."""
    username: str = Field(min_length=1)
    """The meInvoice user who issues."""
    password: SecretStr = Field(min_length=1)
    """The user's password."""
    company_name: str = Field(min_length=1)
    """Name of the company, for people who look at the account."""
    series: tuple[Series, ...] = Field(min_length=1)
    """Series the shop may issue on; each belongs to this shop alone."""
    default_series: SeriesPattern | None = None
    """The series of those parts of the mapping that name this account and no series; needed only where there are
    several."""
    signing: Signing | None = None
    """Needed by series with `sign_type: 1` only."""
    seller_shop_code: str | None = None
    """`SellerShopCode` on each invoice (Open API §13.3): the seller's own code of the store, if it uses one."""

    @model_validator(mode="after")
    def _each_series_once(self) -> Self:
        twice = [name for name, count in Counter(one.series for one in self.series).items() if count > 1]
        if twice:
            raise refusal(
                Text(
                    vi=f"ký hiệu {', '.join(twice)} được ghi hai lần trong tài khoản {self.name!r}; giữ một dòng",
                    en=f"series {', '.join(twice)} is listed twice in account {self.name!r}; keep one line",
                )
            )
        return self

    @model_validator(mode="after")
    def _default_is_one_of_them(self) -> Self:
        known = [one.series for one in self.series]
        if self.default_series is not None and self.default_series not in known:
            raise refusal(
                Text(
                    vi=f"tài khoản {self.name!r} không có ký hiệu {self.default_series}; chọn một trong "
                    f"{', '.join(known)}",
                    en=f"account {self.name!r} has no series {self.default_series}; choose one of {', '.join(known)}",
                ),
                ("default_series",),
            )
        return self

    @model_validator(mode="after")
    def _signing_where_it_is_needed(self) -> Self:
        needy = [one.series for one in self.series if one.sign_type is SignType.FILE]
        if needy and self.signing is None:
            raise refusal(
                Text(
                    vi=f"ký hiệu {', '.join(needy)} ký bằng USB/file (sign_type: 1) nên tài khoản {self.name!r} cần "
                    "mục signing với url và pin của công cụ ký số",
                    en=f"series {', '.join(needy)} are signed by token or file (sign_type: 1), so account "
                    f"{self.name!r} needs signing with the url and pin of the signing tool",
                )
            )
        return self

    @property
    def key(self) -> str:
        """The account's key, `environment:tax code`."""
        return account_key(self.environment.value, self.tax_code)

    def lane_key(self, series: str) -> str:
        """Return the lane of one of the account's series, `environment:tax code:series without its year`."""
        return lane_key(self.environment.value, self.tax_code, series)

    def find_series(self, series: str) -> Series | None:
        """Find a series of this account, whether or not `series` carries a year."""
        try:
            wanted = normalise_series(series)
        except ValueError:
            return None
        return next((one for one in self.series if one.series == wanted), None)
