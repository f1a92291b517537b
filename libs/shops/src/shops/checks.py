"""Checks a shop with its vendors: do the connections work, what may they do, do the series exist."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from haravan.errors import ForbiddenError, HaravanError, InvalidError, NotFoundError, UnauthorizedError
from invoicing.series import normalise_series
from meinvoice.answers import Failure, NotSent, Templates, TemplatesAnswer, Unknown, WholeRefusal
from meinvoice.models import Template

from shops.document_checks import inspect
from shops.findings import Finding, Severity, error, warning, works
from shops.models import Account, HaravanConnection, Series, Shop, check_environment

__all__ = ["Clients", "Finding", "HaravanReading", "MeInvoiceReading", "Severity", "check"]

_NO_ORDER = 0
_NO_TAG = "hoadon-config-check"


class HaravanReading(Protocol):
    """What a check asks of Haravan; `haravan.client.HaravanClient` fits."""

    async def shop(self) -> dict[str, Any]: ...
    async def orders(self, *, limit: int) -> list[dict[str, Any]]: ...
    async def remove_tags(self, order_id: int, tags: Sequence[str]) -> str: ...


class MeInvoiceReading(Protocol):
    """What a check asks of meInvoice; `meinvoice.client.MeInvoiceClient` fits."""

    async def templates(self, *, invoice_with_code: bool) -> TemplatesAnswer: ...


class Clients(Protocol):
    """Makes clients of a shop's connections; `shops.clients.VendorClients` is the real one."""

    def haravan(self, connection: HaravanConnection) -> HaravanReading: ...
    def meinvoice(self, account: Account) -> MeInvoiceReading: ...


async def check(shop: Shop, clients: Clients, today: date) -> list[Finding]:
    """Check the document and every connection; `today` is a date in Vietnam. Nothing is published or changed."""
    findings = list(inspect(shop, today))
    findings += await _check_haravan(shop, clients.haravan(shop.haravan))
    for at, account in enumerate(shop.accounts):
        if check_environment(account) is None:  # what may not be published to is not logged in to either
            findings += await _check_account(shop, account, f"accounts[{at}]", clients.meinvoice(account))
    return findings


async def _check_haravan(shop: Shop, client: HaravanReading) -> list[Finding]:
    try:
        found = await client.shop()
    except UnauthorizedError:
        return [error("haravan-token-refused", "haravan.access_token")]
    except ForbiddenError:
        findings = [warning("haravan-shop-forbidden", "haravan.access_token")]
    except HaravanError as reason:
        return [error("haravan-unreachable", "haravan.base_url", reason=reason.refusal)]
    else:
        findings = _compare_shop(shop, found)
    return [*findings, *await _check_reading(client), *await _check_writing(shop, client)]


def _compare_shop(shop: Shop, found: dict[str, Any]) -> list[Finding]:
    org_id, connection = found.get("id"), shop.haravan
    if isinstance(org_id, int | Decimal) and int(org_id) != connection.org_id:
        return [error("haravan-other-shop", "haravan.org_id", found=int(org_id), org_id=connection.org_id)]
    findings = [works("haravan-token-works", "haravan.access_token", name=found.get("name") or connection.org_id)]
    currency, included = found.get("currency"), found.get("taxes_included")
    if currency not in (None, "", "VND"):
        findings.append(warning("haravan-currency", "haravan", currency=currency))
    if isinstance(included, bool) and included != (shop.rules.prices == "include_vat"):
        wanted = "include_vat" if included else "exclude_vat"
        findings.append(warning("haravan-prices", "rules.prices", found=wanted, prices=shop.rules.prices))
    return findings


async def _check_reading(client: HaravanReading) -> list[Finding]:
    try:
        await client.orders(limit=1)
    except (ForbiddenError, UnauthorizedError):
        return [error("haravan-no-orders", "haravan.access_token")]
    except HaravanError as reason:
        return [error("haravan-unreachable", "haravan.base_url", reason=reason.refusal)]
    return [works("haravan-reads-orders", "haravan.access_token")]


async def _check_writing(shop: Shop, client: HaravanReading) -> list[Finding]:
    """Take a tag that nobody has from an order that does not exist: only the right to do so is put to the test."""
    if not shop.write_back.enabled:
        return []
    try:
        await client.remove_tags(_NO_ORDER, [_NO_TAG])
    except (ForbiddenError, UnauthorizedError):
        return [error("haravan-no-writing", "haravan.access_token")]
    except (NotFoundError, InvalidError):
        pass
    except HaravanError as reason:
        return [error("haravan-unreachable", "haravan.base_url", reason=reason.refusal)]
    return [works("haravan-writes-orders", "haravan.access_token")]


async def _check_account(shop: Shop, account: Account, where: str, client: MeInvoiceReading) -> list[Finding]:
    findings: list[Finding] = []
    for with_code in sorted({series.with_code for series in account.series}):
        answer = await client.templates(invoice_with_code=with_code)
        if not isinstance(answer, Templates):
            return [_failure(answer, where)]
        if answer.unreadable:
            findings.append(warning("templates-unreadable", where, count=answer.unreadable))
        for at, series in enumerate(account.series):
            if series.with_code == with_code:
                findings += _check_series(shop, series, f"{where}.series[{at}]", answer.rows)
    return [works("meinvoice-works", where, tax_code=account.tax_code), *findings]


def _failure(answer: Failure, where: str) -> Finding:
    match answer:
        case WholeRefusal(code=code, meaning=meaning):
            return error("meinvoice-refused", where, code=code, meaning_vi=meaning.vi, meaning_en=meaning.en)
        case NotSent(reason=reason) | Unknown(reason=reason):
            return error("meinvoice-unreachable", f"{where}.base_url", reason=reason)


def _check_series(shop: Shop, series: Series, where: str, templates: Sequence[Template]) -> list[Finding]:
    same = [template for template in templates if _same_series(template.InvSeries, series.series)]
    active = [template for template in same if not template.Inactive]
    if not same:
        known = ", ".join(sorted(template.InvSeries for template in templates)) or "-"
        return [error("series-unknown", f"{where}.series", series=series.series, known=known)]
    if not active:
        return [error("series-inactive", f"{where}.series", series=series.series)]
    findings = [works("series-works", where, series=active[0].InvSeries, template=active[0].TemplateName)]
    rates = sorted({rule.rate for rule in shop.rules.rates})
    if not series.is_sales and len(rates) > 1 and not any(template.IsMoreVATRate for template in active):
        findings.append(warning("one-rate-template", where, series=series.series, rates=", ".join(rates)))
    return findings


def _same_series(given: str, series: str) -> bool:
    try:
        return normalise_series(given) == series
    except ValueError:
        return False  # a ticket or delivery note, which is none of ours
