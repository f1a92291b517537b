"""What is known of an order: its newest state, decision and invoices."""
