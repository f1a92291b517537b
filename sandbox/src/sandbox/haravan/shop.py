"""`GET /com/shop.json` (Haravan shop documentation)."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common.control import answer
from sandbox.haravan.guard import guarded, refusal
from sandbox.haravan.state import haravan_of


@guarded("com.read_shop")
async def get_shop(request: Request, org_id: str) -> Response:
    """The shop that the token belongs to."""
    shop = haravan_of(request).shops.get(org_id)
    if shop is None:  # the guard has found it a moment ago
        return refusal(401, "Unauthorized")
    told = {
        "id": int(org_id) if org_id.isdecimal() else org_id,
        "name": shop.name,
        "domain": f"shop-{org_id}.myharavan.com",
        "myharavan_domain": f"shop-{org_id}.myharavan.com",
        "email": None,
        "phone": None,
        "currency": "VND",
        "timezone": "(GMT+07:00) Hanoi",
        "taxes_included": None,
        "tax_shipping": False,
        "inventory_method": None,
    }
    return answer({"shop": told | shop.shop})
