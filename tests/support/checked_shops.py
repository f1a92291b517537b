"""Vendors that answer a check as they are told, and what is read from its findings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from haravan.errors import HaravanError, NotFoundError, Refusal
from meinvoice.answers import Templates, TemplatesAnswer
from meinvoice.models import Template
from shops.findings import Finding, Severity
from shops.models import Account, HaravanConnection, Shop

TODAY = date(2026, 11, 21)


@dataclass
class FakeHaravan:
    """Answers as told; an error in place of an answer is raised."""

    shop_answer: dict[str, Any] | HaravanError
    orders_error: HaravanError | None = None
    tags_error: HaravanError | None = field(default_factory=lambda: NotFoundError(Refusal(404)))
    locations_answer: list[dict[str, Any]] | HaravanError = field(default_factory=list)
    asked_to_write: list[int] = field(default_factory=list)

    async def shop(self) -> dict[str, Any]:
        """Answer."""
        if isinstance(self.shop_answer, HaravanError):
            raise self.shop_answer
        return self.shop_answer

    async def locations(self) -> list[dict[str, Any]]:
        """Answer."""
        if isinstance(self.locations_answer, HaravanError):
            raise self.locations_answer
        return self.locations_answer

    async def orders(self, *, limit: int) -> list[dict[str, Any]]:
        """Answer."""
        assert limit == 1
        if self.orders_error:
            raise self.orders_error
        return []

    async def remove_tags(self, order_id: int, tags: Sequence[str]) -> str:
        """Answer."""
        assert tags
        self.asked_to_write.append(order_id)
        if self.tags_error:
            raise self.tags_error
        return ""


@dataclass
class FakeMeInvoice:
    """Has templates with code, as the examples; none without unless told."""

    answer: TemplatesAnswer
    without_code: TemplatesAnswer = field(default_factory=lambda: Templates(()))

    async def templates(self, *, invoice_with_code: bool) -> TemplatesAnswer:
        """Answer."""
        return self.answer if invoice_with_code else self.without_code


@dataclass
class FakeClients:
    """Clients of a shop where all is well, unless told otherwise."""

    haravan_client: FakeHaravan
    meinvoice_client: FakeMeInvoice
    accounts: list[str] = field(default_factory=list)

    def haravan(self, connection: HaravanConnection) -> FakeHaravan:
        """Return the fake."""
        assert connection.access_token
        return self.haravan_client

    def meinvoice(self, account: Account) -> FakeMeInvoice:
        """Return the fake."""
        self.accounts.append(account.name)
        return self.meinvoice_client


def template(series: str, *, inactive: bool = False, several_rates: bool = True, summary: bool = False) -> Template:
    """Make a template."""
    name = f"Mẫu {series}"
    return Template(
        InvSeries=series, TemplateName=name, Inactive=inactive, IsMoreVATRate=several_rates, IsSendSummary=summary
    )


def clients_for(shop: Shop) -> FakeClients:
    """Make clients with which nothing is wrong."""
    series = [template(one.series.replace("__", "26")) for account in shop.accounts for one in account.series]
    answer = {"id": shop.haravan.org_id, "name": shop.name, "currency": "VND", "taxes_included": True}
    return FakeClients(FakeHaravan(answer), FakeMeInvoice(Templates(tuple(series))))


def codes(findings: Sequence[Finding], *severities: Severity) -> list[str]:
    """Return the codes of findings of these severities."""
    return [found.code for found in findings if found.severity in severities]


def grave(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    """Return code and place of what is not well."""
    return [(found.code, found.where) for found in findings if found.severity is not Severity.OK]
