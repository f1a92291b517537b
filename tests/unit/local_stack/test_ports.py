"""Ports: given, remembered or free."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_stack import ports
from local_stack.errors import StackError

FIRST = 21000


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that something listens on."""
    with socket.socket() as server:
        server.bind((ports.HOST, 0))
        server.listen()
        yield server.getsockname()[1]


def test_free_ports_are_all_different() -> None:
    """Every process gets a port of its own."""
    chosen = ports.choose(["a", "b", "c"], given={}, remembered={}, first=FIRST)
    assert len(set(chosen.values())) == 3


def test_a_remembered_port_is_kept() -> None:
    """Addresses stay the same between two runs."""
    before = ports.choose(["a"], given={}, remembered={}, first=FIRST + 500)
    assert ports.choose(["a"], given={}, remembered=before, first=FIRST) == before


def test_a_remembered_port_that_is_taken_is_replaced(taken: int) -> None:
    """Something else on last run's port doesn't stop this one."""
    assert ports.choose(["a"], given={}, remembered={"a": taken}, first=FIRST)["a"] != taken


def test_a_port_remembered_for_another_process_is_not_handed_out() -> None:
    """A process that doesn't run this time finds its port again next time."""
    free = ports.choose(["a"], given={}, remembered={}, first=FIRST)["a"]
    assert ports.choose(["a"], given={}, remembered={"b": free}, first=FIRST)["a"] != free


def test_a_given_port_that_is_taken_names_it_and_the_remedy(taken: int) -> None:
    """The user's own port is never silently replaced."""
    with pytest.raises(StackError, match=f"Port {taken}, given for ingest, is taken: stop .* or give another port"):
        ports.choose(["ingest"], given={"ingest": taken}, remembered={}, first=FIRST)


def test_a_port_given_twice_is_refused() -> None:
    """Two processes can't share a port."""
    port = ports.choose(["a"], given={}, remembered={}, first=FIRST)["a"]
    with pytest.raises(StackError, match="given to two processes"):
        ports.choose(["a", "b"], given={"a": port, "b": port}, remembered={}, first=FIRST)


@pytest.mark.parametrize("content", ("", "[]", '{"a": "x"}', '{"a": 99999}', "{"))
def test_an_unreadable_memory_is_no_memory(tmp_path: Path, content: str) -> None:
    """A file cut short by a crash doesn't stop the next start."""
    file = tmp_path / "ports.json"
    file.write_text(content)
    assert ports.load(file) == {}


def test_saving_keeps_what_did_not_run(tmp_path: Path) -> None:
    """`make up` doesn't forget the ports of `make run`'s sandbox."""
    file = tmp_path / "ports.json"
    ports.save(file, {"haravan": 1234})
    ports.save(file, {"ingest": 2345})
    assert ports.load(file) == {"haravan": 1234, "ingest": 2345}


def test_folders_start_all_over_the_range() -> None:
    """Two checkouts started at the same moment hardly ever race for the same ports; one always starts at its own."""
    folders = [Path(f"/home/an/hoadon-{number}") for number in range(100)]
    firsts = [ports.first_for(folder) for folder in folders]
    assert len(set(firsts)) > 90
    assert firsts == [ports.first_for(folder) for folder in folders]
