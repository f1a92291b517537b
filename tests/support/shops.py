"""Shops for tests: the files of deploy/examples with made-up secrets."""

from collections import defaultdict
from pathlib import Path

from shops.models import Shop
from shops.yaml_io import read_shop
from typing_extensions import override

EXAMPLES = Path(__file__).parents[2] / "deploy" / "examples"


class MadeUpSecrets(defaultdict[str, str]):
    """An environment in which every variable is set to `made-up-` and its name."""

    @override
    def get(self, key: str, default: object = None) -> str:
        """Return the made-up value of any variable."""
        return f"made-up-{key.lower()}" if default is None else str(default)


def example_text(name: str = "one-company") -> str:
    """Return the text of an example file."""
    return (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8")


def example_shop(name: str = "one-company") -> Shop:
    """Read an example file."""
    return example_with(name, {})


def example_with(name: str, replaced: dict[str, str]) -> Shop:
    """Read an example file after replacing texts in it."""
    text = example_text(name)
    for old, new in replaced.items():
        assert old in text, old
        text = text.replace(old, new)
    return read_shop(text, environment=MadeUpSecrets())
