"""Shop documents as YAML files: safe, every fault with its line, secrets from the environment or kept."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml
from pydantic import ValidationError
from typing_extensions import override

from shops.documents import document_of
from shops.masking import keep_masked
from shops.models import Shop
from shops.problems import InvalidShopError, Path, Problem, line_of, path_text, problems_of
from shops.texts import Text
from shops.yaml_nodes import load_document

_FROM_ENVIRONMENT = re.compile(r"env:(?P<name>[A-Za-z_][A-Za-z0-9_]*)")
_LOOKS_LIKE_A_NUMBER = re.compile(r"[-+]?[\d._]+|.*[*].*")
_WIDTH = 110


def read_shop(text: str, *, environment: Mapping[str, str], stored: Shop | None = None) -> Shop:
    """Read a shop from the text of its YAML file.

    A value `env:NAME` is taken from `environment`; a secret written `********` keeps the value of `stored`.

    Raises:
        InvalidShopError: with everything that is wrong, each with its line.
    """
    raw, lines = load_document(text)
    problems: list[Problem] = []
    document: dict[str, Any] = _from_environment(raw, (), lines, environment, problems)
    problems += keep_masked(document, stored, lines)
    if problems:
        raise InvalidShopError(problems)
    return _validated(document, lines)


def read_rules_of_shop(text: str, *, environment: Mapping[str, str]) -> Shop:
    """Read a shop for its rules and mapping alone: nobody is connected to, so what is not at hand is made up.

    An `env:NAME` that is not set and a secret written `********` become a stand-in.

    Raises:
        InvalidShopError: with everything else that is wrong, each with its line.
    """
    raw, lines = load_document(text)
    return _validated(_from_environment(raw, (), lines, _StandIns(environment), []), lines)


class _StandIns(dict[str, str]):
    """An environment in which every variable has a value; addresses lead to this machine."""

    def __missing__(self, name: str) -> str:
        return "http://127.0.0.1" if "URL" in name.upper() else "stand-in"

    @override
    def get(self, name: str, default: str | None = None) -> str:  # type: ignore[override]
        return self[name]


def _validated(document: dict[str, Any], lines: Mapping[Path, int]) -> Shop:
    try:
        return Shop.model_validate(document)
    except ValidationError as error:
        raise InvalidShopError(problems_of(error, lines)) from error


def shop_id_in(text: str) -> str:
    """Return the `shop` of a YAML file, to find what is stored of it before the file is read whole.

    Raises:
        InvalidShopError: when the file is not readable, or names no shop.
    """
    document, lines = load_document(text)
    shop = document.get("shop")
    if isinstance(shop, str) and shop:
        return shop
    missing = Text(
        vi="thiếu mã cửa hàng; hãy thêm dòng như shop: cua-hang-cua-toi",
        en="the shop's id is missing; add a line such as shop: my-shop",
    )
    raise InvalidShopError([Problem("shop", missing, lines.get(("shop",)))])


def write_shop(shop: Shop) -> str:
    """Write a shop as YAML that `read_shop` takes back; secrets are masked."""
    return yaml.dump(document_of(shop), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)


def _from_environment(
    value: Any, path: Path, lines: Mapping[Path, int], environment: Mapping[str, str], problems: list[Problem]
) -> Any:
    match value:
        case dict():
            return {
                key: _from_environment(item, (*path, key), lines, environment, problems) for key, item in value.items()
            }
        case list():
            return [_from_environment(item, (*path, at), lines, environment, problems) for at, item in enumerate(value)]
        case str() if found := _FROM_ENVIRONMENT.fullmatch(value):
            if given := environment.get(found["name"]):
                return given
            problems.append(Problem(path_text(path), _not_set(found["name"]), line_of(path, lines)))
    return value


def _not_set(name: str) -> Text:
    return Text(
        vi=f"biến môi trường {name} chưa có giá trị; hãy đặt nó rồi chạy lại",
        en=f"the environment variable {name} is not set; set it and run again",
    )


class _Dumper(yaml.SafeDumper):
    """Indents lists, and quotes what other YAML readers would take for a number."""

    @override
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


def _represent_text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = '"' if _LOOKS_LIKE_A_NUMBER.fullmatch(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _represent_decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:float", f"{value:f}")


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(Decimal, _represent_decimal)
