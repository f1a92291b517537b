"""Where a signed delivery goes: to its topic, to a re-read, or aside with a reason."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from contracts.haravan import Via
from contracts.topics import Topic
from hypothesis import given
from hypothesis import strategies as st
from ingest.domain.delivery import Delivery, Headers, Publish, PutAside, ReadAgain, Reason, Verdict, judge
from ingest.domain.topics import route_of

MOMENT = datetime(2026, 3, 14, 3, 7, 2, tzinfo=UTC)
REFUND = (Path(__file__).parents[2] / "data" / "haravan" / "webhooks" / "refund.json").read_bytes()
ORG = 1000114691


def judged(
    body: bytes | None,
    topic: str = "orders/updated",
    org_id: str | None = str(ORG),
    order_id: str | None = None,
    is_test: bool = False,
) -> Verdict:
    return judge(Delivery("shop", ORG, Headers(topic, org_id, order_id, is_test), MOMENT, body))


@pytest.mark.parametrize(
    ("topic", "expected"),
    (
        ("orders/create", Topic.HARAVAN_ORDERS),
        ("orders/updated", Topic.HARAVAN_ORDERS),
        ("orders/update", Topic.HARAVAN_ORDERS),
        ("orders/paid", Topic.HARAVAN_ORDERS),
        ("orders/delete", Topic.HARAVAN_ORDERS),
        ("products/deleted", Topic.HARAVAN_PRODUCTS),
        ("products/delete", Topic.HARAVAN_PRODUCTS),
        ("customers/update", Topic.HARAVAN_CUSTOMERS),
        ("inventorytransaction/create", Topic.HARAVAN_INVENTORY),
        ("inventorylocationbalances/update", Topic.HARAVAN_INVENTORY),
    ),
)
def test_every_spelling_of_a_used_topic_has_its_place(topic: str, expected: Topic) -> None:
    """Haravan's lists disagree on names; all of them are taken."""
    verdict = judged(b'{"id": 5, "updated_at": "2026-01-01"}', topic)
    assert isinstance(verdict, Publish)
    assert (verdict.topic, verdict.resource.resource_id, verdict.resource.topic) == (expected, "5", topic)
    assert (verdict.resource.version, verdict.resource.via) == ("2026-01-01", Via.WEBHOOK)


@pytest.mark.parametrize(
    "topic", ("", "orders", "orders/", "/create", "carts/update", "app/uninstalled", "ordersx/create")
)
def test_other_topics_have_none(topic: str) -> None:
    """They are recorded, not published: a customer's id must never pass for an order's."""
    assert route_of(topic) is None
    verdict = judged(b'{"id": 5}', topic)
    assert isinstance(verdict, PutAside)
    assert verdict.reason is Reason.UNKNOWN_TOPIC


@pytest.mark.parametrize("topic", ("refunds/create", "order_transactions/create"))
def test_what_belongs_to_an_order_is_keyed_by_the_order(topic: str) -> None:
    """So that everything about one order is in one place, in order."""
    verdict = judged(REFUND, topic)
    assert isinstance(verdict, Publish)
    assert (verdict.topic, verdict.resource.resource_id) == (Topic.HARAVAN_ORDERS, "500010")
    by_header = judged(b'{"id": 7}', topic, order_id="500010")
    assert isinstance(by_header, Publish)
    assert by_header.resource.resource_id == "500010"


@pytest.mark.parametrize("body", (b'{"id": 0}', b'{"id": -1}', b'{"id": true}', b'{"id": 1.5}', b'{"id": "x"}', b"{}"))
def test_an_order_without_a_usable_id_is_put_aside(body: bytes) -> None:
    """The header does not stand in for it: the body may be another resource's."""
    verdict = judged(body, order_id="9")
    assert isinstance(verdict, PutAside)
    assert (verdict.reason, verdict.resource_id) == (Reason.NO_RESOURCE_ID, "9")


@pytest.mark.parametrize("body", (b'{"data": {"id": 5}}', b'{"data": {"order": {"id": 5}}}'))
def test_a_wrapped_order_is_read_again(body: bytes) -> None:
    """An undocumented shape that was seen; the API's answer is the sure one."""
    assert judged(body) == ReadAgain(Reason.WRAPPED, "5")


def test_a_body_that_was_not_kept_is_read_again_when_the_headers_name_an_order() -> None:
    """Otherwise it is recorded."""
    assert judged(None, order_id="5") == ReadAgain(Reason.TOO_LARGE, "5")
    for verdict in (judged(None), judged(None, "products/update", order_id="5"), judged(None, "x/y", order_id="5")):
        assert isinstance(verdict, PutAside)
        assert verdict.reason is Reason.TOO_LARGE


def test_a_test_delivery_is_never_published() -> None:
    """Whatever else it says."""
    verdict = judged(b'{"id": 5}', is_test=True)
    assert isinstance(verdict, PutAside)
    assert verdict.reason is Reason.TEST_DELIVERY


@pytest.mark.parametrize(("org_id", "body"), (("999", b'{"id": 5}'), (str(ORG), b'{"id": 5, "org_id": 999}')))
def test_another_organisation_is_put_aside(org_id: str, body: bytes) -> None:
    """The worst mistake would be another company's invoice."""
    verdict = judged(body, org_id=org_id)
    assert isinstance(verdict, PutAside)
    assert verdict.reason is Reason.ORG_MISMATCH


def test_no_organisation_in_the_headers_is_believed_by_the_signature() -> None:
    """The secret is the shop's own."""
    assert isinstance(judged(b'{"id": 5, "org_id": "1000114691"}', org_id=None), Publish)


def test_deep_and_huge_json_is_put_aside() -> None:
    """What the parser refuses is recorded, never a crash."""
    for body in (b"[" * 100_000, b'{"id": ' + b"9" * 5000 + b"}", b"\xff", b""):
        verdict = judged(body)
        assert isinstance(verdict, PutAside)
        assert verdict.reason in {Reason.NOT_JSON, Reason.NO_RESOURCE_ID}


@given(st.binary(max_size=200), st.text(max_size=30), st.text(max_size=12))
def test_no_delivery_ever_raises(body: bytes, topic: str, order_id: str) -> None:
    """Whatever is signed has a verdict."""
    judged(body, topic, order_id=order_id)


@given(
    st.dictionaries(
        st.sampled_from(["id", "order_id", "org_id", "updated_at", "data"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.just("id"), inner, max_size=1),
        ),
    )
)
def test_what_is_published_has_the_bytes_it_came_with(fields: dict[str, object]) -> None:
    """And a positive whole number as its id."""
    body = json.dumps(fields).encode()
    verdict = judged(body)
    if isinstance(verdict, Publish):
        assert verdict.resource.body is body
        assert int(verdict.resource.resource_id) > 0


@pytest.mark.parametrize("updated_at", ("\ud800", "x" * 1_000_000, "hôm nay", 5))
def test_a_version_that_is_no_time_is_left_out(updated_at: object) -> None:
    """It travels as a header, which takes neither every text nor every length; the body says it still."""
    verdict = judged(json.dumps({"id": 5, "updated_at": updated_at}).encode())
    assert isinstance(verdict, Publish)
    assert verdict.resource.version == ""
    assert all(value.encode() for value in verdict.resource.to_event(source="/test").headers().values())
