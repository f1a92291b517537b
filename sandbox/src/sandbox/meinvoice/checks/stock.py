"""What a delivery note (phiếu xuất kho, series that begin with 6) must say of the two sides (Open API §13.3, §14)."""

from sandbox.meinvoice.checks.numbers import Fields
from sandbox.meinvoice.checks.refusal import RefusedError

_NOTE = "6"
_SIDES = ("StockOut", "StockIn")


def check_stock(invoice: Fields) -> None:
    """A side with a tax code needs name and address: `StockInTaxCode_NotInfo_{kind}_{missing}`, StockOut alike."""
    if not str(invoice.get("InvSeries") or "").startswith(_NOTE):
        return
    for side in _SIDES:
        for name in (f"{side}LegalName", f"{side}Address"):
            if invoice.get(f"{side}TaxCode") and not str(invoice.get(name) or "").strip():
                raise RefusedError(f"{side}TaxCode_NotInfo_{_NOTE}_{name}", f"Có mã số thuế nhưng thiếu {name}")
