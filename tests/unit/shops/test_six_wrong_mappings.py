"""Six kinds of wrong mapping, each found by `hoadon config check` before an order finds it, with what to do."""

import json
from datetime import date
from pathlib import Path

import pytest
from console.cli import app
from shops.document_checks import inspect
from shops.yaml_io import read_shop
from typer.testing import CliRunner

WRONG = Path(__file__).parents[2] / "data" / "shops" / "wrong"
TODAY = date(2027, 3, 1)

FINDINGS = {
    "two-answers": (
        "mapping.assignments[1].values",
        (
            "channel 'Shopee' dẫn tới hai nơi: cong-ty-b 1C__TBB và cong-ty-a 1C__TAA; đơn như vậy bị giữ. "
            "Chỉ giữ giá trị này ở một phân bổ."
        ),
        (
            "channel 'Shopee' leads to two places: cong-ty-b 1C__TBB and cong-ty-a 1C__TAA; such orders are held. "
            "Keep this value in one assignment only."
        ),
    ),
    "never-reached": (
        "mapping.assignments[1]",
        (
            "Đơn của storefront 77001 đã đi tới cong-ty-b 1C__TBB theo channel shopee, vì channel được xét trước. "
            "Ghi mapping.dimensions với storefront đứng trước channel, hoặc xóa phân bổ này."
        ),
        (
            "Orders of storefront 77001 go to cong-ty-b 1C__TBB by channel shopee before this is looked at. "
            "Write mapping.dimensions with storefront before channel, or remove this assignment."
        ),
    ),
    "branch-by-name": (
        "mapping.assignments[0].values",
        (
            "'Chi nhánh Quận 1' không phải mã chi nhánh; đơn của Haravan mang location_id là một số, nên không đơn nào "
            "khớp. Ghi mã số của chi nhánh; `hoadon config check` (không --offline) liệt kê mã và tên."
        ),
        (
            "'Chi nhánh Quận 1' is no branch id; Haravan's orders carry location_id, a number, so that no order "
            "matches. Write the branch's number; `hoadon config check` without --offline lists numbers and names."
        ),
    ),
    "misspelt-channel": (
        "mapping.assignments[0].values",
        (
            "Haravan không ghi channel là 'tiktok'; có lẽ là 'tiktokshop'. "
            "Ghi tiktokshop, trừ khi shop thật sự có kênh tên 'tiktok'."
        ),
        (
            "Haravan does not write channel as 'tiktok'; 'tiktokshop' is probably meant. "
            "Write tiktokshop, unless the shop really has a channel of the name 'tiktok'."
        ),
    ),
    "no-default": (
        "mapping.default",
        "Không có mapping.default: đơn không khớp phân bổ nào sẽ bị giữ. Thêm mapping.default nếu không muốn vậy.",
        (
            "There is no mapping.default: orders that match no assignment are held. "
            "Add mapping.default unless this is meant."
        ),
    ),
    "forgotten-series": (
        "accounts[1].series[1]",
        "Không phân bổ nào dẫn tới 1C__MBC của cong-ty-b. Thêm vào mapping hoặc bỏ ký hiệu.",
        "No assignment leads to 1C__MBC of cong-ty-b. Add it to the mapping, or remove the series.",
    ),
}


@pytest.mark.parametrize("name", FINDINGS)
def test_the_only_finding_says_what_where_and_how_to_mend_it(name: str) -> None:
    """Nothing else is wrong with the file, so that nothing else is told."""
    shop = read_shop((WRONG / f"{name}.yaml").read_text(encoding="utf-8"), environment={})
    (found,) = inspect(shop, TODAY)
    told = (f"{found.what.vi} {found.remedy.vi}", f"{found.what.en} {found.remedy.en}")
    assert (found.where, *told) == FINDINGS[name]


@pytest.mark.parametrize("name", FINDINGS)
def test_the_command_line_tells_the_same(name: str) -> None:
    """`hoadon config check` finds it in the file, before anything is applied."""
    arguments = ["config", "check", "--offline", "--json", "--file", str(WRONG / f"{name}.yaml")]
    (told,) = json.loads(CliRunner().invoke(app, arguments).stdout)
    where, vi, en = FINDINGS[name]
    assert {
        "where": where,
        "what": {"vi": vi, "en": en},
    } in [
        {
            "where": each["where"],
            "what": {language: f"{each['what'][language]} {each['remedy'][language]}" for language in ("vi", "en")},
        }
        for each in told["findings"]
    ]


def test_every_wrong_file_is_tested() -> None:
    """A file without its message would test nothing."""
    assert {each.stem for each in WRONG.glob("*.yaml")} == set(FINDINGS)
