#!/usr/bin/env python3
"""Writes the generated parts of the pages under docs/reference from the code: `make docs`.

A part stands between `<!-- generated: KIND ARGUMENT -->` and `<!-- end -->`; everything else in a page is hand-written.
"""

import datetime as dt
import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import typer
import yaml
from contracts.topics import Topic
from invoicing.reason_texts import TEXTS
from invoicing.reasons import Reason
from meinvoice.models.correction_texts import TEXTS as ORIGINAL_TEXTS
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "reference"
_PART = re.compile(r"(<!-- generated: (?P<kind>\S+)(?: (?P<argument>[^>]+?))? -->\n).*?(<!-- end -->)", re.DOTALL)

_NAMES: Mapping[Any, str] = {
    str: "text",
    int: "whole number",
    bool: "`true` or `false`",
    SecretStr: "secret",
    Decimal: "decimal, as text",
    dt.date: "date",
    dt.datetime: "time, ISO 8601 with zone",
    type(None): "`null`",
}
ORIGINAL = "original-"
"""How codes begin that speak of a correction's original (`invoicer.domain.results`)."""
REASONS: Mapping[str, Sequence[Reason]] = {
    "planned": (Reason.TRIGGERED, Reason.PART_TRIGGERED, Reason.RELEASED),
    "waiting": (
        Reason.NO_START_DATE, Reason.NOT_PAID, Reason.NOT_FULFILLED, Reason.NOT_DELIVERED, Reason.NOT_CONFIRMED,
        Reason.PART_NOT_DELIVERED, Reason.MANUAL, Reason.REREAD, Reason.ROUTE_VALUE_UNKNOWN,
    ),
    "skipped": (
        Reason.CANCELLED, Reason.TEST_ORDER, Reason.BOTH_BEFORE_START, Reason.NOTHING_KEPT, Reason.ZERO_TOTAL_SKIPPED,
        Reason.RULE_SKIPPED, Reason.ALL_PARTS_INVOICED,
    ),
    "claimed": (Reason.CONTENT_UNREADABLE, Reason.SERIES_MISMATCH, Reason.RATE_EXPIRED),
    "corrections": (
        Reason.NOT_ISSUED_YET, Reason.ADJUSTMENT_NOT_CORRECTED, Reason.CASH_REGISTER_ONLY_REPLACED,
        Reason.REPLACEMENT_REPLACED_AGAIN, Reason.CORRECTION_OF_OTHER_KIND, Reason.CORRECTION_UNDER_WAY,
        Reason.REPLACED_ALREADY, Reason.CORRECTION_WITHOUT_NOTE, Reason.CORRECTION_INCOMPLETE,
        Reason.CORRECTION_DOES_NOT_TIE, Reason.REPLACEMENT_NEGATIVE, Reason.RETURN_NOT_NEGATIVE,
    ),
}  # fmt: skip
"""Which outcome a reason belongs to, or what it refuses; every other one holds the order."""


def fill(text: str) -> str:
    """A page with its generated parts written anew."""
    return _PART.sub(lambda part: f"{part[1]}\n{_render(part['kind'], part['argument'])}\n\n{part[4]}", text)


def _render(kind: str, argument: str | None) -> str:
    return PARTS[kind](*([argument] if argument else []))


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def model(place: str) -> str:
    """The fields of a pydantic model of the shop file, `module:class`."""
    kind = _load(place)
    rows = [
        [f"`{name}`", type_text(field.annotation), _default(field), _text(field)]
        for name, field in kind.model_fields.items()
    ]
    return table(["Field", "Type", "Default", "Meaning"], rows)


def message(place: str) -> str:
    """The members of an event, `module:class`."""
    kind = _load(place)
    rows = [[f"`{name}`", type_text(field.annotation), _text(field)] for name, field in kind.model_fields.items()]
    head = f"`{kind.event_type}` on `{kind.topic.value}`. {' '.join((kind.__doc__ or '').split())}"
    links = (
        f"[schema](../../libs/contracts/schemas/{kind.event_type}.json) · "
        f"[sample](../../tests/data/contracts/{kind.event_type}.json)"
    )
    return f"{head}\n\n{links}\n\n{table(['Member', 'Type', 'Meaning'], rows)}"


def type_text(annotation: Any) -> str:
    """A type as a reader of the page calls it."""
    arguments = get_args(annotation)
    match get_origin(annotation):
        case None:
            return _NAMES.get(annotation) or _class_text(annotation)
        case origin if origin in (Annotated, tuple):
            inner = type_text(arguments[0])
            return inner if origin is Annotated else f"list of {inner}"
        case origin if origin is Literal:
            return " or ".join(f"`{value}`" for value in arguments)
        case origin if origin is dict:
            return " → ".join(type_text(each) for each in arguments)
        case _:  # a union
            return " or ".join(type_text(each) for each in arguments)


def _class_text(kind: type[Any]) -> str:
    if issubclass(kind, Enum):
        return " or ".join(f"`{member.value}`" for member in kind)
    if issubclass(kind, BaseModel):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    raise TypeError(f"there is no word for {kind!r} yet: add it to docs/generate.py")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    default = field.get_default(call_default_factory=True, validated_data={})
    match default:
        case None | () | {} | "":
            return "none"
        case BaseModel():
            return "its own defaults"
        case bool():
            return f"`{str(default).lower()}`"
        case tuple():
            return ", ".join(f"`{each}`" for each in default)
        case _:
            return f"`{default}`"


def _text(field: FieldInfo) -> str:
    return " ".join((field.description or "").split())


def reasons(outcome: str) -> str:
    """The reasons of one outcome, with both texts."""
    placed = {reason for group in REASONS.values() for reason in group}
    chosen = REASONS.get(outcome) or [reason for reason in Reason if reason not in placed]
    rows = [[f"`{reason}`", *TEXTS[reason.value]] for reason in chosen]
    return table(["Code", "Tiếng Việt", "English"], rows)


def originals() -> str:
    """Why a correction is refused by what meInvoice says of its original, with both texts."""
    rows = [[f"`{ORIGINAL}{refusal}`", *ORIGINAL_TEXTS[refusal]] for refusal in ORIGINAL_TEXTS]
    return table(["Code", "Tiếng Việt", "English"], rows)


def topics() -> str:
    """Every topic as it is declared."""
    declared = yaml.safe_load_all((ROOT / "deploy/k8s/base/kafka/topics.yaml").read_text(encoding="utf-8"))
    specs = {document["metadata"]["name"]: document["spec"] for document in declared if document}
    rows = [[f"`{topic}`", *_declared(specs[topic.value])] for topic in Topic]
    return table(["Topic", "Partitions", "Kept for", "Largest record"], rows)


def _declared(spec: Mapping[str, Any]) -> list[str]:
    days = dt.timedelta(milliseconds=spec["config"]["retention.ms"]).days
    largest = spec["config"].get("max.message.bytes")
    return [str(spec["partitions"]), f"{days} days", f"{largest // 2**20} MiB" if largest else "the broker's limit"]


def commands() -> str:
    """Every command of `hoadon` with its arguments and options."""
    from console.cli import app  # noqa: PLC0415  (only this part needs it)

    return "\n\n".join(_command(path, each) for path, each in _walk(["hoadon"], typer.main.get_command(app)))


def _walk(path: list[str], command: Any) -> Iterator[tuple[list[str], Any]]:
    children = getattr(command, "commands", None)
    if not children:
        yield path, command
        return
    for name, child in children.items():
        yield from _walk([*path, name], child)


def _command(path: list[str], command: Any) -> str:
    shown = [each for each in command.params if each.name != "help"]
    usage = " ".join([*path, *(_argument(each) for each in shown if each.param_type_name == "argument")])
    about = " ".join((command.help or "").split())
    rows = [[_option(each), _option_default(each), each.help or ""] for each in shown]
    options = f"\n\n{table(['Option', 'Default', 'Meaning'], rows)}" if rows else ""
    return f"### `{usage}`\n\n{about}{options}"


def _argument(parameter: Any) -> str:
    name = str(parameter.name).upper() + (" …" if parameter.nargs == -1 else "")
    return name if parameter.required else f"[{name}]"


def _option(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{_argument(parameter)}`"
    value = "" if parameter.is_flag else f" {_value(parameter.type_descriptor.annotation)}"
    again = ", may be repeated" if parameter.multiple else ""
    return f"`{'`, `'.join(parameter.opts)}{value}`{again}"


def _value(annotation: Any) -> str:
    kinds = [each for each in (get_args(annotation) or (annotation,)) if each is not type(None)]
    kind = get_args(kinds[0])[0] if get_args(kinds[0]) else kinds[0]
    if issubclass(kind, Enum):
        return "|".join(str(member.value) for member in kind)
    return {int: "NUMBER", Path: "FILE", dt.datetime: "YYYY-MM-DD"}.get(kind, "TEXT")


def _option_default(parameter: Any) -> str:
    if parameter.required:
        return "**required**"
    if getattr(parameter, "is_flag", False):
        return "off"
    return "none" if parameter.default is None or callable(parameter.default) else f"`{parameter.default}`"


def targets() -> str:
    """What `make help` lists."""
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    found = [re.match(r"(?P<name>[a-z-]+):.*## (?P<about>.*)", line) for line in lines]
    return table(["Target", "What it does"], [[f"`make {each['name']}`", each["about"]] for each in found if each])


def metrics() -> str:
    """Every metric with its kind and labels."""
    from runtime import metrics as defined  # noqa: PLC0415  (registers them)

    groups: list[tuple[str, Mapping[Any, Any]]] = [
        ("counter", defined._COUNTERS),  # noqa: SLF001  (the one definition)
        ("gauge", defined._GAUGES),  # noqa: SLF001  (the same)
        ("histogram", defined._HISTOGRAMS),  # noqa: SLF001  (the same)
    ]
    rows = [
        [f"`{name}`", kind, ", ".join(f"`{label}`" for label in each.labels) or "none", each.help]
        for kind, group in groups
        for name, each in group.items()
    ]
    return table(["Metric", "Kind", "Labels", "What"], rows)


PARTS: Mapping[str, Callable[..., str]] = {
    "model": model, "message": message, "reasons": reasons, "topics": topics, "commands": commands,
    "targets": targets, "metrics": metrics, "originals": originals,
}  # fmt: skip


def _load(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def main() -> None:
    """Write every page that has generated parts."""
    for page in sorted(PAGES.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        page.write_text(fill(text), encoding="utf-8")


if __name__ == "__main__":
    main()
