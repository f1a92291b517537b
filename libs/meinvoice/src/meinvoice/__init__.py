"""Async client of the MISA meInvoice Open API."""
