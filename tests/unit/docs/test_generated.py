"""The reference pages say what the code says."""

import runpy
from collections.abc import Iterable
from pathlib import Path

import pytest
from ingest.application.reread import Reason as RereadReason
from ingest.domain.delivery import Reason as DeliveryReason
from ingest.entrypoints.rereads import EXHAUSTED
from invoicer.adapters.key_signing import SIGN_REFUSED, SIGN_UNAVAILABLE, SIGNING
from invoicer.adapters.meinvoice_publisher import BROKEN_LIMIT, NEXT_REQUEST
from invoicer.adapters.originals import UNANSWERED, UNCLEAR
from invoicing.reasons import Reason
from lanes.ports import Count
from lanes.recording import TRY_AGAIN_LIMIT, UNKNOWN_OUTCOME
from orders.attention import _TEXTS as ATTENTION
from runtime.kafka.handling import UNEXPECTED

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "reference"
GENERATOR = runpy.run_path(str(ROOT / "docs" / "generate.py"))


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_a_page_is_current(page: Path) -> None:
    """Write it again with `make docs`."""
    text = page.read_text(encoding="utf-8")
    assert text == GENERATOR["fill"](text)


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_every_generated_part_ends(page: Path) -> None:
    """A part without its end would never be written again."""
    text = page.read_text(encoding="utf-8")
    assert text.count("<!-- generated: ") == text.count("<!-- end -->")


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_no_row_lacks_its_meaning(page: Path) -> None:
    """What a table lists, it explains."""
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert not [row for row in rows if row.endswith("|  |")]


def test_each_reason_belongs_to_one_outcome() -> None:
    """The groups of the page leave none out and repeat none."""
    grouped = [reason for group in GENERATOR["REASONS"].values() for reason in group]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) < set(Reason)


@pytest.mark.parametrize(
    "codes",
    (
        DeliveryReason,
        RereadReason,
        ATTENTION,
        Reason,
        (EXHAUSTED, UNEXPECTED, TRY_AGAIN_LIMIT, UNKNOWN_OUTCOME),
        ("UNREADABLE_EVENT", "UNREADABLE_COMMAND", "UNREADABLE_ORDER", "UNKNOWN_SHOP", "SHOP_UNREADABLE"),
        ("UNREADABLE_PRODUCT", "UNREADABLE_CUSTOMER"),
        (BROKEN_LIMIT, NEXT_REQUEST, UNCLEAR, UNANSWERED, SIGN_REFUSED, SIGN_UNAVAILABLE, SIGNING),
        ("EnvironmentMismatch", "AccountNotConfigured", "SeriesNotConfigured", "ShopUnreadable"),
    ),
    ids=(
        *("deliveries", "re-reads", "attention", "decisions", "lanes and failures", "records", "catalogue", "sending"),
        "accounts",
    ),
)
def test_every_code_is_explained(codes: Iterable[str]) -> None:
    """Whoever sees a code finds it on the page of reasons."""
    page = (PAGES / "reasons.md").read_text(encoding="utf-8")
    assert not [code for code in codes if f"`{code}`" not in page]


def test_every_kind_of_lane_event_is_listed() -> None:
    """The page of metrics names each value of the label."""
    page = (PAGES / "http.md").read_text(encoding="utf-8")
    assert not [count for count in Count if f"`{count.value}`" not in page]
