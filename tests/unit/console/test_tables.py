"""How lists look: whole at every width."""

import pytest
from console.output import Column, Output

COLUMNS = (Column("Order", whole=True), Column("Reason"), Column("Lane", whole=True), Column("Empty"))
LANE = "sandbox:0101243150:1C__TAA"
REASON = "Goods 398000 - discounts 0 + shipping 25000 do not make the total 424000."
ROWS = (["#1001", REASON, LANE, ""], ["#1002", "", LANE, ""])


@pytest.mark.parametrize("width", (40, 80, 100, 120))
def test_nothing_is_cut_off(width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Identifiers stand whole and every word is there, however narrow the terminal; no line is wider than it."""
    monkeypatch.setenv("COLUMNS", str(width))
    Output(as_json=False).table(COLUMNS, ROWS)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    assert sum(LANE in line for line in lines) == 2
    assert all(any(word in line for line in lines) for word in REASON.split())


def test_sentences_stay_readable(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where a sentence would become a column of syllables, each row is a block of names and values."""
    monkeypatch.setenv("COLUMNS", "45")
    Output(as_json=False).table(COLUMNS, ROWS)
    shown = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["Order", "#1001"] in shown
    assert ["Lane", LANE] in shown


def test_empty_columns_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """A column without a value takes no room."""
    Output(as_json=False).table(COLUMNS, ROWS)
    assert "Empty" not in capsys.readouterr().out


def test_no_rows_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty list says so instead of showing headers alone."""
    Output(as_json=False, nothing="Nothing.").table(COLUMNS, [])
    assert capsys.readouterr().out == "Nothing.\n"
