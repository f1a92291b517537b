"""`GET /com/orders/{id}/refunds.json` (Haravan refunds documentation)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common.control import answer
from sandbox.haravan.guard import guarded, refusal
from sandbox.haravan.money import written
from sandbox.haravan.orders import order_of
from sandbox.haravan.state import haravan_of


@guarded("com.read_orders")
async def list_refunds(request: Request, org_id: str) -> Response:
    """The order's refunds; the status of their money is in Vietnamese."""
    order = order_of(request, org_id)
    if order is None:
        return refusal(404, "Not Found")
    rows = [_shown(entry) for entry in order.get("refunds") or []]
    return answer({"refunds": written(rows, haravan_of(request).options.current.rest_numbers)})


def _shown(refund: dict[str, Any]) -> dict[str, Any]:
    money = [entry | {"status": entry.get("status") or "Thành công"} for entry in refund.get("transactions") or []]
    return refund | {"transactions": money}
