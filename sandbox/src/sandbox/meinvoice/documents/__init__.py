"""Invoices as documents: XML, PDF, HTML."""
