"""The checks that meInvoice makes of an invoice's content, each a pure function that raises RefusedError."""
