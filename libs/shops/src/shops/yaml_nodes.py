"""YAML as it stands in the file: text, lists and groups, with the line of each.

Every value stays text until the shop's model says what it is, so that a tax code `0101243150` is not taken for an
octal number, nor a rate for a float.
"""

from typing import Any

import yaml

from shops.problems import InvalidShopError, Path, Problem, path_text
from shops.texts import Text

MAX_CHARACTERS = 1_000_000
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "timestamp", "merge", "value")
)
_NULL_TAG = "tag:yaml.org,2002:null"

_TOO_BIG = Text(vi="tệp lớn hơn 1 MB; một tệp chỉ mô tả một cửa hàng", en="the file exceeds 1 MB; it holds one shop")
_TOO_DEEP = Text(vi="các nhóm lồng nhau quá sâu", en="groups are nested too deeply")
_EMPTY = Text(vi="tệp trống; cần một tệp mô tả cửa hàng", en="the file is empty; a shop document is needed")
_SEVERAL = Text(
    vi="tệp chứa nhiều tài liệu (---); mỗi cửa hàng một tệp",
    en="the file holds several documents (---); one shop a file",
)
_ALIAS = Text(
    vi="không hỗ trợ tham chiếu (*tên); hãy ghi lại giá trị",
    en="references (*name) are not supported; repeat the value",
)
_TAG = Text(
    vi="không hỗ trợ thẻ kiểu (!tên); hãy ghi giá trị thường", en="tags (!name) are not supported; write a value"
)
_KEY = Text(vi="khóa phải là chữ", en="a key must be plain text")
_TWICE = Text(vi="khóa này được ghi hai lần; giữ một", en="this key is given twice; keep one")
_NOT_A_GROUP = Text(
    vi="tệp phải gồm các khóa như shop: và haravan:", en="the file must hold keys such as shop: and haravan:"
)


def load_document(text: str) -> tuple[dict[str, Any], dict[Path, int]]:
    """Read one YAML document; return it with the line of each part, counted from 1.

    Raises:
        InvalidShopError: when it is no YAML, or uses what a shop file may not (aliases, tags, a key twice).
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidShopError([Problem("", _TOO_BIG)])
    try:
        root = _compose(text)
    except yaml.MarkedYAMLError as error:
        raise InvalidShopError([_syntax_problem(error)]) from error
    except yaml.YAMLError as error:
        unreadable = Text(vi=f"không đọc được tệp YAML ({error})", en=f"the YAML file cannot be read ({error})")
        raise InvalidShopError([Problem("", unreadable)]) from error
    except RecursionError:
        raise InvalidShopError([Problem("", _TOO_DEEP)]) from None
    reader = _Reader()
    document = reader.value(root, ())
    if reader.problems:
        raise InvalidShopError(reader.problems)
    if not isinstance(document, dict):
        raise InvalidShopError([Problem("", _NOT_A_GROUP, 1)])
    return document, reader.lines


def _compose(text: str) -> yaml.Node:
    documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise InvalidShopError([Problem("", _ALIAS, event.start_mark.line + 1 if event.start_mark else None)])
        documents += isinstance(event, yaml.DocumentStartEvent)
    if documents > 1:
        raise InvalidShopError([Problem("", _SEVERAL)])
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if root is None:
        raise InvalidShopError([Problem("", _EMPTY)])
    return root


def _syntax_problem(error: yaml.MarkedYAMLError) -> Problem:
    what = error.problem or error.context or "syntax"
    line = error.problem_mark.line + 1 if error.problem_mark else None
    return Problem("", Text(vi=f"sai cú pháp YAML ({what})", en=f"this is not valid YAML ({what})"), line)


class _Reader:
    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []

    def value(self, node: yaml.Node, path: Path) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        match node:
            case yaml.MappingNode():
                return self._group(node, path)
            case yaml.SequenceNode():
                return [self.value(item, (*path, at)) for at, item in enumerate(node.value)]
            case yaml.ScalarNode() if node.tag == _NULL_TAG:
                return None
            case yaml.ScalarNode() if node.tag in _PLAIN_TAGS:
                return str(node.value)
            case _:
                self._problem(path, _TAG, node)
                return None

    def _group(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        group: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._problem(path, _KEY, key_node)
                continue
            key = str(key_node.value)
            if key in group:
                self._problem((*path, key), _TWICE, key_node)
                continue
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            group[key] = self.value(value_node, (*path, key))
        return group

    def _problem(self, path: Path, text: Text, node: yaml.Node) -> None:
        self.problems.append(Problem(path_text(path), text, node.start_mark.line + 1))
