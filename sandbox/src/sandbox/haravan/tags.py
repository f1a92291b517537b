"""`POST|DELETE /com/orders/{id}/tags.json` (Haravan orders documentation): add to and take from the tags."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common.control import answer
from sandbox.common.exchange import exchange_of
from sandbox.haravan.guard import guarded, refusal
from sandbox.haravan.orders import order_of
from sandbox.haravan.state import haravan_of
from sandbox.haravan.webhooks import echo

_LONGEST = 40


def split(text: str | None) -> list[str]:
    """The tags of a comma-separated text."""
    return [tag.strip() for tag in (text or "").split(",") if tag.strip()]


@guarded("com.write_orders")
async def add_tags(request: Request, org_id: str) -> Response:
    """Add tags that are not there yet; gives all of them."""
    return _change(request, org_id, lambda before, given: list(dict.fromkeys([*before, *given])))


@guarded("com.write_orders")
async def remove_tags(request: Request, org_id: str) -> Response:
    """Take tags off; the request is a DELETE with a body; gives those that are left."""
    return _change(request, org_id, lambda before, given: [tag for tag in before if tag not in given])


def _change(request: Request, org_id: str, change: Callable[[list[str], list[str]], list[str]]) -> Response:
    haravan, order = haravan_of(request), order_of(request, org_id)
    if order is None:
        return refusal(404, "Not Found")
    payload = exchange_of(request).call.payload
    text = payload.get("tags") if isinstance(payload, dict) else None
    if not isinstance(text, str):
        return refusal(400, "Required parameter missing or invalid: tags")
    given = split(text)
    if any(len(tag) > _LONGEST for tag in given):
        return refusal(422, f"A tag must not be longer than {_LONGEST} characters")
    tags = ",".join(change(split(order.get("tags")), given))
    haravan.orders.change(org_id, order, {"tags": tags})
    echo(haravan, org_id, int(order["id"]))
    return answer({"tags": tags})
