"""The generated part of the page about the model: one row for each rule."""

from collections.abc import Iterator

from lanes_model.properties import Property
from lanes_model.rules import Rule
from lanes_model.stories import STORIES

BEGIN, END = "<!-- generated: make docs -->\n", "<!-- end -->"


def filled(page: str) -> str:
    """The page with its generated part written anew."""
    head, rest = page.split(BEGIN, 1)
    _, tail = rest.split(END, 1)
    rows = "\n".join(_lines())
    return f"{head}{BEGIN}\n{rows}\n{END}{tail}"


def _lines() -> Iterator[str]:
    for wanted in Property:
        rules = [rule for rule in Rule if rule.protects is wanted]
        yield f"### {wanted.value}"
        yield ""
        yield "| rule | without it |"
        yield "| --- | --- |"
        for rule in rules:
            yield f"| `{rule.name}` {rule.sentence} | {STORIES[rule]} |"
        yield ""
