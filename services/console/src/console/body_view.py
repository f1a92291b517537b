"""An invoice's body in the vendor's words, as people read it."""

from collections.abc import Mapping
from typing import Any

from console.output import Column, money
from console.session import Session


def buyer_facts(session: Session, body: Mapping[str, Any]) -> dict[str, str]:
    """Who is printed as the buyer."""
    return {
        session.word("buyer"): str(body.get("BuyerLegalName") or body.get("BuyerFullName") or ""),
        session.word("buyer-tax-code"): str(body.get("BuyerTaxCode") or ""),
        session.word("buyer-address"): str(body.get("BuyerAddress") or ""),
    }


def total_facts(session: Session, body: Mapping[str, Any]) -> dict[str, str]:
    """What it comes to."""
    return {
        session.word("net"): money(body.get("TotalAmountWithoutVAT")),
        session.word("vat"): money(body.get("TotalVATAmount")),
        session.word("total"): money(body.get("TotalAmount")),
        "": str(body.get("TotalAmountInWords") or ""),
    }


def day(text: object) -> str:
    """Write an invoice's date, `2026-11-21`, as people in Vietnam read it."""
    return "/".join(reversed(str(text)[:10].split("-"))) if text else ""


def print_lines(session: Session, body: Mapping[str, Any]) -> None:
    """Print the lines as a table."""
    names = ("item", "quantity", "price", "discount", "rate", "vat", "amount")
    columns = [Column(session.word(name), whole=name != "item", right=name != "item") for name in names]
    lines = body.get("OriginalInvoiceDetail") or ()
    session.out.table(columns, [_line(line) for line in lines])


def _line(line: Mapping[str, Any]) -> list[str]:
    return [
        str(line.get("ItemName") or ""),
        money(line.get("Quantity")),
        money(line.get("UnitPrice")),
        money(line.get("DiscountAmount")),
        str(line.get("VATRateName") or ""),
        money(line.get("VATAmount")),
        money(line.get("Amount")),
    ]
