"""By what an entry of the book of buyers is known."""

from invoicing.known_buyers import KnownBuyer
from invoicing.tax_codes import read_tax_code


def buyer_key(buyer: KnownBuyer) -> str:
    """The customer, or without one the tax code."""
    return f"customer:{buyer.customer_id}" if buyer.customer_id is not None else f"tax:{tax_key(buyer.tax_code)}"


def tax_key(code: str) -> str:
    """A tax code as it is compared, however it was typed."""
    return read_tax_code(code).text or "".join(code.split()).upper()
