"""The filters of lists, with the time-zone trap as it was measured on a live shop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import QueryParams

from sandbox.common.clock import VIETNAM, to_text
from sandbox.haravan.options import HaravanOptions

MOST_PER_PAGE = 50
_TIMES = ("created_at", "updated_at", "processed_at")
_OF_A_VARIANT = "EXISTS (SELECT 1 FROM json_each(body, '$.variants') AS one WHERE json_extract(one.value, '$.{}') = ?)"
_FULFILLED = {"shipped": ("fulfilled",), "partial": ("partial",), "unshipped": ("notfulfilled",)}
_ORDERS = {
    f"{column} {direction}": f"{column} {direction}, id {direction}"
    for column in ("created_at", "updated_at")
    for direction in ("asc", "desc")
}


class BadFilterError(ValueError):
    """A parameter of the list has a value that is not allowed."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A list's conditions as SQL."""

    where: str
    values: tuple[Any, ...]
    order_by: str
    limit: int
    offset: int


def read_bound(text: str, mode: str) -> datetime:
    """What the vendor takes a `*_at_min/max` for.

    As measured: the value is compared with shop-local time (GMT+7); a Z is ignored; a numeric offset is converted to
    UTC and the result is then taken for local time.

    Raises:
        BadFilterError: it is no time.
    """
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "+" if "T" in text else "T"))
    except ValueError as error:
        raise BadFilterError(f"{text!r} is not a valid datetime") from error
    if mode == "utc":
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment.tzinfo is not None and not text.strip().upper().endswith("Z"):
        moment = moment.astimezone(UTC)
    return moment.replace(tzinfo=VIETNAM)


def select(org_id: str, query: QueryParams, options: HaravanOptions) -> Selection:
    """Read a list's parameters.

    Raises:
        BadFilterError: one of them has a value that is not allowed.
    """
    conditions: list[tuple[str, tuple[Any, ...]]] = [("org_id = ?", (org_id,))]
    conditions += _by_time(query, options, _TIMES) + _by_state(query, options) + _by_id(query)
    return _selection(conditions, query)


def select_resources(org_id: str, kind: str, query: QueryParams, options: HaravanOptions) -> Selection:
    """Read the parameters of a list of products or customers.

    Raises:
        BadFilterError: one of them has a value that is not allowed.
    """
    conditions: list[tuple[str, tuple[Any, ...]]] = [("org_id = ?", (org_id,)), ("kind = ?", (kind,))]
    conditions += _by_time(query, options, _TIMES[:2]) + _by_id(query)
    if kind == "products":
        conditions += [
            (f"json_extract(body, '$.{name}') = ?", (query[name],))
            for name in ("vendor", "product_type", "handle")
            if query.get(name)
        ]
        conditions += [(_OF_A_VARIANT.format(name), (query[name],)) for name in ("sku", "barcode") if query.get(name)]
    return _selection(conditions, query)


def _selection(conditions: Sequence[tuple[str, tuple[Any, ...]]], query: QueryParams) -> Selection:
    limit = min(MOST_PER_PAGE, max(1, _whole(query, "limit", MOST_PER_PAGE)))
    default = "id ASC" if "since_id" in query else "created_at DESC, id DESC"
    return Selection(
        where=" AND ".join(text for text, _ in conditions),
        values=tuple(value for _, values in conditions for value in values),
        order_by=_ORDERS.get(" ".join(query.get("order", "").replace("+", " ").lower().split()), default),
        limit=limit,
        offset=(max(1, _whole(query, "page", 1)) - 1) * limit,
    )


def _by_time(query: QueryParams, options: HaravanOptions, columns: Sequence[str]) -> list[tuple[str, tuple[Any, ...]]]:
    return [
        (f"{column} {sign} ?", (to_text(read_bound(query[f"{column}_{end}"], options.filter_time)),))
        for column in columns
        for end, sign in (("min", ">="), ("max", "<="))
        if query.get(f"{column}_{end}")
    ]


def _by_state(query: QueryParams, options: HaravanOptions) -> list[tuple[str, tuple[Any, ...]]]:
    found: list[tuple[str, tuple[Any, ...]]] = []
    state = query.get("status") or options.default_status
    if state not in {"open", "closed", "cancelled", "any"}:
        raise BadFilterError(f"status {state!r} is not one of open, closed, cancelled, any")
    if state != "any":
        found.append(("state = ?", (state,)))
    if query.get("financial_status", "any") != "any":
        found.append(("replace(financial_status, '_', '') = ?", (query["financial_status"].replace("_", ""),)))
    if query.get("fulfillment_status", "any") != "any":
        wanted = _FULFILLED.get(query["fulfillment_status"], (query["fulfillment_status"],))
        found.append(("coalesce(fulfillment_status, 'notfulfilled') = ?", wanted))
    return found


def _by_id(query: QueryParams) -> list[tuple[str, tuple[Any, ...]]]:
    found: list[tuple[str, tuple[Any, ...]]] = []
    if "since_id" in query:
        found.append(("id > ?", (_whole(query, "since_id", 0),)))
    if query.get("ids"):
        ids = tuple(int(text) for text in query["ids"].split(",") if text.strip().isdecimal())
        found.append((f"id IN ({', '.join('?' * len(ids))})", ids))
    return found


def _whole(query: QueryParams, name: str, default: int) -> int:
    text = query.get(name)
    if not text:
        return default
    if not text.isdecimal():
        raise BadFilterError(f"{name} must be a whole number")
    return int(text)
