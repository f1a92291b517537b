"""The reference page says what the settings' models say."""

from pathlib import Path

from runtime.settings_reference import SERVICES, load, render

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "settings.md"


def test_the_page_is_current() -> None:
    """Write it again with `python -m runtime.settings_reference > docs/reference/settings.md`."""
    assert PAGE.read_text(encoding="utf-8") == render(load(SERVICES))


def test_every_setting_says_what_it_is_for() -> None:
    """No row of the page is without a text."""
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert rows
    assert not [row for row in rows if row.split("|")[3].strip() == ""]
