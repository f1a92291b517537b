"""Merging note attributes and tags."""

from haravan.write_back import merge_note_attributes, missing_tags
from hypothesis import given
from hypothesis import strategies as st

pairs = st.lists(st.fixed_dictionaries({"name": st.sampled_from("abcdef"), "value": st.text(max_size=3)}), max_size=8)
ours = st.dictionaries(st.sampled_from("abcxyz"), st.text(max_size=3), max_size=4)


@given(pairs, ours)
def test_foreign_pairs_stay_and_ours_are_set(current: list[dict[str, str]], mine: dict[str, str]) -> None:
    """Foreign pairs keep value and order; ours are there once with our value; merging again changes nothing."""
    merged = merge_note_attributes(current, mine)
    foreign = [pair for pair in current if pair["name"] not in mine]
    assert [pair for pair in merged.attributes if pair["name"] not in mine] == foreign
    assert {pair["name"]: pair["value"] for pair in merged.attributes if pair["name"] in mine} == mine
    assert len(merged.attributes) == len(foreign) + len(mine)
    again = merge_note_attributes(merged.attributes, mine)
    assert not again.changed
    assert merged.changed == (list(merged.attributes) != current)


def test_no_list_and_odd_values() -> None:
    """A missing list counts as empty; foreign values that are no text are kept as they are."""
    assert merge_note_attributes(None, {}).changed is False
    merged = merge_note_attributes([{"name": "n", "value": 2, "more": True}], {"a": "1"})
    assert merged.attributes == ({"name": "n", "value": 2, "more": True}, {"name": "a", "value": "1"})


def test_missing_tags() -> None:
    """Tags are compared trimmed and without case; empty ones are never added."""
    assert missing_tags("VIP, Da-Xuat-Hoa-Don", ["da-xuat-hoa-don", ""]) == ()
    assert missing_tags(None, ["a"]) == ("a",)
