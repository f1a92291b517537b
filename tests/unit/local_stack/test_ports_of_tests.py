"""Ports of tests: whoever asks at the same moment is given others, long before anybody listens."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.servers import free_ports


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine where no test has asked yet."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("empty_folder")
def test_whoever_asks_at_once_is_given_other_ports() -> None:
    """Workers of one run, or of several: none is given what another has been given and does not use yet."""
    with ThreadPoolExecutor(8) as pool:  # each opens and locks the file for itself, as processes do
        given = [port for ports in pool.map(lambda _: free_ports("a", "b"), range(60)) for port in ports.values()]
    assert len(set(given)) == len(given) == 120
    assert max(given) < 18400, "a local stack may choose it"


@pytest.mark.parametrize("last", ("18399", "18400", "99999", "", "nonsense"))
def test_the_counter_begins_again(empty_folder: Path, last: str) -> None:
    """At the end of the range, and when what it kept says nothing."""
    free_ports("any")
    (file,) = empty_folder.iterdir()
    file.write_text(last)
    assert all(10000 <= port < 18400 for port in free_ports("a", "b").values())
