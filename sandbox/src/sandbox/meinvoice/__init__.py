"""A stand-in of MISA meInvoice's Open API for outgoing invoices."""
