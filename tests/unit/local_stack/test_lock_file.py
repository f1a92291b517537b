"""requirements.lock fits what the members ask for, and names no registry; checked without any network."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[3]
MEMBERS = sorted(
    file
    for pattern in (
        "pyproject.toml",
        "libs/*/pyproject.toml",
        "services/*/pyproject.toml",
        "sandbox/pyproject.toml",
        "deploy/local/pyproject.toml",
    )
    for file in ROOT.glob(pattern)
)
OWN = {canonicalize_name(tomllib.loads(file.read_text())["project"]["name"]) for file in MEMBERS}


def _locked() -> dict[str, str]:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    found = (re.match(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", line) for line in lines)
    return {canonicalize_name(match.group(1)): match.group(2) for match in found if match}


def _wanted(file: Path) -> list[str]:
    content = tomllib.loads(file.read_text())
    groups = content.get("dependency-groups", {}).values()
    return [*content["project"].get("dependencies", []), *(each for group in groups for each in group)]


@pytest.mark.parametrize("file", tuple(MEMBERS), ids=lambda file: str(file.parent.relative_to(ROOT)))
def test_every_dependency_is_locked(file: Path) -> None:
    """A dependency added without `make lock` is found here, not on the next machine."""
    locked = _locked()
    for text in _wanted(file):
        requirement = Requirement(text)
        name = canonicalize_name(requirement.name)
        if name not in OWN:
            assert name in locked, f"{text}: run make lock"
            assert requirement.specifier.contains(locked[name], prereleases=True), f"{text}: run make lock"


@pytest.mark.parametrize("name", ("requirements.lock", "requirements-bootstrap.txt"))
def test_no_registry_is_named(name: str) -> None:
    """The same file serves every network; where packages come from is each machine's own setting."""
    content = (ROOT / name).read_text()
    assert "://" not in content
    assert "--index" not in content
    assert content.count("==") <= content.count("--hash=sha256:")
