"""Signing by the shop's own token (sign_type 1): where its tool is, and that its PIN stays secret."""

from datetime import date

import pytest
from runtime.secrets import SecretBox
from shops.document_checks import inspect
from shops.models import Shop
from shops.problems import InvalidShopError
from shops.stored import from_stored, to_stored
from shops.yaml_io import read_shop, write_shop
from support.shops import MadeUpSecrets, example_text

SIGNING = "    signing: {url: 'http://may-ke-toan:12019', pin: '12345678'}\n"
KEY = "T4jXUYaD0Aj2pCuN4Vhm3CyM4p0nb5Vqk9vLz0lB7yQ="


def text(signing: str = SIGNING, sign_type: int = 1) -> str:
    return (
        example_text()
        .replace("sign_type: 2", f"sign_type: {sign_type}")
        .replace(
            "    company_name: Công ty TNHH Cửa Hàng Mẫu\n", f"    company_name: Công ty TNHH Cửa Hàng Mẫu\n{signing}"
        )
    )


def shop(file: str) -> Shop:
    return read_shop(file, environment=MadeUpSecrets())


def refused(file: str, stored: Shop | None = None) -> str:
    with pytest.raises(InvalidShopError) as caught:
        read_shop(file, environment=MadeUpSecrets(), stored=stored)
    return " ".join(problem.in_language("en") for problem in caught.value.problems)


def test_sign_type_1_needs_a_signing_tool() -> None:
    """A file without one is refused, and says what to add."""
    assert "needs signing with the url and pin" in refused(text(signing=""))
    signing = shop(text()).accounts[0].signing
    assert signing is not None
    assert signing.url == "http://may-ke-toan:12019"


@pytest.mark.parametrize("host", ("192.168.1.20", "10.0.0.7", "ke-toan.local", "localhost"))
def test_the_tool_may_speak_http_inside_a_network(host: str) -> None:
    """MISA's tool speaks http only; the PIN must not cross the internet that way."""
    assert shop(text(SIGNING.replace("may-ke-toan", host))).accounts[0].signing is not None


@pytest.mark.parametrize("host", ("ky-so.example.vn", "8.8.8.8"))
def test_the_tool_must_use_https_outside(host: str) -> None:
    """A name with dots or a public address asks for https."""
    assert "the PIN travels this way" in refused(text(SIGNING.replace("may-ke-toan", host)))
    outside = SIGNING.replace("http://may-ke-toan", f"https://{host}")
    assert shop(text(outside)).accounts[0].signing is not None


def test_the_pin_is_encrypted_masked_and_never_shown() -> None:
    """Stored as ciphertext, exported as a mask that keeps it, absent from every text."""
    stored = shop(text())
    box = SecretBox([KEY])
    document = to_stored(stored, box)
    assert "12345678" not in str(document)
    assert "12345678" not in repr(stored)
    assert from_stored(document, box) == stored
    exported = write_shop(stored)
    assert "12345678" not in exported
    assert read_shop(exported, environment=MadeUpSecrets(), stored=stored) == stored


def test_a_masked_pin_does_not_follow_to_another_computer() -> None:
    """The PIN goes to the signing tool: another address there wants it written again, MISA's address does not."""
    stored = shop(text())
    moved = write_shop(stored).replace("may-ke-toan", "may-khac")
    assert "accounts[0].signing.pin" in refused(moved, stored)


def test_signing_that_nothing_uses_is_told() -> None:
    """A PIN that no series needs should not lie about."""
    codes = [finding.code for finding in inspect(shop(text(sign_type=2)), date(2026, 11, 21))]
    assert "signing-unused" in codes
