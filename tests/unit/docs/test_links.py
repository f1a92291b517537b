"""Every page leads somewhere, and every page can be reached."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
_HIDDEN = frozenset({".venv", ".tools", ".hoadon", ".git", ".pytest_cache", "node_modules"})
_LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?(?P<target>[^)\s>]+)>?[^)]*\)")
_CODE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_INLINE_CODE = re.compile(r"`[^`\n]*`")
_HEADING = re.compile(r"^#{1,6} +(?P<title>.+?) *$", re.MULTILINE)
_MACHINE = re.compile(r"(?<![\w.}>/:-])(/(?:home|root|Users|work|tmp|mnt)/[\w.-]+|[A-Z]:\\\w+)")


def _pages() -> list[Path]:
    return sorted(page for page in ROOT.rglob("*.md") if not _HIDDEN.intersection(page.relative_to(ROOT).parts))


PAGES = _pages()
_NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


def _prose(page: Path) -> str:
    return _CODE.sub("", page.read_text(encoding="utf-8"))


def _links(page: Path) -> Iterator[str]:
    for found in _LINK.finditer(_INLINE_CODE.sub("code", _prose(page))):
        target = found["target"]
        if not re.match(r"[a-z][a-z0-9+.-]*:", target):
            yield target


def _anchors(page: Path) -> set[str]:
    """Anchors as GitHub makes them of headings; the second of a name gets `-1`."""
    anchors: dict[str, int] = {}
    for heading in _HEADING.finditer(_prose(page)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading["title"]).lower()
        kept = (letter for letter in plain if letter in " -_" or unicodedata.category(letter)[0] in "LNM")
        name = "".join(kept).replace(" ", "-")
        seen = anchors.get(name, 0)
        anchors[name] = seen + 1
        if seen:
            anchors[f"{name}-{seen}"] = 1
    return set(anchors)


def _target(page: Path, link: str) -> tuple[Path, str]:
    path, _, anchor = link.partition("#")
    return ((page.parent / path) if path else page).resolve(), anchor


def test_there_are_pages() -> None:
    """The search for pages finds them."""
    assert ROOT / "README.md" in PAGES
    assert len(PAGES) > 10


@pytest.mark.parametrize("page", PAGES, ids=_NAMES)
def test_every_link_leads_to_something(page: Path) -> None:
    """A relative link names a file or folder of the repository, and a heading that is there."""
    broken = []
    for link in _links(page):
        target, anchor = _target(page, link)
        missing = not target.exists() or not target.is_relative_to(ROOT)
        if missing or (anchor and (target.suffix != ".md" or anchor not in _anchors(target))):
            broken.append(link)
    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=_NAMES)
def test_no_page_names_a_path_of_a_machine(page: Path) -> None:
    """What a page says holds on every machine."""
    assert not _MACHINE.findall(page.read_text(encoding="utf-8"))


def test_every_page_under_docs_is_reached_from_the_readme() -> None:
    """Nobody has to know an address to find a page."""
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        waiting += [_target(page, link)[0] for link in _links(page)]
    lost = [page for page in PAGES if page.is_relative_to(ROOT / "docs") and page not in reached]
    assert not lost
