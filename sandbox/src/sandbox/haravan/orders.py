"""`/com/orders.json`, `/count.json` and `/{id}.json` (Haravan orders documentation)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common import jsons
from sandbox.common.control import answer
from sandbox.common.exchange import exchange_of
from sandbox.haravan.filters import BadFilterError, Selection, select
from sandbox.haravan.guard import guarded, refusal
from sandbox.haravan.money import written
from sandbox.haravan.order_store import Order
from sandbox.haravan.state import Haravan, haravan_of
from sandbox.haravan.webhooks import echo

_EDITABLE = ("note", "note_attributes")


@guarded("com.read_orders")
async def list_orders(request: Request, org_id: str) -> Response:
    """One page of orders; a page shorter than `limit` is the last."""
    haravan = haravan_of(request)
    try:
        selection = select(org_id, request.query_params, haravan.options.current)
    except BadFilterError as error:
        return refusal(400, str(error))
    orders = [shown(haravan, order, request.query_params.get("fields")) for order in _find(haravan, selection)]
    return answer({"orders": orders})


@guarded("com.read_orders")
async def count_orders(request: Request, org_id: str) -> Response:
    """How many orders the same filters select."""
    haravan = haravan_of(request)
    try:
        selection = select(org_id, request.query_params, haravan.options.current)
    except BadFilterError as error:
        return refusal(400, str(error))
    count = haravan.basics.database.value(
        f"SELECT count(*) FROM orders WHERE {selection.where}",  # noqa: S608  # conditions are ours, values are bound
        selection.values,
    )
    return answer({"count": count})


def _find(haravan: Haravan, selection: Selection) -> list[Order]:
    rows = haravan.basics.database.rows(
        f"SELECT body FROM orders WHERE {selection.where} ORDER BY {selection.order_by} LIMIT ? OFFSET ?",  # noqa: S608  # conditions are ours, values are bound
        (*selection.values, selection.limit, selection.offset),
    )
    return [jsons.loads(row["body"]) for row in rows]


def shown(haravan: Haravan, order: Order, fields: str | None = None) -> Order:
    """The order as REST shows it; `fields` is a comma-separated choice."""
    if fields:
        wanted = {name.strip() for name in fields.split(",")}
        order = {name: value for name, value in order.items() if name in wanted}
    styled: Order = written(order, haravan.options.current.rest_numbers)
    return styled


def order_of(request: Request, org_id: str) -> Order | None:
    """The order that the path names."""
    return haravan_of(request).orders.get(org_id, request.path_params["order_id"])


@guarded("com.read_orders")
async def get_order(request: Request, org_id: str) -> Response:
    """One order."""
    order = order_of(request, org_id)
    if order is None:
        return refusal(404, "Not Found")
    return answer({"order": shown(haravan_of(request), order, request.query_params.get("fields"))})


@guarded("com.write_orders")
async def put_order(request: Request, org_id: str) -> Response:
    """Change note and note attributes; other fields are not editable and are ignored."""
    haravan, order = haravan_of(request), order_of(request, org_id)
    if order is None:
        return refusal(404, "Not Found")
    payload = exchange_of(request).call.payload
    given = payload.get("order") if isinstance(payload, dict) else None
    if not isinstance(given, dict):
        return refusal(400, "Required parameter missing or invalid: order")
    changes = {name: given[name] for name in _EDITABLE if name in given}
    if "note_attributes" in changes and not _are_attributes(changes["note_attributes"]):
        return refusal(422, "note_attributes must be a list of name and value")
    if "note_attributes" in changes and haravan.options.current.note_attributes == "merge":
        changes["note_attributes"] = _merged(order.get("note_attributes") or [], changes["note_attributes"] or [])
    changed = haravan.orders.change(org_id, order, changes)
    echo(haravan, org_id, int(order["id"]))
    return answer({"order": shown(haravan, changed)})


def _are_attributes(value: Any) -> bool:
    return value is None or (
        isinstance(value, list)
        and all(isinstance(entry, dict) and isinstance(entry.get("name"), str) for entry in value)
    )


def _merged(before: list[dict[str, Any]], given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_name = {entry["name"]: entry for entry in before} | {entry["name"]: entry for entry in given}
    return list(by_name.values())
