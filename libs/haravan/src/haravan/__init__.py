"""Async client of the Haravan API and its webhook signatures."""
