"""The reference page of all settings, written from their own models.

`python -m runtime.settings_reference > docs/reference/settings.md` writes it for all services.
"""

import importlib
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import timedelta

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from runtime.settings import ServiceSettings, environment_name

# By name: this library must not import the services.
SERVICES: Mapping[str, str] = {
    "ingest": "ingest.settings:IngestSettings",
    "invoicer": "invoicer.settings:InvoicerSettings",
    "status-poller": "status_poller.settings:StatusPollerSettings",
    "hoadon": "console.settings:ConsoleSettings",
}

_HEAD = """\
# Settings

Every process reads its settings from the environment, once, when it starts; a wrong or missing one ends it with a line
that names the variable. Durations are in seconds (`2.5`) or ISO 8601 (`PT2.5S`).

This page is written by `python -m runtime.settings_reference` from the settings' own models.
"""


def render(services: Mapping[str, type[BaseSettings]]) -> str:
    """The page: what all services share, then what each adds."""
    parts = [_HEAD, "## All services\n", *_nested(ServiceSettings, ServiceSettings.model_fields)]
    for name, kind in services.items():
        parts += [f"## {name}\n", _about(kind), *_own(kind)]
    return "\n".join(parts)


def load(services: Mapping[str, str]) -> dict[str, type[BaseSettings]]:
    """Import the settings classes by `module:class`."""
    found = {}
    for name, place in services.items():
        module, _, attribute = place.partition(":")
        found[name] = getattr(importlib.import_module(module), attribute)
    return found


def _own(kind: type[BaseSettings]) -> Iterable[str]:
    """What a service adds: its plain settings, then its groups of them."""
    names = [name for name in kind.model_fields if name not in ServiceSettings.model_fields]
    plain = [name for name in names if _group(kind.model_fields[name]) is None]
    if plain:
        yield _table(kind, plain)
    yield from _nested(kind, names)


def _group(field: FieldInfo) -> type[BaseSettings] | None:
    part = field.annotation
    return part if isinstance(part, type) and issubclass(part, BaseSettings) else None


def _nested(kind: type[BaseSettings], names: Iterable[str]) -> Iterable[str]:
    for name in names:
        part = _group(kind.model_fields[name])
        if part is not None:
            yield f"### {part.__name__.removesuffix('Settings')}\n"
            yield _about(part)
            yield _table(part, part.model_fields)


def _about(kind: type[BaseSettings]) -> str:
    return f"{(kind.__doc__ or '').strip().splitlines()[0]}\n"


def _table(kind: type[BaseSettings], names: Iterable[str]) -> str:
    rows = [
        f"| `{environment_name(kind, name)}` | {_default(kind.model_fields[name])} | {_text(kind.model_fields[name])} |"
        for name in names
    ]
    return "\n".join(["| Variable | Default | What for |", "|---|---|---|", *rows, ""])


def _default(field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=False)
    if field.is_required() or default is PydanticUndefined:
        return "**required**"
    match default:
        case SecretStr():
            return _default_text(default.get_secret_value())
        case timedelta():
            seconds = default.total_seconds()
            return f"`{int(seconds) if seconds.is_integer() else seconds}` s"
        case frozenset() | tuple():
            return f"`{json.dumps(sorted(str(member) for member in default))}`"
        case _:
            return _default_text(default)


def _default_text(default: object) -> str:
    return "none" if default is None or default == "" else f"`{default}`"


def _text(field: FieldInfo) -> str:
    return (field.description or "").replace("|", "\\|")


def main() -> None:
    """Write the page to standard output."""
    sys.stdout.write(render(load(SERVICES)))


if __name__ == "__main__":
    main()
