"""Corrections of random orders: what is taken back is what was sold, in however many steps, to the đồng."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from invoicing.catalogue import Catalogue, Component, Item
from invoicing.order import Order, parse_order
from invoicing.portions import Portion
from invoicing.rules import Rules
from invoicing.sums import not_tying
from meinvoice.models import InvoiceData, ItemType
from support.corrected_orders import Life, Made, Outcome, refund
from support.haravan_orders import Json, line, raw_order, rules

_RATES = ("8%", "10%", "5%", "KCT")
_CANCELLED = {"cancelled_status": "cancelled", "cancelled_at": "2026-03-26T02:00:00Z"}
_SET = Catalogue(
    (
        Item(sku="SET", components=(Component("PART-1", Decimal(2)), Component("PART-2", Decimal(1)))),
        Item(sku="PART-1", price=Decimal(70_000), invoice_name="Phần một"),
        Item(sku="PART-2", price=Decimal(30_000), invoice_name="Phần hai"),
    )
)
_QUANTITIES = st.one_of(st.integers(1, 9), st.decimals("0.1", "9", places=1))


@st.composite
def _lines(draw: st.DrawFn, first: int = 11) -> list[Json]:
    made = []
    for number in range(first, first + draw(st.integers(1, 4))):
        listed = draw(st.integers(1, 900_000))
        price = draw(st.sampled_from((listed, max(1, listed * 7 // 9))))
        quantity = draw(_QUANTITIES)
        if (price * Decimal(quantity)) % 1:
            quantity = draw(st.integers(1, 9))
        off = {"price_original": listed, "total_discount": listed - price}
        made.append(line(price, quantity, id=number, sku=f"R{number % len(_RATES)}", **off))
    return made


@st.composite
def _raw(draw: st.DrawFn) -> Json:
    lines = draw(_lines())
    goods = sum(each["price"] * Decimal(each["quantity"]) for each in lines)
    if draw(st.booleans()):
        lines.append(line(0, draw(st.integers(1, 3)), id=99))
    discount = draw(st.integers(0, int(goods) // 2))
    shipping = draw(st.sampled_from((0, 15_000, 27_001)))
    return raw_order(
        lines,
        total_discounts=discount,
        discount_codes=[{"code": "A", "amount": discount, "type": "fixedamount"}] if discount else [],
        shipping_lines=[{"title": "Giao", "code": "G", "price": shipping}] if shipping else [],
    )


@st.composite
def _lives(draw: st.DrawFn) -> tuple[Json, Life]:
    raw = draw(_raw())
    prices = draw(st.sampled_from(("include_vat", "exclude_vat")))
    series = draw(st.sampled_from(("1C26TAA", "2C26TAA")))
    return raw, Life(order=parse_order(raw), rules=_rules(prices=prices), series=series)


def _rules(**more: Any) -> Rules:
    rates = [{"level": "sku", "values": [f"R{at}"], "rate": rate} for at, rate in enumerate(_RATES)]
    return rules(rates=[*rates, {"level": "default", "rate": "8%"}], **more)


def _invoices(outcomes: Iterable[Outcome]) -> list[InvoiceData]:
    made = list(outcomes)
    assert all(isinstance(each, Made) for each in made), made
    return [each.correction.content.invoice for each in made if isinstance(each, Made)]


def _sums(life: Life, invoices: Iterable[InvoiceData]) -> dict[str, Decimal]:
    """Every figure that an invoice sums, over several; what comes to nothing is left out."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for invoice in invoices:
        assert not_tying(invoice, with_vat=life.series[0] == "1") == ()
        for name in ("Sale", "Discount"):
            sums[name] += getattr(invoice, f"Total{name}AmountOC")
        sums["net"] += invoice.TotalAmountWithoutVATOC
        sums["vat"] += invoice.TotalVATAmountOC
        sums["all"] += invoice.TotalAmountOC
        for info in invoice.TaxRateInfo or ():
            sums[f"net {info.VATRateName}"] += info.AmountWithoutVATOC
            sums[f"vat {info.VATRateName}"] += info.VATAmountOC
        for each in invoice.OriginalInvoiceDetail:
            if each.ItemType is ItemType.GOODS:
                sums[f"units {each.ItemName} {each.ItemCode}"] += each.Quantity or 0
    return {name: total for name, total in sums.items() if total}


def _sold(life: Life) -> list[InvoiceData]:
    return [each.content.invoice for each in life.covered]


def _everything_back(raw: Json, money: object) -> Json:
    return refund(80, {each["id"]: each["quantity"] for each in raw["line_items"]}, money)


@given(_lives())
def test_a_full_return_is_the_negated_sale(made: tuple[Json, Life]) -> None:
    """Goods and transport with their money: one document, each line of it the sale's with the sign turned."""
    raw, life = made
    (sale,) = _sold(life)
    (back,) = _invoices(life.after(parse_order({**raw, "refunds": [_everything_back(raw, sale.TotalAmountOC)]})))
    counted = [each for each in sale.OriginalInvoiceDetail if each.ItemType is ItemType.GOODS]
    for sold, returned in zip(counted, back.OriginalInvoiceDetail, strict=True):
        kept = ("ItemCode", "ItemName", "UnitName", "UnitPrice", "DiscountRate", "VATRateName")
        assert [getattr(returned, name) for name in kept] == [getattr(sold, name) for name in kept]
        turned = ("Quantity", "AmountOC", "DiscountAmountOC", "AmountWithoutVATOC", "VATAmountOC")
        assert [getattr(returned, name) for name in turned] == [_negated(getattr(sold, name)) for name in turned]
    assert _sums(life, (sale, back)) == {}
    assert back.OptionUserDefined == sale.OptionUserDefined


def _negated(value: Decimal | None) -> Decimal | None:
    return None if value is None else -value


@given(_lives(), st.data())
def test_part_returns_add_up_to_one_full_return(made: tuple[Json, Life], data: st.DataObject) -> None:
    """In whatever steps the units come back, no document has two signs, and the last clears to the đồng."""
    raw, life = made
    left = {each["id"]: Decimal(each["quantity"]) for each in raw["line_items"] if each["price"]}
    refunds: list[Json] = []
    documents = _sold(life)
    while left:
        number = data.draw(st.sampled_from(sorted(left)))
        count = min(left[number], Decimal(data.draw(_QUANTITIES)))
        left = {key: units - count if key == number else units for key, units in left.items()}
        left = {key: units for key, units in left.items() if units}
        refunds.append(refund(len(refunds) + 1, {number: count}))
        step = _invoices(life.after(parse_order({**raw, "refunds": refunds})))
        documents += step
        for each in (row for invoice in step for row in invoice.OriginalInvoiceDetail):
            assert each.Quantity is not None
            assert each.Quantity < 0
            assert each.UnitPrice is not None
            assert each.UnitPrice >= 0
            figures = (each.AmountOC, each.DiscountAmountOC, each.AmountWithoutVATOC, each.VATAmountOC)
            assert all(figure is None or figure <= 0 for figure in figures)
    paid = refund(70, money=sum(invoice.TotalAmountOC for invoice in _sold(life)))
    documents += _invoices(life.after(parse_order({**raw, "refunds": [*refunds, paid]})))
    assert _sums(life, documents) == {}


@given(_raw(), _lines(), _lines(first=31), st.data())
def test_an_edited_order_ends_as_if_it_had_been_sold_so(
    raw: Json, others: list[Json], added: list[Json], data: st.DataObject
) -> None:
    """The sale and its adjustments come to what the edited order would have been, and a cancellation to nothing."""
    life = Life(order=parse_order(raw), rules=_rules())
    kept = data.draw(st.sampled_from((raw["line_items"], others, [*raw["line_items"], *added])))
    edited = raw_order(kept, shipping_lines=raw["shipping_lines"])
    as_sold = Life(order=parse_order(edited), rules=_rules())
    documents = [*_sold(life), *_changed(life, parse_order(edited))]
    wanted = _sums(as_sold, _sold(as_sold))
    reached = _sums(life, documents)
    assert reached == wanted
    documents += _invoices(life.after(parse_order({**edited, **_CANCELLED})))
    assert _sums(life, documents) == {}


@given(_raw(), _lines(first=31), st.data())
def test_an_edit_after_a_return_ends_as_a_return_after_the_edit(
    raw: Json, added: list[Json], data: st.DataObject
) -> None:
    """What came back before is worth what the edited order says: in one document, and nothing is settled for ever."""
    goods = [each for each in raw["line_items"] if each["price"]]
    back = {each["id"]: min(Decimal(each["quantity"]), Decimal(1)) for each in goods if data.draw(st.booleans())}
    kept = [{**each, "price": each["price"] + data.draw(st.integers(-each["price"] + 1, 90_000))} for each in goods]
    whole = [each for each in kept if not (each["price"] * Decimal(each["quantity"])) % 1]
    edited = [*({**each, "price_original": each["price"], "total_discount": 0} for each in whole), *added]
    off = {name: raw[name] for name in ("discount_codes", "total_discounts")}
    if len(whole) < len(goods) or off["total_discounts"] > sum(
        each["price"] * Decimal(each["quantity"]) for each in edited
    ):
        return
    after = {**raw_order(edited, shipping_lines=raw["shipping_lines"], **off), "refunds": [refund(1, back)]}
    life = Life(order=parse_order({**raw, "line_items": goods}), rules=_rules())
    documents = _sold(life) + _invoices(
        life.after(parse_order({**raw, "line_items": goods, "refunds": after["refunds"]}))
    )
    documents += _invoices(life.after(parse_order(after)))
    other = Life(order=parse_order({**after, "refunds": []}), rules=_rules())
    assert _sums(life, documents) == _sums(other, [*_sold(other), *_invoices(other.after(parse_order(after)))])
    documents += _invoices(life.after(parse_order({**after, **_CANCELLED})))
    assert _sums(life, documents) == {}


def _changed(life: Life, order: Order) -> list[InvoiceData]:
    """The documents of an edit; a gift that came or went with nothing else has none."""
    outcomes = life.after(order)
    told = {each.reason.value for each in outcomes if not isinstance(each, Made)}
    assert told <= {"gifts-returned"}
    return [each.correction.content.invoice for each in outcomes if isinstance(each, Made)]


@given(_lives(), st.data())
def test_money_and_goods_in_any_order_are_taken_off_once(made: tuple[Json, Life], data: st.DataObject) -> None:
    """Where money alone lowers the value, too, the greater of money and goods is taken off, whichever came first."""
    raw, life = made
    life.now = Rules.model_validate({**life.rules.model_dump(), "corrections": {"money_only": "adjust"}})
    (sale,) = _sold(life)
    money = data.draw(st.integers(1, int(sale.TotalAmountOC)))
    sold = {each["id"]: Decimal(each["quantity"]) for each in raw["line_items"] if each["price"]}
    some = data.draw(st.sampled_from(sorted(sold)))
    goods = data.draw(st.sampled_from((sold, {some: sold[some]})))
    worth = sum(_total(life, f"line:{number}") for number in goods)
    records = data.draw(st.permutations((refund(1, money=money), refund(2, goods))))
    documents = [sale]
    for count in (1, 2):
        documents += _invoices(life.after(parse_order({**raw, "refunds": records[:count]})))
    assert _sums(life, documents[1:]).get("all", 0) == -max(money, worth)
    documents += _invoices(life.after(parse_order({**raw, "refunds": records, **_CANCELLED})))
    assert _sums(life, documents) == {}


def _total(life: Life, source: str) -> Decimal:
    content = life.covered[0].content
    line = content.invoice.OriginalInvoiceDetail[content.sources.index(source)]
    return (line.AmountWithoutVATOC or Decimal(0)) + (line.VATAmountOC or Decimal(0))


@given(_raw(), st.data())
def test_parts_come_back_whole(raw: Json, data: st.DataObject) -> None:
    """An order in two parts, returned step by step or cancelled: nothing of either part is left."""
    ordered = {each["id"]: Decimal(each["quantity"]) for each in raw["line_items"]}
    first = {key: Decimal(data.draw(st.integers(0, int(units)))) for key, units in ordered.items()}
    first = {key: units for key, units in first.items() if units} or ordered
    second = {key: units - first.get(key, 0) for key, units in ordered.items() if units - first.get(key, 0)}
    portions = [Portion(before={}, now=first, shipping=True, last=not second)]
    portions += [Portion(before=first, now=second, shipping=False, last=True)] if second else []
    life = Life(order=parse_order(raw), rules=_rules(), portions=portions)
    documents = _sold(life)
    some = {key: Decimal(data.draw(st.integers(0, int(units)))) for key, units in ordered.items()}
    some = {key: units for key, units in some.items() if units and key != 99}
    back = [refund(1, some)] if some else []
    documents += _invoices(life.after(parse_order({**raw, "refunds": back})))
    total = sum(invoice.TotalAmountOC for invoice in _sold(life))
    if data.draw(st.booleans()):
        rest = {key: units - some.get(key, 0) for key, units in ordered.items() if units - some.get(key, 0)}
        end: Json = {"refunds": [*back, refund(2, rest, total)]}
    else:
        end = {"refunds": back, **_CANCELLED}
    documents += _invoices(life.after(parse_order({**raw, **end})))
    assert _sums(life, documents) == {}


@given(st.integers(1, 5), st.integers(1_000, 500_000), st.data())
def test_an_expanded_combo_comes_back_by_its_parts(units: int, price: int, data: st.DataObject) -> None:
    """Sets come back in steps, after one more was added, too: each step takes its parts, the last what is left."""
    raw = raw_order([line(price, units, id=11, sku="SET"), line(5_000, id=12)])
    life = Life(order=parse_order(raw), rules=rules(combos="expand"), catalogue=_SET)
    documents = _sold(life)
    if data.draw(st.booleans()):
        units += 1
        raw = raw_order([line(price, units, id=11, sku="SET"), line(5_000, id=12)])
        documents += _invoices(life.after(parse_order(raw)))
    count = data.draw(st.integers(0, units))
    for back in (count, units):
        refunds = [refund(1, {11: back})] if back else []
        documents += _invoices(life.after(parse_order({**raw, "refunds": refunds})))
    soap = {"Sale": 4_630, "net": 4_630, "vat": 370, "all": 5_000, "net 8%": 4_630, "vat 8%": 370}
    assert _sums(life, documents) == {**soap, "units Áo thun SKU-12": 1}
