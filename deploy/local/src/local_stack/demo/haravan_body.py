"""Writes a draft out as Haravan's order object (Haravan "Omni API, orders"; field by field as in its samples)."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from local_stack.demo.draft import ZERO, Draft, DraftLine, MoneyStyle, Progress

_FOUR_DECIMALS = Decimal("0.0001")


def order_body(draft: Draft, progress: Progress) -> dict[str, Any]:
    """The order as Haravan shows it at that moment."""
    return {
        **_head(draft, progress),
        **_statuses(draft, progress),
        **_amounts(draft),
        **_origin(draft),
        **_buyer(draft),
        "line_items": [_line(draft, position, line) for position, line in enumerate(draft.lines)],
        "shipping_lines": _shipping_lines(draft),
        "transactions": _transactions(draft, progress),
        "fulfillments": _fulfilments(draft, progress),
        "refunds": [],
        **draft.overrides,
    }


def moment(value: datetime | None) -> str | None:
    """A moment as Haravan writes it: UTC with `Z` and as many fraction digits as it needs."""
    if value is None:
        return None
    text = value.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return f"{text}Z"


def money(style: MoneyStyle, value: Decimal) -> int | str | Decimal:
    """An amount in one of the spellings that are met."""
    integral = value == value.to_integral_value()
    match style:
        case MoneyStyle.INTEGER:
            return int(value) if integral else value
        case MoneyStyle.DECIMAL:
            return value.quantize(_FOUR_DECIMALS)
        case MoneyStyle.TEXT:
            return str(int(value) if integral else value)


def _head(draft: Draft, progress: Progress) -> dict[str, Any]:
    token = hashlib.md5(str(draft.order_id).encode(), usedforsecurity=False).hexdigest()
    return {
        "id": draft.order_id, "name": draft.name, "order_number": draft.name, "number": draft.order_id,
        "token": token, "cart_token": token, "checkout_token": token,
        "created_at": moment(draft.created_at), "updated_at": moment(progress.at),
        "confirmed_at": moment(draft.created_at) if draft.confirmed else None,
        "closed_at": None, "cancelled_at": moment(progress.cancelled),
        "cancel_reason": "customer" if progress.cancelled else None,
    }  # fmt: skip


def _statuses(draft: Draft, progress: Progress) -> dict[str, Any]:
    confirmed = "confirmed" if draft.confirmed else "unconfirmed"
    return {
        "closed_status": "unclosed",
        "cancelled_status": "cancelled" if progress.cancelled else "uncancelled",
        "confirmed_status": confirmed, "order_processing_status": confirmed,
        "financial_status": "paid" if progress.paid else "pending",
        "fulfillment_status": "fulfilled" if progress.shipped else "notfulfilled",
    }  # fmt: skip


def _amounts(draft: Draft) -> dict[str, Any]:
    def amount(value: Decimal) -> int | str | Decimal:
        return money(draft.money, value)

    return {
        "currency": "VND",
        "subtotal_price": amount(draft.goods), "total_line_items_price": amount(draft.goods),
        "total_discounts": amount(draft.discounted), "total_tax": amount(ZERO), "total_price": amount(draft.total),
        "total_weight": 0, "taxes_included": False, "tax_lines": None,
        "discount_codes": [
            {"code": each.code, "amount": amount(each.amount), "type": each.type, "is_coupon_code": True}
            for each in draft.discounts
        ],
    }  # fmt: skip


def _origin(draft: Draft) -> dict[str, Any]:
    return {
        "source": draft.place.channel, "source_name": draft.place.channel,
        "gateway": "Thanh toán khi nhận hàng (COD)" if draft.cash_on_delivery else "Chuyển khoản qua ngân hàng",
        "gateway_code": "COD" if draft.cash_on_delivery else "bankdeposit",
        "processing_method": None, "tags": "", "note": None, "user_id": 0,
        "ref_order_id": 0, "ref_order_number": None, **_location(draft),
        "assigned_location_id": None, "assigned_location_name": None, "assigned_location_at": None,
    }  # fmt: skip


def _location(draft: Draft) -> Mapping[str, Any]:
    return {"location_id": draft.place.branch.id, "location_name": draft.place.branch.name}


def _buyer(draft: Draft) -> dict[str, Any]:
    who = draft.who
    customer = {
        "id": 1_100_000_000 + draft.order_id % 1_000_000, "first_name": who.first_name, "last_name": who.last_name,
        "email": who.email, "phone": who.phone, "orders_count": 1, "state": "disabled", "tags": None, "note": None,
        "accepts_marketing": False, "created_at": moment(draft.created_at), "updated_at": moment(draft.created_at),
    }  # fmt: skip
    return {
        "email": who.email,
        "contact_email": who.email,
        "customer": customer,
        "billing_address": {**draft.address, "id": customer["id"], "default": True},
        "shipping_address": {**draft.address, "latitude": None, "longitude": None},
        "note_attributes": [{"name": name, "value": value} for name, value in draft.attributes],
    }


def _line(draft: Draft, position: int, line: DraftLine) -> dict[str, Any]:
    product, style = line.product, draft.money
    catalogued = bool(product.sku)
    quantity = int(line.quantity) if line.quantity == line.quantity.to_integral_value() else line.quantity
    discounts = [{"description": "Khuyến mãi", "amount": money(style, line.discount)}] if line.discount else []
    return {
        "id": draft.order_id * 1000 + position + 1,
        "product_id": 1_040_000_001 + position if catalogued else None,
        "variant_id": 1_090_000_001 + position if catalogued else None,
        "sku": product.sku or None, "barcode": None, "title": product.title, "variant_title": product.variant,
        "name": product.name, "type": product.type or None, "vendor": "Nhãn Demo" if catalogued else None,
        "quantity": quantity, "fulfillable_quantity": quantity,
        "price": money(style, line.price), "price_original": money(style, line.price + line.discount),
        "price_promotion": 0, "total_discount": money(style, line.discount), "applied_discounts": discounts,
        "taxable": True, "tax_lines": None, "ma_cost_amount": 0, "properties": None, "gift_card": line.gift_card,
        "grams": 0, "requires_shipping": draft.carrier, "product_exists": catalogued,
        "fulfillment_status": "notfulfilled", "fulfillment_service": None, "image": None, "actual_price": 0,
    }  # fmt: skip


def _shipping_lines(draft: Draft) -> list[dict[str, Any]]:
    if not draft.carrier:
        return []
    title = "Giao hàng tiêu chuẩn" if draft.shipping else "Miễn phí vận chuyển"
    return [{"code": title, "title": title, "price": money(draft.money, draft.shipping), "source": None}]


def _transactions(draft: Draft, progress: Progress) -> list[dict[str, Any]]:
    pending = _transaction(draft, "pending", draft.created_at, number=1, parent=None)
    if progress.paid is None:
        return [pending]
    return [_transaction(draft, "capture", progress.paid, number=2, parent=pending["id"]), pending]


def _transaction(draft: Draft, kind: str, when: datetime, *, number: int, parent: int | None) -> dict[str, Any]:
    return {
        "id": draft.order_id * 10 + number, "order_id": draft.order_id, "parent_id": parent, "kind": kind,
        "amount": money(draft.money, draft.total), "gateway": "COD" if draft.cash_on_delivery else "Chuyển khoản",
        "status": None, "created_at": moment(when), "currency": None, "user_id": 0,
        "location_id": draft.place.branch.id,
    }  # fmt: skip


def _fulfilments(draft: Draft, progress: Progress) -> list[dict[str, Any]]:
    if progress.shipped is None:
        return []
    return [
        {
            "id": draft.order_id * 10 + 5, "order_id": draft.order_id, "status": "success",
            "created_at": moment(progress.shipped), "updated_at": moment(progress.at),
            **_location(draft), "cancel_date": None, "return_date": None,
            **(_carrier(draft, progress) if draft.carrier else _NO_CARRIER),
            "line_items": [_line(draft, position, line) for position, line in enumerate(draft.lines)],
        }
    ]  # fmt: skip


_NO_CARRIER: Mapping[str, Any] = {
    "tracking_company": None, "tracking_company_code": None, "tracking_number": None,
    "carrier_status_code": None, "carrier_status_name": None, "delivered_date": None, "delivering_date": None,
}  # fmt: skip


def _carrier(draft: Draft, progress: Progress) -> dict[str, Any]:
    delivered = progress.delivered is not None
    return {
        "tracking_company": "Giao Hàng Nhanh", "tracking_company_code": "GHN",
        "tracking_number": f"GHN{draft.order_id}",
        "carrier_status_code": "delivered" if delivered else "delivering",
        "carrier_status_name": "Đã giao hàng" if delivered else "Đang giao hàng",
        "carrier_cod_status_code": "codpaid" if delivered and draft.cash_on_delivery else "none",
        "delivering_date": moment(progress.shipped), "delivered_date": moment(progress.delivered),
    }  # fmt: skip
