"""Checks a shop with its vendors: do the connections work, what may they do, do the series exist."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from haravan.errors import ForbiddenError, HaravanError, InvalidError, NotFoundError, UnauthorizedError
from meinvoice.answers import Failure, NotSent, Templates, TemplatesAnswer, Unknown, WholeRefusal
from meinvoice.models import Template

from shops.document_checks import inspect
from shops.findings import Finding, Severity, error, warning, works
from shops.location_checks import inspect_locations, names_branches
from shops.models import Account, HaravanConnection, Shop, check_environment
from shops.template_checks import inspect_series, other_kind

__all__ = ["Clients", "Finding", "HaravanReading", "MeInvoiceReading", "Severity", "check"]

_NO_ORDER = 0
_NO_TAG = "hoadon-config-check"


class HaravanReading(Protocol):
    """What a check asks of Haravan; `haravan.client.HaravanClient` fits."""

    async def shop(self) -> dict[str, Any]: ...
    async def locations(self) -> list[dict[str, Any]]: ...
    async def orders(self, *, limit: int) -> list[dict[str, Any]]: ...
    async def remove_tags(self, order_id: int, tags: Sequence[str]) -> str: ...


class MeInvoiceReading(Protocol):
    """What a check asks of meInvoice; `meinvoice.client.MeInvoiceClient` fits."""

    async def templates(self, *, invoice_with_code: bool) -> TemplatesAnswer: ...


class Clients(Protocol):
    """Makes clients of a shop's connections; `shops.clients.VendorClients` is the real one."""

    def haravan(self, connection: HaravanConnection) -> HaravanReading: ...
    def meinvoice(self, account: Account) -> MeInvoiceReading: ...


async def check(
    shop: Shop, clients: Clients, today: date, product_types: Collection[str] | None = None
) -> list[Finding]:
    """Check the document and every connection. Nothing is published or changed.

    Args:
        shop: the document.
        clients: of its connections.
        today: a date in Vietnam.
        product_types: those that the shop's goods have; None where nobody knows.
    """
    findings = list(inspect(shop, today, product_types))
    findings += await _check_haravan(shop, clients.haravan(shop.haravan))
    for at, account in enumerate(shop.accounts):
        if check_environment(account) is None:  # what may not be published to is not logged in to either
            findings += await _check_account(shop, account, f"accounts[{at}]", clients.meinvoice(account), today)
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
        findings = [*_compare_shop(shop, found), *await _check_locations(shop, client)]
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


async def _check_locations(shop: Shop, client: HaravanReading) -> list[Finding]:
    if not names_branches(shop):
        return []
    try:
        return list(inspect_locations(shop, await client.locations()))
    except (ForbiddenError, UnauthorizedError):
        return [warning("haravan-no-locations", "haravan.access_token")]
    except HaravanError as reason:
        return [error("haravan-unreachable", "haravan.base_url", reason=reason.refusal)]


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


async def _check_account(
    shop: Shop, account: Account, where: str, client: MeInvoiceReading, today: date
) -> list[Finding]:
    findings: list[Finding] = []
    read: dict[bool, Sequence[Template]] = {}
    for with_code in sorted({series.with_code for series in account.series}):
        answer = await client.templates(invoice_with_code=with_code)
        if not isinstance(answer, Templates):
            return [_failure(answer, where)]
        if answer.unreadable:
            findings.append(warning("templates-unreadable", where, count=answer.unreadable))
        read[with_code] = answer.rows
    for at, series in enumerate(account.series):
        place = f"{where}.series[{at}]"
        told = list(inspect_series(shop, series, place, read[series.with_code], today))
        if any(found.code == "series-unknown" for found in told):
            others = read.get(not series.with_code) or await _templates(client, with_code=not series.with_code)
            if (other := other_kind(series, others)) is not None:
                told = [error("series-other-kind", f"{place}.series", series=series.series, other=other)]
        findings += told
    return [works("meinvoice-works", where, tax_code=account.tax_code), *findings]


async def _templates(client: MeInvoiceReading, *, with_code: bool) -> Sequence[Template]:
    answer = await client.templates(invoice_with_code=with_code)
    return answer.rows if isinstance(answer, Templates) else ()


def _failure(answer: Failure, where: str) -> Finding:
    match answer:
        case WholeRefusal(code=code, meaning=meaning):
            return error("meinvoice-refused", where, code=code, meaning_vi=meaning.vi, meaning_en=meaning.en)
        case NotSent(reason=reason) | Unknown(reason=reason):
            return error("meinvoice-unreachable", f"{where}.base_url", reason=reason)
