"""Shop files: what is read, what is refused and how the refusal reads."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from shops.models import Shop
from shops.problems import InvalidShopError
from shops.yaml_io import read_shop, shop_id_in, write_shop
from support.shops import MadeUpSecrets, example_shop, example_text, example_with

SHOP = example_shop()
EXAMPLES = ("one-company", "two-companies")


def refused(text: str, stored: Shop | None = None) -> list[str]:
    """Return the English problems of a file."""
    with pytest.raises(InvalidShopError) as caught:
        read_shop(text, environment=MadeUpSecrets(), stored=stored)
    return [problem.in_language("en") for problem in caught.value.problems]


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_valid(name: str) -> None:
    """The example files can be applied as they are."""
    shop = example_shop(name)
    assert shop.rules.start_date is not None
    assert shop_id_in(example_text(name)) == shop.shop


@pytest.mark.parametrize("name", EXAMPLES)
def test_export_masks_and_comes_back(name: str) -> None:
    """What is exported holds no secret, and applying it unchanged changes nothing."""
    shop = example_shop(name)
    exported = write_shop(shop)
    assert "made-up" not in exported
    assert read_shop(exported, environment={}, stored=shop) == shop


def test_explicit_nothing_survives_export() -> None:
    """A value set to nothing stays nothing, though its default is something."""
    shop = example_with("one-company", {"rules:\n": "rules:\n  unit_name: null\n"})
    assert shop.rules.unit_name is None
    assert read_shop(write_shop(shop), environment={}, stored=shop).rules.unit_name is None


PRINTABLE = st.one_of(st.characters(exclude_categories=("C", "Z")), st.sampled_from(" \n\t"))


@given(st.text(PRINTABLE, min_size=1, max_size=60).filter(lambda text: text.strip() and not text.startswith("env:")))
@example("null")
@example("0101243150")
@example("yes: [no]\n# x")
@example("1_000")
@example("=")
@example("<<")
def test_any_text_survives_the_file(name: str) -> None:
    """Whatever a name is, the file gives it back."""
    given_shop = SHOP.model_copy(update={"name": name.strip()})
    assert read_shop(write_shop(given_shop), environment={}, stored=given_shop) == given_shop


def test_unquoted_tax_code_is_not_an_octal_number() -> None:
    """A tax code written without quotes keeps its leading zero."""
    shop = example_with("one-company", {'"0101243150"': "0101243150"})
    assert shop.accounts[0].tax_code == "0101243150"


def test_every_fault_is_told_with_its_line() -> None:
    """All that is wrong is told at once, each with path, line and remedy."""
    text = example_text("two-companies").replace("sign_type: 5", "sign_type: 7").replace("verify_token", "verifi_token")
    assert refused(text) == [
        "haravan.verifi_token, line 13: there is no such key; check its spelling or remove it",
        "accounts[0].series[1].sign_type, line 26: must be one of: 1, 2, 3, 5 or 6",
    ]


@pytest.mark.parametrize("written", ("4", '"4"'))
def test_tickets_are_no_way_to_sign_an_order(written: str) -> None:
    """SignType 4 exists at meInvoice, for tickets without code only: refused with what to write instead."""
    text = example_text("two-companies").replace("sign_type: 5", f"sign_type: {written}")
    with pytest.raises(InvalidShopError) as caught:
        read_shop(text, environment=MadeUpSecrets())
    (problem,) = caught.value.problems
    assert (problem.where, problem.line) == ("accounts[0].series[1].sign_type", 26)
    assert problem.text.vi.startswith("4 chỉ dành cho vé không mã (ký hiệu 5K)")
    assert problem.text.en.startswith("4 is for tickets without code (series 5K)")


def test_faults_are_told_in_vietnamese() -> None:
    """A shop owner reads the same in Vietnamese."""
    text = example_text().replace("name: Cửa hàng mẫu\n", "")
    with pytest.raises(InvalidShopError) as caught:
        read_shop(text, environment=MadeUpSecrets())
    assert caught.value.in_language("vi") == "name: thiếu; hãy thêm khóa này"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    (
        (
            "account: cong-ty\n    series: 1C__TAA",
            "account: cong-ti\n    series: 1C__TAA",
            "mapping.default.account, line 29: there is no account 'cong-ti'; choose one of cong-ty",
        ),
        (
            "series: 1C__TAA",
            "series: 1C__TAB",
            (
                "mapping.default.series, line 30: account 'cong-ty' has no series 1C__TAB; choose one of 1C__TAA, "
                "or add it there"
            ),
        ),
        (
            '"0101243150"',
            '"0101243151"',
            (
                "accounts[0].tax_code, line 18: tax code '0101243151' is not valid (length or check digit); "
                "write 10 digits, 10-3 digits or 12 digits, in quotes"
            ),
        ),
        ("shop: cua-hang-mau", "shop: Cửa Hàng", "shop, line 5: shop id 'Cửa Hàng' must be an id of small letters"),
        (
            "https://testapi.meinvoice.vn/api/integration",
            "http://api.meinvoice.vn/api/integration",
            "accounts[0].base_url, line 17: must use https (http is allowed for test hosts only)",
        ),
        ("org_id: 1000114691", "org_id: abc", "haravan.org_id, line 9: must be a whole number"),
        ("sign_type: 2", "sign_type: 2\n        sign_type: 5", "line 26: this key is given twice; keep one"),
    ),
)
def test_wrong_values(old: str, new: str, expected: str) -> None:
    """Each kind of wrong value names its place and the way out."""
    text = example_text()
    assert old in text
    problems = refused(text.replace(old, new, 1))
    assert len(problems) == 1
    assert expected in problems[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        ("", "the file is empty; a shop document is needed"),
        ("- a\n- b\n", "the file must hold keys such as shop: and haravan:"),
        ("shop: [a\n", "this is not valid YAML"),
        ("shop: a\n---\nshop: b\n", "the file holds several documents"),
        ("shop: &a x\nname: *a\n", "references (*name) are not supported"),
        ("shop: !!python/object:os.system x\n", "tags (!name) are not supported"),
        ("? [a, b]\n: c\n", "a key must be plain text"),
        ("[" * 5000 + "]" * 5000, "nested too deeply"),
        ("a: " + "x" * 1_000_001, "exceeds 1 MB"),
        ("shop: \x00\n", "cannot be read"),
    ),
)
def test_unreadable_files(text: str, expected: str) -> None:
    """Whatever is given as a file, the answer is a message, never a crash."""
    assert expected in refused(text)[0]


def test_file_without_shop() -> None:
    """A file that names no shop is refused before anything is looked up."""
    with pytest.raises(InvalidShopError, match="the shop's id is missing"):
        shop_id_in("name: x\n")


def test_missing_environment_variable() -> None:
    """A secret that should come from the environment and does not is named, with its line."""
    with pytest.raises(InvalidShopError) as caught:
        read_shop(example_text(), environment={})
    first = caught.value.problems[0]
    assert first.where == "haravan.access_token"
    assert first.line is not None
    assert "SHOP_HARAVAN_TOKEN" in first.text.vi


def test_mask_without_stored_secret() -> None:
    """A mask keeps nothing when nothing is stored."""
    problems = refused(write_shop(example_shop()))
    assert len(problems) == 4
    assert "there is no stored value to keep" in problems[0]


def test_mask_of_renamed_account() -> None:
    """An account under another name is another account: its secrets must be given again."""
    shop = example_shop()
    renamed = (
        write_shop(shop)
        .replace("name: cong-ty\n", "name: cong-ty-moi\n")
        .replace("account: cong-ty\n", "account: cong-ty-moi\n")
    )
    assert [problem.partition(",")[0] for problem in refused(renamed, shop)] == [
        "accounts[0].app_id",
        "accounts[0].password",
    ]


def test_mask_does_not_follow_to_another_host() -> None:
    """A stored password is not sent to a host it was not given for."""
    shop = example_shop()
    moved = write_shop(shop).replace("testapi.meinvoice.vn", "localhost")
    assert all("the host has changed" in problem for problem in refused(moved, shop))


def test_problems_never_show_secrets() -> None:
    """A secret in the wrong place is not repeated in the message."""
    text = example_text().replace("env:SHOP_MEINVOICE_PASSWORD", "{hidden: sup3r}")
    assert "sup3r" not in " ".join(refused(text))
