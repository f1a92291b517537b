"""Decides which orders become invoices, and publishes them in order, once."""
