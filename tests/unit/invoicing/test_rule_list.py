"""A shop's own rules on single kinds of orders."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from invoicing.conditions import CorrectionRuling, correction_rule, rule_for, shadowed
from invoicing.decide import Decision, Hold, Issue, Skip, Wait, decide
from invoicing.problems import problems_of
from invoicing.release import NOTHING, Release
from invoicing.rules import Rules
from pydantic import ValidationError
from support.haravan_orders import Json, line, order, rules

_TODAY = dt.date(2026, 3, 20)


def _named(changes: Json, **conditions: Any) -> bool:
    when = [{"name": "quy tắc", "then": "issue", **conditions}]
    return rule_for(order(**changes), rules(when=when)) is not None


@pytest.mark.parametrize(
    ("conditions", "holds", "does_not"),
    (
        ({"channel": [" Shopee ", "pos"]}, {"source_name": "shopee"}, {"source_name": "web"}),
        ({"channel": "pos"}, {"source_name": "POS"}, {"source_name": None}),
        ({"source": ["harasocial"]}, {"source": "HaraSocial"}, {"source": "web"}),
        ({"gateway": ["cod"]}, {"gateway": "Thu hộ", "gateway_code": "COD"}, {"gateway_code": "bankdeposit"}),
        ({"gateway": ["Thu hộ"]}, {"gateway": "thu hộ"}, {"gateway": None}),
        ({"tags": ["vip", "sỉ"]}, {"tags": "HN,Sỉ"}, {"tags": "HN"}),
        ({"tags": ["vip"]}, {"tags": "VIP "}, {"tags": None}),
        ({"without_tags": ["nội bộ"]}, {"tags": "vip"}, {"tags": "vip, Nội bộ"}),
        ({"branch": [700101, 700102]}, {"location_id": 700102}, {"location_id": 1}),
        ({"branch": "700101"}, {"location_id": 700101}, {"location_id": None}),
        ({"min_total": 108_000}, {}, {"total_price": 107_999}),
        ({"max_total": 108_000}, {}, {"total_price": 108_001}),
        (
            {"created_from": "2026-03-14"},
            {"created_at": "2026-03-13T17:00:00Z"},
            {"created_at": "2026-03-13T16:59:59Z"},
        ),
        ({"created_to": "2026-03-14"}, {"created_at": "2026-03-14T16:59:59Z"}, {"created_at": "2026-03-14T17:00:00Z"}),
        ({"kind": ["exchange"]}, {"prev_order_id": 170}, {"prev_order_id": None, "ref_order_id": 0}),
        ({"kind": "exchange"}, {"ref_order_id": 170}, {}),
        ({"kind": "sale"}, {}, {"ref_order_id": 170}),
        ({"financial_status": ["partially_paid"]}, {"financial_status": "partiallypaid"}, {"financial_status": "paid"}),
        ({"fulfillment_status": "notfulfilled"}, {"fulfillment_status": None}, {"fulfillment_status": "fulfilled"}),
        ({"channel": "pos", "tags": "vip"}, {"source_name": "pos", "tags": "vip"}, {"source_name": "pos"}),
    ),
)
def test_conditions(conditions: Json, holds: Json, does_not: Json) -> None:
    """All that are given must hold, each by one of its alternatives, compared trimmed and without case."""
    assert _named(holds, **conditions)
    assert not _named(does_not, **conditions)


def test_a_rule_without_conditions_holds_for_every_order() -> None:
    """The last rule of a list may be for all the rest, exchanges too."""
    assert _named({})
    assert _named({"ref_order_id": 170})


def _decide(when: list[Json], release: Release = NOTHING, **changes: Any) -> Decision:
    decision = decide(order(**changes), rules(when=when), today=_TODAY, release=release)
    told = decision.explain()
    assert "?" not in told.vi + told.en
    return decision


@pytest.mark.parametrize(
    ("rule", "expected"),
    (
        ({"then": "issue"}, (Issue, "triggered")),
        ({"then": "draft"}, (Issue, "triggered")),
        ({"then": "skip"}, (Skip, "rule-skipped")),
        ({"then": "hold"}, (Hold, "rule-held")),
        ({"then": "manual"}, (Wait, "manual")),
        ({"then": "issue", "dry_run": True}, (Hold, "dry-run")),
        ({"then": "draft", "dry_run": True}, (Hold, "dry-run")),
        ({"then": "skip", "dry_run": True}, (Hold, "dry-run")),
        ({"then": "hold", "dry_run": True}, (Hold, "rule-held")),
    ),
)
def test_outcomes(rule: Json, expected: tuple[type, str]) -> None:
    """Each outcome of a rule; the decision and its facts name the rule."""
    decision = _decide([{"name": "của tôi", **rule}])
    assert (type(decision), decision.reason.value) == expected
    assert decision.facts["rule"] == "của tôi"
    if isinstance(decision, Issue):
        assert (decision.rule, decision.draft) == ("của tôi", rule["then"] == "draft")


def test_the_first_match_wins() -> None:
    """Rules are tried in the shop's order; without a match the shop's defaults hold."""
    when = [
        {"name": "sỉ", "tags": "sỉ", "then": "draft"},
        {"name": "pos", "channel": "pos", "then": "issue", "trigger": "paid"},
    ]
    assert _decide(when, source_name="pos", tags="sỉ").facts["rule"] == "sỉ"
    not_sent: Json = {"fulfillment_status": "notfulfilled"}
    pos, web = (_decide(when, source_name=name, **not_sent) for name in ("pos", "web"))
    assert (type(pos), pos.facts["rule"], pos.facts["trigger"]) == (Issue, "pos", "paid")
    assert (type(web), web.facts["rule"], web.facts["trigger"]) == (Wait, "default", "delivered")


def test_a_rules_trigger_goes_before_the_channels() -> None:
    """The rule's trigger, else the channel's, else the shop's."""
    setting = {"trigger_by_channel": {"pos": "paid"}, "trigger": "created"}
    by_rule = rules(**setting, when=[{"name": "giao", "then": "issue", "trigger": "fulfilled"}])
    no_trigger = rules(**setting, when=[{"name": "giao", "then": "issue"}])
    made = order(source_name="pos", fulfillment_status="notfulfilled")
    assert decide(made, by_rule, today=_TODAY).reason.value == "not-fulfilled"
    assert decide(made, no_trigger, today=_TODAY).facts["trigger"] == "paid"


def test_holding_waits_for_the_trigger() -> None:
    """A person is asked when the order is due, not before."""
    when = [{"name": "lớn", "min_total": 1, "then": "hold"}]
    assert _decide(when, fulfillment_status=None).reason.value == "not-delivered"
    assert _decide(when).reason.value == "rule-held"


def test_figures_that_do_not_fit_are_told_first() -> None:
    """What has to be mended in the order is said before a rule asks a person."""
    when = [{"name": "giữ", "then": "hold"}]
    assert _decide(when, currency="USD").reason.value == "foreign-currency"


@pytest.mark.parametrize(
    ("then", "mode"),
    (("issue", "automatic"), ("draft", "draft"), ("skip", "none"), ("hold", "flag"), ("manual", "flag")),
)
def test_corrections(then: str, mode: str) -> None:
    """Returns and cancellations follow the first rule that names them; rules on orders say nothing of them."""
    made = order(source_name="shopee")
    when = [{"name": "mọi đơn", "then": "issue"}, {"name": "trả", "kind": "return", "channel": "shopee", "then": then}]
    assert correction_rule(made, "return", rules(when=when)) == CorrectionRuling("trả", mode)  # type: ignore[arg-type]
    assert correction_rule(made, "cancellation", rules(when=when)) is None
    assert correction_rule(order(), "return", rules(when=when)) is None
    assert _decide(when[1:], source_name="shopee").facts["rule"] == "default"


@pytest.mark.parametrize("dry", ({"rule": True}, {"shop": True}))
def test_corrections_in_a_dry_run(dry: Json) -> None:
    """Nothing is sent: what would have been done is flagged."""
    rule = {"name": "hủy", "kind": "cancellation", "then": "issue", "dry_run": dry.get("rule", False)}
    setting = rules(when=[rule], dry_run=dry.get("shop", False))
    assert correction_rule(order(), "cancellation", setting) == CorrectionRuling("hủy", "flag")


def test_corrections_in_a_dry_run_without_a_rule() -> None:
    """A shop that sends nothing corrects nothing either."""
    assert correction_rule(order(), "return", rules(dry_run=True)) == CorrectionRuling("default", "flag")
    assert correction_rule(order(), "return", rules()) is None


_BASE = {"name": "một", "then": "issue"}


@pytest.mark.parametrize(
    ("wide", "narrow", "covers"),
    (
        ({}, {}, True),
        ({}, {"channel": "pos"}, True),
        ({"channel": "pos"}, {}, False),
        ({"channel": ["pos", "web"]}, {"channel": " POS"}, True),
        ({"channel": "pos"}, {"channel": ["pos", "web"]}, False),
        ({"channel": "pos"}, {"channel": "pos", "tags": "vip"}, True),
        ({"channel": "pos", "tags": "vip"}, {"channel": "pos"}, False),
        ({"without_tags": "a"}, {"without_tags": ["a", "b"]}, True),
        ({"without_tags": ["a", "b"]}, {"without_tags": "a"}, False),
        ({"min_total": 5}, {"min_total": 10}, True),
        ({"min_total": 10}, {"min_total": 5}, False),
        ({"min_total": 10}, {"max_total": 20}, False),
        ({"max_total": 20}, {"min_total": 5, "max_total": 10}, True),
        ({"created_from": "2026-01-01"}, {"created_from": "2026-02-01"}, True),
        ({"created_to": "2026-02-01"}, {"created_from": "2026-01-01"}, False),
        ({"kind": "return"}, {"kind": "return", "channel": "pos"}, True),
        ({"kind": "sale"}, {}, False),
        ({}, {"kind": "return"}, False),
        ({"kind": ["sale", "exchange", "return"]}, {}, True),
        ({"branch": [1, 2]}, {"branch": 2}, True),
        ({"financial_status": "partially_paid"}, {"financial_status": "partiallypaid"}, True),
    ),
)
def test_shadowed(wide: Json, narrow: Json, covers: bool) -> None:
    """A rule after one with the same or wider conditions never decides."""
    found = shadowed(rules(when=[{**_BASE, **wide}, {**_BASE, "name": "hai", **narrow}]))
    assert found == ([(1, 0)] if covers else [])


_CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "channel": st.lists(st.sampled_from(("pos", "web")), min_size=1, unique=True),
        "tags": st.lists(st.sampled_from(("vip", "sỉ")), min_size=1, unique=True),
        "without_tags": st.lists(st.sampled_from(("cũ", "mới")), min_size=1, unique=True),
        "min_total": st.integers(0, 3),
        "max_total": st.integers(3, 6),
        "kind": st.lists(st.sampled_from(("sale", "exchange")), min_size=1, unique=True),
    },
)
_ORDERS = st.fixed_dictionaries(
    {
        "source_name": st.sampled_from(("pos", "web", None)),
        "tags": st.sampled_from(("vip", "sỉ,cũ", "vip,mới", None)),
        "ref_order_id": st.sampled_from((0, 7)),
        "lines": st.integers(0, 7),
    }
)


@given(when=st.lists(_CONDITIONS, max_size=5), orders=st.lists(_ORDERS, min_size=5, max_size=20))
def test_a_shadowed_rule_decides_no_order(when: list[Json], orders: list[Json]) -> None:
    """Whatever the order, a rule that is told to be out of reach is never the one that decides."""
    setting = rules(when=[{"name": str(number), "then": "issue", **each} for number, each in enumerate(when)])
    out_of_reach = {setting.when[index].name for index, _ in shadowed(setting)}
    for fields in orders:
        made = order([line(fields["lines"])], **{name: value for name, value in fields.items() if name != "lines"})
        found = rule_for(made, setting)
        assert found is None or found.name not in out_of_reach


@pytest.mark.parametrize(
    ("rule", "field", "vi", "en"),
    (
        ({"min_total": 2, "max_total": 1}, "when.0", "đổi lại hai số", "swap them"),
        ({"created_from": "2026-02-01", "created_to": "2026-01-01"}, "when.0", "đổi lại hai ngày", "swap them"),
        ({"tags": "A", "without_tags": ["a", "b"]}, "when.0", "bỏ một bên", "remove one"),
        ({"then": "skip", "trigger": "paid"}, "when.0", "bỏ trigger", "remove it"),
        ({"kind": "return", "trigger": "paid"}, "when.0", "bỏ trigger", "remove it"),
        ({"name": " Default "}, "when.0", "đặt tên khác", "choose another"),
        ({"name": " "}, "when.0.name", "không được để trống", "must not be empty"),
        ({"channel": []}, "when.0.channel", "ít nhất một", "at least one"),
        ({"channel": [" "]}, "when.0.channel.0", "không được để trống", "must not be empty"),
        ({"financial_status": "payed"}, "when.0.financial_status.0", "dùng: ", "use: "),
        ({"fulfillment_status": "sent"}, "when.0.fulfillment_status.0", "notfulfilled", "notfulfilled"),
        ({"kind": "refund"}, "when.0.kind.0", "phải là một trong", "must be one of"),
        ({"then": "send"}, "when.0.then", "phải là một trong", "must be one of"),
        ({"chanel": "pos"}, "when.0.chanel", "kiểm tra lại tên", "check its name"),
    ),
)
def test_mistakes(rule: Json, field: str, vi: str, en: str) -> None:
    """A rule that cannot hold, or says what has no effect, is refused with the field and the remedy."""
    problem = _problem({"when": [{**_BASE, **rule}]})
    assert problem[0] == field
    assert vi in problem[1]
    assert en in problem[2]


@pytest.mark.parametrize(
    ("document", "field", "en"),
    (
        ({"when": [_BASE, {**_BASE, "name": " MỘT "}]}, "", "rename one"),
        ({"drafts": {"mode": "above"}}, "drafts", "needs an amount"),
        ({"drafts": {"mode": "all", "above": 5}}, "drafts", "take none"),
    ),
)
def test_mistakes_between_fields(document: Json, field: str, en: str) -> None:
    """Names are unique, and an amount belongs to the mode that uses it."""
    problem = _problem(document)
    assert problem[0] == field
    assert problem[1]
    assert en in problem[2]


def _problem(document: Json) -> tuple[str, str, str]:
    with pytest.raises(ValidationError) as caught:
        Rules.model_validate(document)
    (problem,) = problems_of(caught.value)
    return problem.field, problem.vi, problem.en


def test_rules_go_to_json_and_back() -> None:
    """What was read is what is stored, whether or not it was used in between."""
    when = [{"name": "a", "channel": "pos", "branch": "7", "financial_status": "partially_paid", "then": "issue"}]
    document = rules(when=when, drafts={"mode": "above", "above": 20_000_000})
    assert rule_for(order(), document) is None
    assert Rules.model_validate_json(document.model_dump_json()) == document


def test_the_pages_example_is_valid() -> None:
    """What the how-to shows can be copied, and each of its rules can decide."""
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "rules.md").read_text(encoding="utf-8")
    example = yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0])
    setting = Rules.model_validate(example["rules"])
    assert len(setting.when) == 6
    assert shadowed(setting) == []
