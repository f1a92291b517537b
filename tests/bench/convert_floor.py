"""The floor of `make bench-convert`: the same invoice in bare dicts of Decimals, as one would write it for one shop.

It knows the bench's shop by heart and checks nothing: no setting, no alias, no hold, no reason, no model. What it
makes must be equal to what `convert` makes, field by field.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from bench.convert_orders import CATALOGUE, FIVE_PER_CENT
from invoicing.order import Line, Order
from invoicing.words import amount_in_words

_ONE, _ZERO, _HUNDRED = Decimal(1), Decimal(0), Decimal(100)
_CHANGE = dt.date(2027, 1, 1)
_GIFT = 2
_UNIT_PRICE_DIGITS = (0, 4, 6, 8, 10)
_RATE_DIGITS = range(5)


def bare_invoice(order: Order, date: dt.date, ref_id: UUID) -> dict[str, Any]:
    """The body as a dict, without the fields that are not set."""
    lines = _lines(order, date)
    digits = str(next(n for n in _UNIT_PRICE_DIGITS if all(_multiplies(line, n) for line in lines)))
    details = [_detail(number, line, int(digits)) for number, line in enumerate(lines, start=1)]
    totals = {name: sum(each[name] for each in details) for name in ("AmountOC", "DiscountAmountOC", "VATAmountOC")}
    net = sum(each["AmountWithoutVATOC"] for each in details)
    total = net + totals["VATAmountOC"]
    return {
        "RefID": ref_id,
        "CurrencyCode": "VND",
        "ExchangeRate": _ONE,
        "PaymentMethodName": "TM/CK",
        "IsInvoiceSummary": False,
        "SellerShopCode": "CH-01",
        **_buyer(order),
        "TotalSaleAmountOC": totals["AmountOC"],
        "TotalSaleAmount": totals["AmountOC"],
        "TotalDiscountAmountOC": totals["DiscountAmountOC"],
        "TotalDiscountAmount": totals["DiscountAmountOC"],
        "TotalAmountWithoutVATOC": net,
        "TotalAmountWithoutVAT": net,
        "TotalVATAmountOC": totals["VATAmountOC"],
        "TotalVATAmount": totals["VATAmountOC"],
        "TotalAmountOC": total,
        "TotalAmount": total,
        "TotalAmountInWords": amount_in_words(int(total)),
        "OriginalInvoiceDetail": tuple(details),
        "TaxRateInfo": _tax_rates(details),
        "OptionUserDefined": {
            "MainCurrency": "VND",
            "QuantityDecimalDigits": "0",
            "UnitPriceOCDecimalDigits": digits,
            "AmountOCDecimalDigits": "0",
            "AmountDecimalDigits": "0",
            "CoefficientDecimalDigits": str(max(_digits(each["DiscountRate"]) for each in details)),
            "ExchangRateDecimalDigits": "0",
        },
    }


def _lines(order: Order, date: dt.date) -> list[dict[str, Any]]:
    """Name, quantity, rate, amount before discount, net and VAT of each line."""
    usual = "8%" if date < _CHANGE else "10%"
    paid = _after_discount(order)
    goods = [_goods(line, paid[place], usual) for place, line in enumerate(order.lines)]
    return [*goods, *(_transport(each.price, usual) for each in order.shipping_lines)]


def _goods(line: Line, paid: Decimal, usual: str) -> dict[str, Any]:
    rate = "10%" if line.sku in _TEN_PER_CENT else "5%" if line.product_type == FIVE_PER_CENT else usual
    listed = line.price_original * line.quantity if line.price else _ZERO
    name, unit = _NAMED.get(line.variant_id, (line.name, "Cái"))
    named = {"code": line.sku, "name": name, "unit": unit, "quantity": line.quantity, "rate": rate}
    return named | _amounts(listed, paid, rate) | {"gift": not line.price}


def _transport(price: Decimal, rate: str) -> dict[str, Any]:
    named = {"code": None, "name": "Phí vận chuyển", "unit": None, "quantity": _ONE, "rate": rate}
    return {**named, **_amounts(price, price, rate)}


_NAMED = {item.variant_id: (item.invoice_name, item.unit) for item in CATALOGUE.items}
_TEN_PER_CENT = frozenset(f"MAY-{number}" for number in range(50))


def _after_discount(order: Order) -> list[Decimal]:
    """What is paid for each line: the order's discount is shared by largest remainder."""
    grosses = [line.price * line.quantity for line in order.lines]
    weight, discount = sum(grosses), order.total_discounts
    shares = [discount * gross // weight for gross in grosses]
    left = int(discount - sum(shares))
    ranked = sorted(range(len(grosses)), key=lambda i: (-(discount * grosses[i] % weight), -grosses[i], i))
    for place in ranked[:left]:
        shares[place] += 1
    return [gross - share for gross, share in zip(grosses, shares, strict=True)]


def _amounts(listed: Decimal, paid: Decimal, rate: str) -> dict[str, Decimal]:
    factor = 1 + Decimal(rate[:-1]) / 100
    amount, net = (_rounded(each / factor, 0) for each in (listed, paid))
    return {"amount": amount, "net": net, "vat": paid - net}


def _rounded(value: Decimal, digits: int) -> Decimal:
    return value.quantize(_ONE.scaleb(-digits), rounding=ROUND_HALF_UP)


def _multiplies(line: Mapping[str, Any], digits: int) -> bool:
    """Whether quantity times price is the amount: exactly, or when rounded where the price has decimals."""
    product = _rounded(line["amount"] / line["quantity"], digits) * line["quantity"]
    return bool((_rounded(product, 0) if digits else product) == line["amount"])


def _detail(number: int, line: Mapping[str, Any], digits: int) -> dict[str, Any]:
    discount = line["amount"] - line["net"]
    detail = {
        "ItemType": _GIFT if line.get("gift") else 1,
        "SortOrder": number,
        "LineNumber": number,
        "ItemName": line["name"],
        "Quantity": line["quantity"],
        "UnitPrice": _rounded(line["amount"] / line["quantity"], digits),
        "AmountOC": line["amount"],
        "Amount": line["amount"],
        "DiscountRate": _discount_rate(discount, line["amount"]),
        "DiscountAmountOC": discount,
        "DiscountAmount": discount,
        "AmountWithoutVATOC": line["net"],
        "AmountWithoutVAT": line["net"],
        "VATRateName": line["rate"],
        "VATAmountOC": line["vat"],
        "VATAmount": line["vat"],
    }
    named = {"ItemCode": line["code"], "UnitName": line["unit"]}
    return detail | {name: value for name, value in named.items() if value is not None}


def _discount_rate(discount: Decimal, amount: Decimal) -> Decimal:
    if discount:
        for digits in _RATE_DIGITS:
            rate = _rounded(discount * _HUNDRED / amount, digits)
            if _rounded(amount * rate / _HUNDRED, 0) == discount:
                return rate
    return _ZERO


def _digits(value: Decimal) -> int:
    """Digits after the point that the number really has."""
    return len(format(value.normalize(), "f").partition(".")[2])


def _tax_rates(details: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    sums: dict[str, list[Decimal]] = {}
    for each in details:
        if each["ItemType"] != _GIFT:
            of_rate = sums.setdefault(each["VATRateName"], [_ZERO, _ZERO])
            of_rate[0] += each["AmountWithoutVATOC"]
            of_rate[1] += each["VATAmountOC"]
    return tuple(
        {"VATRateName": rate, "AmountWithoutVATOC": net, "VATAmountOC": vat} for rate, (net, vat) in sums.items()
    )


def _buyer(order: Order) -> dict[str, str]:
    given = {each.name: each.value for each in order.note_attributes}
    if given["invoice"] != "có":
        emails = [each for each in order.emails if each != "guest@haravan.com"]
        return {"BuyerFullName": "Bán cho người tiêu dùng", "ReceiverEmail": ";".join(emails)}
    code, email = given["tax_code"], given["invoice_email"]
    return {
        "BuyerLegalName": given["company_name"],
        "BuyerTaxCode": code if len(code) == 10 else f"{code[:10]}-{code[10:]}",
        "BuyerAddress": given["company_address"],
        "BuyerEmail": email,
        "ReceiverEmail": email,
    }
