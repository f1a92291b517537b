"""What a cell issues: a company of its own with one series, and five invoices, one of which meInvoice must refuse."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from contracts.commands import IssueInvoice
from contracts.envelope import Event
from invoicing.content import Content
from meinvoice.models import InvoiceData
from shops.models import Shop
from stdnum.vn import mst
from support.sandboxes import invoice

SERIES = "1C__TAA"
REFUSED = 3
"""The place of the order whose buyer has a tax code that does not exist."""
FIRST = 3
"""So many commands wait when the first process starts; the rest come after it has died."""
MOST_INTENTS = 2
"""So many invoices go into one request."""
_PLACES = range(1, 6)
_APP = {"app_id": "app", "username": "ke-toan", "password": "mat-khau"}


@dataclass(frozen=True, slots=True)
class Company:
    """One seller, one shop, one lane. `ref_ids` are in order of position."""

    tax_code: str
    shop_id: str
    org_id: int
    ref_ids: tuple[str, ...]

    @classmethod
    def number(cls, number: int) -> "Company":
        """The company of this number; numbers give different tax codes."""
        digits = (f"01{number:06}{last}" for last in range(10))
        tax_code = next(code for each in digits if mst.is_valid(code := each + mst.calc_check_digit(each)))
        return cls(tax_code, f"cua-hang-{number}", number, tuple(str(uuid4()) for _ in _PLACES))

    @property
    def account(self) -> str:
        """The account's key."""
        return f"sandbox:{self.tax_code}"

    @property
    def lane(self) -> str:
        """The lane's key."""
        return f"{self.account}:{SERIES}"

    @property
    def refused(self) -> str:
        """The RefID that meInvoice refuses."""
        return self.ref_ids[REFUSED - 1]

    @property
    def good(self) -> tuple[str, ...]:
        """The RefIDs that must be issued, in order of position."""
        return tuple(ref_id for ref_id in self.ref_ids if ref_id != self.refused)

    @property
    def first_request(self) -> tuple[str, ...]:
        """The RefIDs that the first request names, which meets the fault."""
        return self.ref_ids[:MOST_INTENTS]

    def place_of(self, ref_id: str) -> int:
        """1 for the first."""
        return self.ref_ids.index(ref_id.lower()) + 1

    def at_vendor(self) -> Mapping[str, Any]:
        """The company as the stand-in keeps it."""
        return {**_APP, "templates": ["1C26TAA"]}

    def login(self) -> Mapping[str, str]:
        """What a token is asked for with."""
        told = {"appid": _APP["app_id"], "username": _APP["username"], "password": _APP["password"]}
        return {**told, "taxcode": self.tax_code}

    def shop(self, vendor_url: str) -> Shop:
        """The shop's document."""
        account = {"name": "cong-ty", "environment": "sandbox", "base_url": f"{vendor_url}/api/integration", **_APP}
        return Shop.model_validate(
            {
                "shop": self.shop_id,
                "name": self.shop_id,
                "haravan": {"org_id": self.org_id, "access_token": "made-up", "webhook_secrets": ["made-up"]},
                "accounts": [
                    {
                        **account,
                        "tax_code": self.tax_code,
                        "company_name": "Công ty",
                        "series": [{"series": SERIES, "sign_type": 2}],
                    }
                ],
                "mapping": {"default": {"account": "cong-ty", "series": SERIES}},
            }
        )

    def commands(self, places: Sequence[int]) -> list[Event]:
        """The commands of these places."""
        now = datetime.now(UTC)
        return [self._command(place, now).to_event(source="/tests/crash", time=now) for place in places]

    def _command(self, place: int, now: datetime) -> IssueInvoice:
        ref_id = self.ref_ids[place - 1]
        return IssueInvoice(
            ref_id=ref_id,
            lane=self.lane,
            shop=self.shop_id,
            order_id=place,
            sequence=1,
            account=self.account,
            org_id=self.org_id,
            order_name=f"#{place}",
            content=_content(ref_id, refused=place == REFUSED),
            line_count=1,
            shop_version=1,
            decided_at=now,
        )


def first_commands() -> Sequence[int]:
    """The places of what waits when the first process starts."""
    return range(1, FIRST + 1)


def later_commands() -> Sequence[int]:
    """The places of what comes after it has died."""
    return range(FIRST + 1, _PLACES.stop)


def _content(ref_id: str, *, refused: bool) -> str:
    body = invoice(RefID=ref_id, InvSeries=None, InvDate=None)
    if refused:
        body["BuyerTaxCode"] = "0101243151"  # the check digit is wrong
    data = InvoiceData.model_validate_json(json.dumps(body))
    return Content(series=SERIES, sign_type=2, invoice=data).to_json()
