"""What becomes of a buyer's data, for tests of the rules."""

from collections.abc import Sequence
from typing import Any

import pytest
from invoicing.buyer import Buyer, buyer_of
from invoicing.known_buyers import KnownBuyer
from invoicing.order import Order
from invoicing.reasons import Finding, Stopped
from invoicing.release import NOTHING, Release
from invoicing.rules import BuyerRules
from support.haravan_orders import Json, order

CONSUMER = "Bán cho người tiêu dùng"
NAME, ADDRESS, EMAIL = "Công ty TNHH Ví Dụ", "1 Phố Mẫu, Hà Nội", "ketoan@congtyvidu.vn"
CODE = "0101243150"


def buyer_on(made: Order, release: Release = NOTHING, known: KnownBuyer | None = None, **of_rules: Any) -> Buyer:
    """The buyer of an order under rules of a shop."""
    return buyer_of(made, BuyerRules.model_validate(of_rules), release, known)


def buyer_with(
    note_attributes: Sequence[Json],
    release: Release = NOTHING,
    known: KnownBuyer | None = None,
    *,
    email: str | None = None,
    **of_rules: Any,
) -> Buyer:
    """The buyer of an order that has these note attributes and this e-mail."""
    made = order(note_attributes=list(note_attributes), email=email, contact_email=email)
    return buyer_on(made, release, known, **of_rules)


def held_with(
    note_attributes: Sequence[Json], release: Release = NOTHING, known: KnownBuyer | None = None, **of_rules: Any
) -> Finding:
    """Why the order is held; its sentence has every fact it speaks of."""
    with pytest.raises(Stopped) as caught:
        buyer_with(note_attributes, release, known, **of_rules)
    finding = caught.value.finding
    text = finding.explain()
    assert "?" not in text.vi + text.en
    return finding


def is_consumer(buyer: Buyer) -> bool:
    """Whether nobody is named."""
    nothing = (buyer.legal_name, buyer.tax_code, buyer.id_number, buyer.budget_code, buyer.address)
    return (buyer.kind, buyer.full_name, nothing) == ("consumer", CONSUMER, (None,) * 5)
