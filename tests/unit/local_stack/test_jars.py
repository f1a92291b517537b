"""Kafka's jars: fetched once, checked, and clear words when they can't be had."""

import hashlib
from pathlib import Path

import pytest
from local_stack.errors import StackError
from local_stack.jars import Download, Jar, JarLock, fetch, read_lock


def _content(jar: Jar) -> bytes:
    return f"bytes of {jar.artifact}".encode()


def _locked(*names: str) -> JarLock:
    jars = tuple(Jar("g", name, "1", hashlib.sha256(f"bytes of {name}".encode()).hexdigest()) for name in names)
    return JarLock(version="1", jars=jars, digest="d" * 64)


def _downloading(asked: list[str], content: bytes | None = None) -> Download:
    def download(jar: Jar, folder: Path) -> Path:
        asked.append(jar.artifact)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / jar.name
        path.write_bytes(_content(jar) if content is None else content)
        return path

    return download


def _unreachable(_jar: Jar, _folder: Path) -> Path:
    raise ConnectionError("https://user:secret@mirror.example/ is away")


def test_the_committed_lock_is_whole() -> None:
    """Every jar has coordinates and a hash, and the broker and its logging are among them."""
    lock = read_lock()
    names = {jar.name for jar in lock.jars}
    assert len(names) == len(lock.jars) == 46
    assert all(len(jar.sha256) == 64 for jar in lock.jars)
    assert {f"kafka_2.13-{lock.version}.jar", "log4j-slf4j-impl-2.24.3.jar"} <= names


def test_jars_are_fetched_once(tmp_path: Path) -> None:
    """The second start asks nobody."""
    asked: list[str] = []
    first = fetch(_locked("a", "b"), tmp_path, download=_downloading(asked))
    second = fetch(_locked("a", "b"), tmp_path, download=_downloading(asked))
    assert first == second
    assert sorted(asked) == ["a", "b"]
    assert sorted(file.name for file in first.glob("*.jar")) == ["a-1.jar", "b-1.jar"]


def test_an_interrupted_fetch_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Jars that are there with the right hash aren't fetched again; nothing half-done is taken for complete."""

    def only_a(jar: Jar, folder: Path) -> Path:
        if jar.artifact != "a":
            raise ConnectionError
        return _downloading([])(jar, folder)

    with pytest.raises(StackError):
        fetch(_locked("a", "b"), tmp_path, download=only_a)
    asked: list[str] = []
    fetch(_locked("a", "b"), tmp_path, download=_downloading(asked))
    assert asked == ["b"]


def test_a_wrong_hash_is_refused(tmp_path: Path) -> None:
    """Other bytes than the locked ones never reach Java."""
    with pytest.raises(
        StackError, match=r"a-1\.jar was fetched but isn't the locked one .* set KAFKA_BOOTSTRAP_SERVERS"
    ):
        fetch(_locked("a"), tmp_path, download=_downloading([], b"something else"))
    assert not list(tmp_path.glob("**/*.jar"))


def test_no_registry_names_every_way_out_and_no_address(tmp_path: Path) -> None:
    """Without a network the user learns what to do, and a mirror's password isn't shown."""
    with pytest.raises(StackError, match=r"HOADON_MAVEN_REPOSITORY.*KAFKA_BOOTSTRAP_SERVERS") as raised:
        fetch(_locked("a"), tmp_path, download=_unreachable)
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_cache_that_cannot_be_written_names_the_variable(tmp_path: Path) -> None:
    """The way out of a cache folder that can't be used is another one."""
    file = tmp_path / "cache"
    file.write_text("")
    with pytest.raises(StackError, match="set HOADON_CACHE"):
        fetch(_locked("a"), file, download=_unreachable)
