"""`GET /com/locations.json` (Haravan location documentation)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.common.control import answer
from sandbox.haravan.guard import guarded
from sandbox.haravan.state import haravan_of

_FIELDS = ("address1", "province", "province_code", "district", "district_code", "ward", "ward_code", "phone", "email")


def _location(given: dict[str, Any]) -> dict[str, Any]:
    default = {"type": "default", "location_type": "default", "is_primary": False, "is_unavailable_quantity": False}
    return default | dict.fromkeys(_FIELDS) | {"country": "Vietnam", "country_code": "VN"} | given


@guarded("com.read_shop")
async def list_locations(request: Request, org_id: str) -> Response:
    """The shop's branches and warehouses."""
    shop = haravan_of(request).shops.get(org_id)
    given = (() if shop is None else shop.locations) or ({"id": 700101, "name": "Kho mặc định", "is_primary": True},)
    return answer({"locations": [_location(entry) for entry in given]})
