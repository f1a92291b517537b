"""Asks meInvoice for the state of what was issued and writes it back to the order."""
