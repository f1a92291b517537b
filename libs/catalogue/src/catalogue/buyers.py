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
        """The entry for an order: of its customer or its tax code.

        One of that very tax code comes first, since it is the one that can fill in what the order lacks; of several
        that of the customer, then one without a customer.
        """
        code = tax_key(tax_code)
        ways: list[dict[str, Any]] = [] if customer_id is None else [{"customer_id": customer_id}]
        ways += [{"tax_fingerprint": {"$in": self._box.fingerprints(code)}}] if code else []
        found = await self.find({"shop": shop, "$or": ways}) if ways else []

        def distance(buyer: KnownBuyer) -> tuple[bool, bool, int]:
            of_code = bool(code) and tax_key(buyer.tax_code) == code
            of_customer = customer_id is not None and buyer.customer_id == customer_id
            return not of_code, not of_customer, buyer.customer_id or 0

        return min(found, key=distance, default=None)

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
