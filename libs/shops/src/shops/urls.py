"""Base URLs, and which host belongs to which environment."""

from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from shops.base import refusal
from shops.texts import Text

PRODUCTION_HOSTS = frozenset({"api.meinvoice.vn"})
"""Hosts on which an invoice is a legal one (meInvoice Open API §1.2)."""

SANDBOX_HOSTS = frozenset({"testapi.meinvoice.vn", "localhost", "127.0.0.1", "::1"})
"""Hosts on which nothing is legal: MISA's test host and this machine."""

SANDBOX_SUFFIXES = (".local", ".localhost", ".test", ".internal", ".svc")
"""Endings that no public host has (RFC 6761, RFC 6762, ICANN's `.internal`, Kubernetes services)."""


class Environment(StrEnum):
    """Whether invoices of an account are legal ones."""

    SANDBOX = "sandbox"
    PRODUCTION = "production"


def environment_of(base_url: str) -> Environment | None:
    """Tell which environment the host of `base_url` belongs to; None when neither list knows it."""
    host = host_of(base_url)
    if host in PRODUCTION_HOSTS:
        return Environment.PRODUCTION
    # A name without a dot is a container's or a machine's own; no public host has one.
    if host in SANDBOX_HOSTS or host.endswith(SANDBOX_SUFFIXES) or (host and "." not in host and ":" not in host):
        return Environment.SANDBOX
    return None


def host_of(base_url: str) -> str:
    """Return the lower-case host of a URL, without its port."""
    return (urlsplit(base_url).hostname or "").rstrip(".")


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        raise refusal(
            Text(
                vi="không phải địa chỉ http(s); hãy ghi dạng https://máy-chủ/đường-dẫn",
                en="is not an http(s) address; write https://host/path",
            )
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise refusal(
            Text(
                vi="không được chứa tài khoản, tham số (?) hay neo (#); chỉ ghi https://máy-chủ/đường-dẫn",
                en="must not hold a user, a query (?) or a fragment (#); write https://host/path only",
            )
        )
    return value.rstrip("/")


def _base_url(value: str) -> str:
    address = _address(value)
    if urlsplit(address).scheme == "http" and environment_of(address) is not Environment.SANDBOX:
        raise refusal(
            Text(
                vi="phải dùng https (http chỉ được phép với máy thử nghiệm)",
                en="must use https (http is allowed for test hosts only)",
            )
        )
    return address


def _signing_url(value: str) -> str:
    address = _address(value)
    if urlsplit(address).scheme == "http" and not _is_near(host_of(address)):
        raise refusal(
            Text(
                vi="phải là máy trong mạng nội bộ (tên máy, 10.x, 172.16-31.x, 192.168.x), hoặc dùng https: mã PIN đi "
                "qua đường này",
                en="must be a computer of the own network (a plain name, 10.x, 172.16-31.x, 192.168.x), or use https: "
                "the PIN travels this way",
            )
        )
    return address


def _is_near(host: str) -> bool:
    """Whether plain http to this host stays inside the shop's own network."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host == "localhost" or host.endswith(SANDBOX_SUFFIXES)


BaseUrl = Annotated[str, AfterValidator(_base_url)]
"""An http(s) address without a trailing slash; https outside of test hosts."""

SigningUrl = Annotated[str, AfterValidator(_signing_url)]
"""As `BaseUrl`, of MISA's signing tool: it speaks http only (Open API §5.2), which is allowed inside a network."""
