"""Haravan orders for tests of the rules: whole, paid and delivered unless a test says otherwise."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from invoicing.catalogue import EMPTY, Catalogue, Component, Item
from invoicing.convert import Converted, ConvertHold, Page, SeriesFacts, convert
from invoicing.order import Order, parse_order
from invoicing.portions import Portion
from invoicing.rates import DatedRate
from invoicing.reasons import Reason
from invoicing.release import NOTHING, Release
from invoicing.rules import Rules

Json = dict[str, Any]

CONVERTED_ON = dt.date(2026, 3, 20)
DEFAULT_RATE: Json = {"level": "default", "rate": "8%"}


def line(price: object, quantity: object = 1, **fields: Any) -> Json:
    """A line of goods; its list price is its price."""
    number = fields.pop("id", 11)
    goods = {"id": number, "name": "Áo thun", "sku": f"SKU-{number}", "price": price, "quantity": quantity}
    return {**goods, "price_original": price, "total_discount": 0, **fields}


def raw_order(lines: Sequence[Json] | None = None, **fields: Any) -> Json:
    """The JSON of an order whose total is what its lines, discounts and shipping come to."""
    lines = [line(108_000)] if lines is None else list(lines)
    goods = sum(Decimal(str(each["price"])) * Decimal(str(each["quantity"])) for each in lines)
    shipping = sum(Decimal(str(each["price"])) for each in fields.get("shipping_lines") or [])
    total = goods + shipping - Decimal(str(fields.get("total_discounts", 0)))
    return {
        "id": 1701234567,
        "name": "#KH1",
        "created_at": "2026-03-14T03:05:41.27Z",
        "updated_at": "2026-03-14T03:07:02Z",
        "cancelled_status": "uncancelled",
        "confirmed_status": "confirmed",
        "financial_status": "paid",
        "fulfillment_status": "fulfilled",
        "currency": "VND",
        "total_price": total,
        "total_tax": 0,
        "source": "web",
        "source_name": "web",
        "location_id": 700101,
        "line_items": lines,
        "refunds": [],
        "fulfillments": [],
        "transactions": [],
        **fields,
    }


def order(lines: Sequence[Json] | None = None, **fields: Any) -> Order:
    """The same, parsed."""
    return parse_order(raw_order(lines, **fields))


def rules(**fields: Any) -> Rules:
    """Rules that issue: started, one default rate, shipping at 8 %."""
    chosen: Mapping[str, Any] = {
        "start_date": "2026-01-01",
        "rates": [DEFAULT_RATE],
        "shipping": {"rates": "8%"},
        **fields,
    }
    return Rules.model_validate(chosen)


def attributes(**values: object) -> list[Json]:
    """Note attributes as a storefront writes them."""
    return [{"name": name, "value": value} for name, value in values.items()]


def company(**values: object) -> list[Json]:
    """A ticked box with a whole company, changed by ``values``."""
    whole: Json = {
        "invoice": "yes",
        "bill_order_company": "Công ty TNHH Ví Dụ",
        "bill_order_tax_code": "0101243150",
        "bill_order_address": "1 Phố Mẫu, Hà Nội",
        "bill_email": "ketoan@congtyvidu.vn",
    }
    return attributes(**{**whole, **values})


def delivered(at: str | None = "2026-03-16T04:00:00Z", **fields: Any) -> Json:
    """A parcel that a carrier brought."""
    parcel = {"id": 1, "status": "success", "created_at": "2026-03-15T01:00:00Z", "tracking_company": "GHN"}
    return {**parcel, "carrier_status_code": "delivered", "delivered_date": at, **fields}


def convert_order(
    made: Order,
    of_rules: Rules | None = None,
    series: str = "1C26TAA",
    on: dt.date = CONVERTED_ON,
    *,
    several_rates: bool = True,
    catalogue: Catalogue = EMPTY,
    portion: Portion | None = None,
    release: Release = NOTHING,
    page: Page | None = None,
) -> Converted | ConvertHold:
    """Convert with a series that signs by HSM."""
    return convert(
        made,
        SeriesFacts(series=series, sign_type=2, several_rates=several_rates),
        of_rules or rules(),
        ref_id=UUID(int=7),
        invoice_date=on,
        catalogue=catalogue,
        portion=portion,
        release=release,
        page=page,
    )


def converted(made: Order, of_rules: Rules | None = None, **given: Any) -> Converted:
    """Convert what must not be held, with what `convert_order` takes."""
    result = convert_order(made, of_rules, **given)
    assert isinstance(result, Converted), result
    return result


def held(made: Order, of_rules: Rules | None = None, **given: Any) -> str:
    """The reason why it is held, which must be told in whole sentences."""
    result = convert_order(made, of_rules, **given)
    assert isinstance(result, ConvertHold), result
    told = result.explain()
    assert "?" not in told.en
    assert "?" not in told.vi
    return result.reason.value


def accepting(*reasons: Reason) -> Release:
    """A person's word that these reasons do not matter."""
    return Release(accepts=frozenset(reasons), by="ketoan")


def goods(sku: str, *, parts: Mapping[str, object] | None = None, rate: str | None = None, **known: Any) -> Item:
    """What the catalogue knows of a SKU; `parts` make it a combo, `price` is in đồng."""
    components = tuple(Component(name, Decimal(str(units))) for name, units in (parts or {}).items())
    rates = (DatedRate(rate=rate),) if rate else ()
    price = known.pop("price", None)
    return Item(
        sku=sku,
        components=components,
        rates=rates,
        price=None if price is None else Decimal(str(price)),
        **known,
    )


def whole_dong(*values: Decimal | None) -> tuple[int, ...]:
    """Amounts as whole đồng, which they must be."""
    numbers = [number_of(value) for value in values]
    assert all(number == int(number) for number in numbers)
    return tuple(int(number) for number in numbers)


def number_of(value: Decimal | None) -> Decimal:
    assert value is not None
    return value
