"""A masked secret in a file keeps the stored one, as long as it would still go to the same host."""

from typing import Any

from pydantic import SecretStr

from shops.documents import MASK, leaves, position_key
from shops.models import DEFAULT_HARAVAN_URL, Shop
from shops.problems import Path, Problem, line_of, path_text
from shops.texts import Text
from shops.urls import host_of

_NOTHING_STORED = Text(
    vi=f"ghi {MASK} nhưng chưa có giá trị nào được lưu để giữ lại; hãy ghi giá trị thật hoặc env:TÊN_BIẾN",
    en=f"says {MASK} but there is no stored value to keep; write the secret itself or env:NAME",
)
_OTHER_HOST = Text(
    vi=f"ghi {MASK} nhưng máy chủ đã đổi; hãy ghi lại giá trị thật, vì bí mật cũ không được gửi tới máy chủ khác",
    en=f"says {MASK} but the host has changed; write the secret again: a stored one is not sent to another host",
)


def keep_masked(document: dict[str, Any], stored: Shop | None, lines: dict[Path, int]) -> list[Problem]:
    """Put stored secrets in place of masks, in `document` itself; return what could not be kept."""
    kept = leaves(stored) if stored else {}
    problems: list[Problem] = []

    def visit(value: Any, path: Path, key: Path) -> Any:
        match value:
            case dict():
                return {name: visit(item, (*path, name), (*key, name)) for name, item in value.items()}
            case list():
                return [visit(item, (*path, at), (*key, position_key(path, at, item))) for at, item in enumerate(value)]
            case str() if value == MASK:
                secret = kept.get(key)
                if isinstance(secret, SecretStr) and _same_host(document, path, kept, key):
                    return secret.get_secret_value()
                text = _OTHER_HOST if isinstance(secret, SecretStr) else _NOTHING_STORED
                problems.append(Problem(path_text(path), text, line_of(path, lines)))
        return value

    document.update(visit(document, (), ()))
    return problems


def _same_host(document: dict[str, Any], path: Path, kept: dict[Path, Any], key: Path) -> bool:
    """Whether the secret would go where the stored one went: to the signing tool, or to the vendor."""
    depth = 3 if "signing" in path else 2 if path[0] == "accounts" else 1
    address = "url" if "signing" in path else "base_url"
    owner: Any = document
    for part in path[:depth]:
        owner = owner[part]
    default = DEFAULT_HARAVAN_URL if path[0] == "haravan" else ""
    given = owner.get(address) or default
    return isinstance(given, str) and host_of(given) == host_of(str(kept.get((*key[:depth], address), "")))
