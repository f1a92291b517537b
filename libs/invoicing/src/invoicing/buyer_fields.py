"""The buyer in the vendor's words (meInvoice Open API §13.3)."""

from invoicing.printed_buyer import Buyer


def buyer_fields(buyer: Buyer) -> dict[str, str | None]:
    """Every field that names the buyer or says where his invoice is sent; none where there is nothing to say."""
    return {
        "BuyerLegalName": buyer.legal_name,
        "BuyerTaxCode": buyer.tax_code,
        "BuyerAddress": buyer.address,
        "BuyerFullName": buyer.full_name,
        "BuyerEmail": buyer.emails[0] if buyer.emails and buyer.print_email else None,
        "BuyerIDNumber": buyer.id_number,
        "BuyerBudgetCode": buyer.budget_code,
        "ReceiverEmail": ";".join(buyer.emails) or None,
    }
