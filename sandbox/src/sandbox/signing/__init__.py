"""Signatures over an invoice's XML, and a stand-in of MISA's signing tool (Open API §5.2)."""
