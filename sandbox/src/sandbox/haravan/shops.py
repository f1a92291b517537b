"""Shops of the stand-in: token and scopes, what shop.json and locations.json say, webhook entries."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from sandbox.common import jsons
from sandbox.common.database import Database

ORDER_TOPICS = (
    *("orders/create", "orders/updated", "orders/paid", "orders/cancelled", "orders/fulfilled", "orders/delete"),
    *("refunds/create", "order_transactions/create"),
)

CATALOGUE_TOPICS = (
    *("products/create", "products/update", "products/deleted"),
    *("customers/create", "customers/update", "customers/delete", "customers/enable", "customers/disable"),
)


class Webhook(BaseModel):
    """Where and how events are sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    secret: SecretStr
    """The app's client secret, or the shop's own webhook secret for a private webhook."""
    kind: Literal["app", "private"] = "private"
    topics: tuple[str, ...] = (*ORDER_TOPICS, *CATALOGUE_TOPICS)
    verify_token: SecretStr | None = None
    """App webhooks: with it the `hub.*` handshake is made first, and a failing one leaves the entry inactive."""


class Shop(BaseModel):
    """One shop with one access token."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    access_token: SecretStr
    scopes: tuple[str, ...] = (
        *("com.read_orders", "com.write_orders", "com.read_products", "com.read_customers", "com.read_shop", "wh_api"),
    )
    name: str = "Demo"
    shop: dict[str, Any] = Field(default_factory=dict)
    """Fields of shop.json that shall differ from the default."""
    locations: tuple[dict[str, Any], ...] = ()
    webhooks: Annotated[tuple[Webhook, ...], Field(max_length=20)] = ()


def reveal(shop: Shop) -> dict[str, Any]:
    """The shop with its secrets, for the database."""
    told = shop.model_dump(mode="json")
    told["access_token"] = shop.access_token.get_secret_value()
    for entry, webhook in zip(told["webhooks"], shop.webhooks, strict=True):
        entry["secret"] = webhook.secret.get_secret_value()
        entry["verify_token"] = None if webhook.verify_token is None else webhook.verify_token.get_secret_value()
    return told


class Shops:
    """The shops by org id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, org_id: str, shop: Shop) -> None:
        """Add or replace a shop; its orders, products and customers stay."""
        self._database.execute(
            "INSERT OR REPLACE INTO shops VALUES (?, ?, ?)",
            (org_id, shop.access_token.get_secret_value(), jsons.dumps(reveal(shop))),
        )

    def get(self, org_id: str) -> Shop | None:
        """The shop, or None."""
        body = self._database.value("SELECT body FROM shops WHERE org_id = ?", (org_id,))
        return None if body is None else Shop.model_validate(jsons.loads(body))

    def of_token(self, token: str | None) -> str | None:
        """The org id of the shop whose token that is."""
        found: str | None = self._database.value("SELECT org_id FROM shops WHERE access_token = ?", (token,))
        return found
