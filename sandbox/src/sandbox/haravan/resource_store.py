"""Products and customers as they are kept: whole JSON documents with the columns that lists filter by."""

from typing import Any, Literal

from sandbox.common import jsons
from sandbox.common.clock import Clock, to_text
from sandbox.common.database import Database
from sandbox.haravan.order_store import read_time, write_time

Kind = Literal["products", "customers"]
Resource = dict[str, Any]

_PRODUCT: Resource = {
    "title": "", "handle": None, "body_html": None, "body_plain": None, "vendor": "", "product_type": "", "tags": None,
    "published_at": None, "published_scope": "global", "template_suffix": None, "images": [], "options": [],
    "variants": [], "only_hide_from_list": False, "not_allow_promotion": False,
}  # fmt: skip
_VARIANT: Resource = {
    "title": "Default Title", "sku": None, "barcode": None, "price": 0, "compare_at_price": 0, "grams": 0,
    "option1": "Default Title", "option2": None, "option3": None, "taxable": True, "requires_shipping": True,
    "inventory_management": None, "inventory_policy": "deny", "inventory_quantity": 0, "inventory_advance": None,
    "image_id": None,
}  # fmt: skip
_CUSTOMER: Resource = {
    "email": None, "phone": None, "first_name": None, "last_name": None, "state": "disabled", "note": None,
    "tags": None, "orders_count": 0, "total_spent": 0, "total_paid": 0, "birthday": None, "gender": None,
    "group_name": None, "accepts_marketing": False, "verified_email": False, "last_order_id": None,
    "last_order_name": None, "last_order_date": None, "addresses": [], "default_address": None,
}  # fmt: skip


class ResourceStore:
    """Products and customers by shop, kind and id."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def put(self, org_id: str, kind: Kind, resource_id: int, given: Resource) -> Resource:
        """Store a resource whole; documented fields that are absent get their usual values, `updated_at` becomes now.

        Raises:
            ValueError: one of its times is no time, or a variant has no id.
        """
        now = write_time(self._clock.now())
        times = {name: given.get(name) or now for name in ("created_at", "updated_at")}
        whole = (_PRODUCT if kind == "products" else _CUSTOMER) | given | {"id": resource_id} | times
        if kind == "products":
            whole["variants"] = [
                _variant(resource_id, place, each, times) for place, each in enumerate(whole["variants"] or [], 1)
            ]
        stamps = [to_text(read_time(each)) for each in times.values()]
        self._database.execute(
            "INSERT OR REPLACE INTO resources VALUES (?, ?, ?, ?, ?, ?)",
            (org_id, kind, resource_id, *stamps, jsons.dumps(whole)),
        )
        return whole

    def get(self, org_id: str, kind: Kind, resource_id: int) -> Resource | None:
        """The resource, or None."""
        key = (org_id, kind, resource_id)
        body = self._database.value("SELECT body FROM resources WHERE org_id = ? AND kind = ? AND id = ?", key)
        return None if body is None else dict(jsons.loads(body))

    def delete(self, org_id: str, kind: Kind, resource_id: int) -> bool:
        """Delete a resource; False when there was none."""
        key = (org_id, kind, resource_id)
        return self._database.execute("DELETE FROM resources WHERE org_id = ? AND kind = ? AND id = ?", key) > 0

    def all_of(self, org_id: str, kind: Kind) -> list[Resource]:
        """All resources of a kind by id."""
        rows = self._database.rows(
            "SELECT body FROM resources WHERE org_id = ? AND kind = ? ORDER BY id", (org_id, kind)
        )
        return [jsons.loads(row["body"]) for row in rows]

    def variant(self, org_id: str, variant_id: int) -> Resource | None:
        """A variant of any product, or None."""
        body = self._database.value(
            "SELECT variant.value FROM resources, json_each(resources.body, '$.variants') AS variant "
            "WHERE org_id = ? AND kind = 'products' AND json_extract(variant.value, '$.id') = ?",
            (org_id, variant_id),
        )
        return None if body is None else dict(jsons.loads(body))


def _variant(product_id: int, place: int, given: Resource, times: Resource) -> Resource:
    if not isinstance(given.get("id"), int):
        raise ValueError("variants: each needs a numeric id")  # noqa: TRY004  (told as a bad value, like times)
    return _VARIANT | {"position": place} | times | given | {"product_id": product_id}
