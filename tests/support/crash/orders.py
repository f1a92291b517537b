"""What a cell issues: a company of its own with one series, and its invoices, one of which meInvoice must refuse."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from contracts.commands import AdjustInvoice, IssueInvoice, PublishInvoice, ReplaceInvoice
from contracts.envelope import Event
from invoicing.content import Content
from meinvoice.models import InvoiceData
from meinvoice.models.corrections import Form
from shops.models import Shop
from stdnum.vn import mst
from support.crash import originals
from support.crash.originals import Issued
from support.crash.ways import AT_ONCE, Way
from support.sandboxes import invoice

SERIES = "1C__TAA"
REFUSED = AT_ONCE.refused
"""The place of the order whose buyer has a tax code that does not exist, where five go two in a request."""
_PIN = "12345678"
_FORMS: tuple[tuple[Form, type[AdjustInvoice | ReplaceInvoice]], ...] = (
    (Form.REPLACE, ReplaceInvoice),
    (Form.ADJUST, AdjustInvoice),
)
"""What the orders do to their originals, in turn."""
_APP = {"app_id": "app", "username": "ke-toan", "password": "mat-khau"}


@dataclass(frozen=True, slots=True)
class Company:
    """One seller, one shop, one lane. `ref_ids` are in order of position."""

    tax_code: str
    shop_id: str
    org_id: int
    ref_ids: tuple[str, ...]
    way: Way = AT_ONCE

    @classmethod
    def number(cls, number: int, way: Way = AT_ONCE) -> "Company":
        """The company of this number; numbers give different tax codes."""
        digits = (f"01{number:06}{last}" for last in range(10))
        tax_code = next(code for each in digits if mst.is_valid(code := each + mst.calc_check_digit(each)))
        return cls(tax_code, f"cua-hang-{number}", number, _ref_ids(way.places), way)

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
        return self.ref_ids[self.way.refused - 1]

    @property
    def good(self) -> tuple[str, ...]:
        """The RefIDs that must be issued, in order of position."""
        return tuple(ref_id for ref_id in self.ref_ids if ref_id != self.refused)

    @property
    def first_request(self) -> tuple[str, ...]:
        """The RefIDs that the first request names, which meets the fault."""
        return self.ref_ids[: self.way.most]

    def kind_of(self, place: int) -> str:
        """Which of the orders it is, in words."""
        if place <= self.way.most:
            return "of the first request"
        if place == self.way.refused:
            return "the one that is refused"
        return "behind it" if place <= self.way.first else "that came later"

    def place_of(self, ref_id: str) -> int:
        """1 for the first."""
        return self.ref_ids.index(ref_id.lower()) + 1

    def at_vendor(self) -> Mapping[str, Any]:
        """The company as the stand-in keeps it."""
        return {**_APP, "templates": ["1C26TAA", originals.SERIES]}

    def login(self) -> Mapping[str, str]:
        """What a token is asked for with."""
        told = {"appid": _APP["app_id"], "username": _APP["username"], "password": _APP["password"]}
        return {**told, "taxcode": self.tax_code}

    def shop(self, vendor_url: str, tool_url: str = "") -> Shop:
        """The shop's document."""
        account = {"name": "cong-ty", "environment": "sandbox", "base_url": f"{vendor_url}/api/integration", **_APP}
        signing = {"signing": {"url": tool_url, "pin": _PIN}} if self.way.signs_by_token else {}
        return Shop.model_validate(
            {
                "shop": self.shop_id,
                "name": self.shop_id,
                "haravan": {"org_id": self.org_id, "access_token": "made-up", "webhook_secrets": ["made-up"]},
                "accounts": [
                    {
                        **account,
                        **signing,
                        "tax_code": self.tax_code,
                        "company_name": "Công ty",
                        "series": [{"series": SERIES, "sign_type": self.way.sign_type}],
                    }
                ],
                "mapping": {"default": {"account": "cong-ty", "series": SERIES}},
            }
        )

    def commands(self, places: Sequence[int], issued: Sequence[Issued] = ()) -> list[Event]:
        """The commands of these places; of corrections, `issued` are the originals by place."""
        now = datetime.now(UTC)
        return [self._command(place, now, issued).to_event(source="/tests/crash", time=now) for place in places]

    def _command(self, place: int, now: datetime, issued: Sequence[Issued]) -> PublishInvoice:
        data = self._invoice(place)
        facts: dict[str, Any] = {
            "ref_id": self.ref_ids[place - 1],
            "lane": self.lane,
            "shop": self.shop_id,
            "order_id": place,
            "sequence": 1,
            "account": self.account,
            "org_id": self.org_id,
            "order_name": f"#{place}",
            "line_count": 1,
            "shop_version": 1,
            "decided_at": now,
        }
        if not self.way.corrects:
            return IssueInvoice(content=self._content(data), **facts)
        original, (form, kind) = issued[place - 1], _FORMS[place % len(_FORMS)]
        content = self._content(original.corrected(data, form))
        return kind(content=content, original=original.named(), cause="error", **facts)

    def _invoice(self, place: int) -> InvoiceData:
        body = invoice(RefID=self.ref_ids[place - 1], InvSeries=None, InvDate=None)
        if place == self.way.refused:
            body["BuyerTaxCode"] = "0101243151"  # the check digit is wrong
        return InvoiceData.model_validate_json(json.dumps(body))

    def _content(self, data: InvoiceData) -> str:
        return Content(series=SERIES, sign_type=self.way.sign_type, invoice=data).to_json()

    def first_commands(self) -> Sequence[int]:
        """The places of what waits when the first process starts."""
        return range(1, self.way.first + 1)

    def later_commands(self) -> Sequence[int]:
        """The places of what comes after it has died."""
        return range(self.way.first + 1, self.way.places + 1)


def _ref_ids(number: int) -> tuple[str, ...]:
    return tuple(str(uuid4()) for _ in range(number))
