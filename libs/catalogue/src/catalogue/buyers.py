"""The book of buyers: customers who take company invoices, as the accountant entered them. Encrypted at rest."""

from collections.abc import Mapping
from typing import Any

import simplejson
from invoicing.known_buyers import KnownBuyer
from runtime.mongo import Database
from runtime.secrets import SecretBox

from catalogue.buyer_keys import buyer_key, tax_key
from catalogue.ledger import Ledger, Shape

COLLECTION = "catalogue_buyers"
_SEALED = ("name", "tax_code", "address", "emails", "always_company")


class BuyerBook(Ledger[KnownBuyer]):
    """Reads and edits buyers. What they are called and where they live is in nobody's log."""

    def __init__(self, database: Database, box: SecretBox) -> None:
        """Use the collection `catalogue_buyers` of this database; `box` seals who they are."""
        self._box = box
        found_by = ("customer_id", "tax_fingerprint")
        super().__init__(database, Shape(COLLECTION, buyer_key, self._sealed, self._opened, found_by))

    async def known_buyer(self, shop: str, *, customer_id: int | None = None, tax_code: str = "") -> KnownBuyer | None:
        """The entry of a customer; failing that of a tax code, where one without a customer comes first."""
        ways: list[dict[str, Any]] = [] if customer_id is None else [{"customer_id": customer_id}]
        code = tax_key(tax_code)
        if code:
            ways.append({"tax_fingerprint": {"$in": self._box.fingerprints(code)}})
        found = await self.find({"shop": shop, "$or": ways}) if ways else []
        of_customer = [each for each in found if customer_id is not None and each.customer_id == customer_id]
        return next(iter(of_customer or sorted(found, key=lambda each: each.customer_id or 0)), None)

    def _sealed(self, buyer: KnownBuyer) -> dict[str, Any]:
        who = simplejson.dumps({name: getattr(buyer, name) for name in _SEALED}, ensure_ascii=False)
        code = tax_key(buyer.tax_code)
        return {
            "customer_id": buyer.customer_id,
            "tax_fingerprint": self._box.fingerprints(code)[0] if code else None,
            "sealed": self._box.encrypt(who),
        }

    def _opened(self, document: Mapping[str, Any]) -> KnownBuyer:
        who = simplejson.loads(self._box.decrypt(document["sealed"]))
        return KnownBuyer(customer_id=document["customer_id"], **who | {"emails": tuple(who["emails"])})
