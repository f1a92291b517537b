"""How an invoice is signed and published (meInvoice Open API §1.6)."""

from enum import IntEnum


class SignType(IntEnum):
    """`SignType` of a publish request.

    `KEY` goes through `create_xml`, the signing tool and `publish_signed` (§5); all others through `publish` (§6).
    """

    KEY = 1
    """USB token or key file: the XML is signed by MISA's tool on the seller's computer."""
    HSM = 2
    """Signed by the vendor's HSM, signature shown. Ordinary eSign cannot do it."""
    HSM_LATER = 3
    """As 2, asynchronous: the answer may carry no number yet."""
    TICKET = 4
    """Tickets without code, signed afterwards, no signature shown."""
    CASH_REGISTER = 5
    """Cash-register invoices, signed afterwards, no signature shown."""
    CASH_REGISTER_LATER = 6
    """Cash-register invoices and tickets, asynchronous: the answer may carry no number yet."""


ASYNCHRONOUS = frozenset({SignType.HSM_LATER, SignType.CASH_REGISTER_LATER})
"""Types whose answer may say no more than that the invoice was taken: its status tells the number later."""
