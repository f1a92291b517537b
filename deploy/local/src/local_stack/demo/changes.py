"""What makes one sample order different from another: each function changes one thing about a draft."""

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from local_stack.demo import catalogue, people
from local_stack.demo.catalogue import Product
from local_stack.demo.draft import ZERO, Discount, Draft, DraftLine, MoneyStyle

Change = Callable[[Draft, random.Random], Draft]
_THOUSAND = Decimal(1000)


def nothing(draft: Draft, _chance: random.Random) -> Draft:
    """An ordinary order of a private buyer."""
    return draft


def money(style: MoneyStyle) -> Change:
    """Amounts in another spelling."""
    return lambda draft, _chance: replace(draft, money=style)


def bank_transfer(draft: Draft, _chance: random.Random) -> Draft:
    """Paid before it is shipped."""
    return replace(draft, cash_on_delivery=False)


def guest(draft: Draft, _chance: random.Random) -> Draft:
    """The buyer left no e-mail, so Haravan fills in its placeholder."""
    return replace(draft, who=replace(draft.who, email=people.GUEST_EMAIL))


def company_a(draft: Draft, chance: random.Random) -> Draft:
    """A company, by the form of the first family of themes."""
    return _form_a(draft, chance.choice(people.COMPANIES))


def company_b(draft: Draft, chance: random.Random) -> Draft:
    """A company, by the form of the second family of themes, with three e-mail addresses."""
    company = chance.choice(people.COMPANIES)
    emails = f"{company.email}; giamdoc.{company.email}"
    form = (("invoice", "có"), ("company_name", company.name), ("tax_code", company.tax_code))
    return replace(draft, attributes=(*form, ("company_address", company.address), ("invoice_email", emails)))


def unticked(draft: Draft, chance: random.Random) -> Draft:
    """The box was unticked again, the fields stayed filled."""
    changed = _form_a(draft, chance.choice(people.COMPANIES))
    return replace(changed, attributes=(("invoice", "no"), *changed.attributes[1:]))


def empty_form(draft: Draft, _chance: random.Random) -> Draft:
    """The theme left its form behind with nothing in it."""
    names = ("bill_order_company", "bill_order_tax_code", "bill_order_address", "bill_email")
    return replace(draft, attributes=(("invoice", "no"), *((name, None) for name in names)))


def personal_id(draft: Draft, _chance: random.Random) -> Draft:
    """A person with a personal identification number of twelve digits."""
    return _form(draft, draft.who.name.strip(), "079185001234", "15 Phố Huế, Phường Hai Bà Trưng, Hà Nội")


def named_person(draft: Draft, _chance: random.Random) -> Draft:
    """A person who wants their name on the invoice, without any tax code."""
    return _form(draft, draft.who.name.strip(), "", "27 Trần Hưng Đạo, Phường Hải Châu, Đà Nẵng")


def tax_code(code: str) -> Change:
    """A company with this tax code."""
    return lambda draft, _chance: _form(draft, "Công ty TNHH Ví Dụ", code, "1 Phố Mẫu, Phường Ba Đình, Hà Nội")


def tax_code_alone(draft: Draft, _chance: random.Random) -> Draft:
    """A tax code without the company's name and address."""
    return _form(draft, "", people.COMPANIES[0].tax_code, "")


def line_discount(draft: Draft, _chance: random.Random) -> Draft:
    """The first line is cheaper by an amount per unit."""
    first = draft.lines[0]
    discount = (first.product.price / 10).quantize(_THOUSAND).quantize(Decimal(1))
    cheaper = replace(first, price=first.product.price - discount, discount=discount, quantity=Decimal(2))
    return replace(draft, lines=(cheaper, *draft.lines[1:]))


def order_discount(draft: Draft, _chance: random.Random) -> Draft:
    """A code over an amount that no number of lines divides evenly."""
    return replace(draft, discounts=(Discount("CHAO35", min(Decimal(35_011), draft.goods)),))


def percentage(draft: Draft, _chance: random.Random) -> Draft:
    """A code over seven percent."""
    amount = (draft.goods * 7 / 100).quantize(Decimal(1))
    return replace(draft, discounts=(Discount("GIAM7", amount, "percentage"),))


def free_shipping(draft: Draft, _chance: random.Random) -> Draft:
    """A code that takes the shipping to nothing."""
    price = draft.shipping or Decimal(30_000)
    return replace(draft, shipping=price, discounts=(Discount("FREESHIP", price, "shipping"),))


def two_codes(draft: Draft, chance: random.Random) -> Draft:
    """One code for goods and one for shipping."""
    shipped = free_shipping(draft, chance)
    return replace(shipped, discounts=(*shipped.discounts, Discount("VIP20", Decimal(20_000))))


def gift(draft: Draft, _chance: random.Random) -> Draft:
    """A gift beside what is paid for."""
    return replace(draft, lines=(*draft.lines, DraftLine(draft.lines[0].product, Decimal(1), ZERO)))


def zero_total(draft: Draft, _chance: random.Random) -> Draft:
    """Everything is discounted."""
    return replace(draft, shipping=ZERO, discounts=(Discount("TRIAN100", draft.goods, "percentage"),))


def fraction(draft: Draft, _chance: random.Random) -> Draft:
    """Three for a hundred thousand: the unit price does not come out even."""
    line = replace(draft.lines[0], price=Decimal("33333.3333"), discount=ZERO, quantity=Decimal(3))
    return replace(draft, lines=(line, *draft.lines[1:]))


def by_weight(draft: Draft, _chance: random.Random) -> Draft:
    """Goods that are weighed: a quantity with decimals."""
    cheese = DraftLine(catalogue.BY_WEIGHT, Decimal("0.375"), catalogue.BY_WEIGHT.price)
    return replace(draft, lines=(cheese, *draft.lines))


def custom_line(draft: Draft, _chance: random.Random) -> Draft:
    """A line that staff typed in: no product, no SKU, no type."""
    wrapping = Product(sku="", title="Gói quà & thiệp viết tay", price=Decimal(35_000), type="", variant="")
    return replace(draft, lines=(*draft.lines, DraftLine(wrapping, Decimal(1), wrapping.price)))


def many_lines(draft: Draft, _chance: random.Random) -> Draft:
    """A long order."""
    return replace(draft, lines=draft.lines * (40 // len(draft.lines)))


def too_many_lines(draft: Draft, _chance: random.Random) -> Draft:
    """More lines than an invoice takes."""
    return replace(draft, lines=(draft.lines * 210)[:205])


def unconfirmed(draft: Draft, _chance: random.Random) -> Draft:
    """Nobody confirmed it, which stops nothing."""
    return replace(draft, confirmed=False)


def gift_card(draft: Draft, _chance: random.Random) -> Draft:
    """A gift card is sold along."""
    card = Product(sku="THE-QUA-500", title="Thẻ quà tặng 500.000đ", price=Decimal(500_000), type="Thẻ quà tặng")
    return replace(draft, lines=(*draft.lines, DraftLine(card, Decimal(1), card.price, gift_card=True)))


def halves(draft: Draft, _chance: random.Random) -> Draft:
    """Two lines over half đồng: together they are whole, each rounded they are one đồng too much."""
    first = replace(draft.lines[0], quantity=Decimal(1), price=Decimal("100000.5"), discount=ZERO)
    second = replace(first, price=Decimal("200000.5"))
    changed = replace(draft, lines=(first, second))
    return replace(changed, overrides={"total_price": int(changed.total) - 1})


def wrong_total(draft: Draft, _chance: random.Random) -> Draft:
    """Lines, discounts and shipping do not make the total."""
    return replace(draft, overrides={"total_price": int(draft.total) + 1000})


def override(**fields: Any) -> Change:
    """Set fields of the body to something odd."""
    return lambda draft, _chance: replace(draft, overrides=fields)


def negative_price(draft: Draft, _chance: random.Random) -> Draft:
    """A line below zero, such as staff use for a return."""
    return replace(draft, lines=(*draft.lines, DraftLine(draft.lines[0].product, Decimal(1), Decimal(-20_000))))


def _form_a(draft: Draft, company: people.Company) -> Draft:
    return _form(draft, company.name, company.tax_code, company.address, company.email)


def _form(draft: Draft, name: str, code: str, address: str, email: str = "") -> Draft:
    filled = (("bill_order_company", name), ("bill_order_tax_code", code), ("bill_order_address", address))
    return replace(draft, attributes=(("invoice", "yes"), *filled, ("bill_email", email or None)))
