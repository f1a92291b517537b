"""Kafka, MongoDB and meInvoice behind the ports."""
