"""The rules document."""

from typing import Any

import pytest
from invoicing.problems import problems_of
from invoicing.rules import Mapping, RateRule, Rules, ShippingRules
from pydantic import ValidationError
from support.haravan_orders import rules


def test_defaults_are_the_safe_choices() -> None:
    """A shop that says nothing issues nothing, waits for delivery and holds what is unsure."""
    default = Rules()
    assert (default.start_date, default.trigger, default.prices) == (None, "delivered", "include_vat")
    assert (default.zero_total, default.part_delivery, default.line_discount) == ("issue", "each", "show")
    assert (default.buyer.bad_tax_code, default.buyer.nine_digits) == ("hold", "hold")
    assert (default.rates, default.shipping.rates) == ((), ())


def _problem(document: dict[str, Any]) -> tuple[str, str, str]:
    with pytest.raises(ValidationError) as caught:
        Rules.model_validate(document)
    (problem,) = problems_of(caught.value)
    return problem.field, problem.vi, problem.en


@pytest.mark.parametrize(
    ("document", "field", "vi", "en"),
    (
        ({"triger": "paid"}, "triger", "kiểm tra lại tên", "check its name"),
        ({"trigger": "sent"}, "trigger", "phải là một trong", "must be one of"),
        ({"start_date": "31/12/2026"}, "start_date", "2026-01-31", "2026-01-31"),
        ({"rates": [{"level": "default", "rate": "9%"}]}, "rates.0.rate", "KHAC:3.5%", "KHAC:3.5%"),
        ({"rates": [{"level": "sku", "rate": "8%"}]}, "rates.0", "phải có", "needs some"),
        ({"rates": [{"level": "default", "values": ["x"], "rate": "8%"}]}, "rates.0", "không có", "takes no"),
        ({"rates": [{"level": "default"}]}, "rates.0.rate", "thiếu", "is missing"),
        ({"shipping": {"rates": ["8%"]}}, "shipping.rates.0", "nhóm trường", "group of fields"),
        ({"buyer": {"longest_name": 401}}, "buyer.longest_name", "không hợp lệ", "is not valid"),
    ),
)
def test_mistakes_name_the_field_and_the_remedy(document: dict[str, Any], field: str, vi: str, en: str) -> None:
    """Every mistake says in both languages which field it is and what to write."""
    problem = _problem(document)
    assert problem[0] == field
    assert vi in problem[1]
    assert en in problem[2]


def test_windows_that_overlap_are_refused() -> None:
    """Two rates for the same goods on the same day are a mistake; two windows that follow each other are not."""
    first = {"level": "sku", "values": ["A", "b"], "rate": "8%", "valid_to": "2026-12-31"}
    second = {"level": "sku", "values": [" B "], "rate": "10%", "valid_from": "2027-01-01"}
    assert len(rules(rates=[first, second]).rates) == 2
    with pytest.raises(ValidationError, match="hold on the same day"):
        rules(rates=[first, {**second, "valid_from": "2026-12-31"}])
    assert len(rules(rates=[first, {**second, "values": ["C"], "valid_from": "2026-12-31"}]).rates) == 2


def test_window_upside_down_is_refused() -> None:
    """A window that ends before it begins holds on no day."""
    with pytest.raises(ValidationError, match="is after"):
        RateRule.model_validate(
            {"level": "default", "rate": "8%", "valid_from": "2027-01-01", "valid_to": "2026-01-01"}
        )


def test_shipping_rates_do_not_overlap() -> None:
    """Shipping has one rate a day; a rate alone holds always."""
    assert ShippingRules.model_validate({"rates": "KHAC:3,5%"}).rates[0].rate == "KHAC:3.5%"
    assert ShippingRules.model_validate({"rates": {"rate": "8%", "valid_to": "2026-12-31"}}).rates[0].rate == "8%"
    with pytest.raises(ValidationError, match="overlap"):
        ShippingRules.model_validate({"rates": [{"rate": "8%"}, {"rate": "10%"}]})


def test_series_lose_their_year() -> None:
    """A mapping is written with the series as it is seen and kept without its year."""
    mapping = Mapping.model_validate({"default": {"account": "a", "series": "1c26tAA"}})
    assert mapping.default is not None
    assert mapping.default.series == "1C__TAA"


def test_documents_go_to_json_and_back() -> None:
    """What was read is what is stored."""
    document = rules(trigger_by_channel={"pos": "paid"}, words={"four": "tư"})
    assert Rules.model_validate_json(document.model_dump_json()) == document


def test_every_field_is_described() -> None:
    """The reference page is made from the models: no field goes without words."""
    undescribed = [
        f"{name}.{field}"
        for name, definition in Rules.model_json_schema(mode="validation")["$defs"].items()
        for field, schema in definition.get("properties", {}).items()
        if not schema.get("description")
    ]
    assert undescribed == []
