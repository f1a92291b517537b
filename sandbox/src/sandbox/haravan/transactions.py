"""`GET /com/orders/{id}/transactions.json` (Haravan transactions documentation)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common.control import answer
from sandbox.haravan.guard import guarded, refusal
from sandbox.haravan.money import written
from sandbox.haravan.orders import order_of
from sandbox.haravan.state import haravan_of


@guarded("com.read_orders")
async def list_transactions(request: Request, org_id: str) -> Response:
    """The order's money: `kind` with a capital, `status` success, unlike inside the order."""
    order = order_of(request, org_id)
    if order is None:
        return refusal(404, "Not Found")
    rows = [_shown(entry) for entry in order.get("transactions") or []]
    return answer({"transactions": written(rows, haravan_of(request).options.current.rest_numbers)})


def _shown(entry: dict[str, Any]) -> dict[str, Any]:
    return entry | {"kind": str(entry.get("kind") or "").capitalize(), "status": entry.get("status") or "success"}
