"""Secrets are readable with any present key and written with the first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from runtime.secrets import SecretBox, SecretKeyError, UndecryptableError, generate_key

OLD, NEW = generate_key(), generate_key()


@given(st.text())
def test_what_goes_in_comes_out(text: str) -> None:
    """Any text survives."""
    box = SecretBox([OLD])
    assert box.decrypt(box.encrypt(text)) == text


def test_keys_rotate_without_downtime() -> None:
    """With the new key first, old secrets are read; rotated ones no longer need the old key."""
    written = SecretBox([OLD]).encrypt("token")
    both = SecretBox([NEW, OLD])
    assert both.decrypt(written) == "token"
    assert SecretBox([NEW]).decrypt(both.rotate(written)) == "token"


def test_a_secret_of_a_missing_key_says_so() -> None:
    """The message names the variable to mend."""
    with pytest.raises(UndecryptableError, match="HOADON_SECRET_KEYS"):
        SecretBox([NEW]).decrypt(SecretBox([OLD]).encrypt("token"))


@pytest.mark.parametrize("keys", ([], ["rubbish"], [NEW, "rubbish"]))
def test_bad_keys_are_refused_without_being_shown(keys: list[str]) -> None:
    """The message names the variable and never the key."""
    with pytest.raises(SecretKeyError, match="HOADON_SECRET_KEYS") as caught:
        SecretBox(keys)
    assert "rubbish" not in str(caught.value)
