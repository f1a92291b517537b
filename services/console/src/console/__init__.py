"""The command line hoadon (later also the REST API and web pages)."""
