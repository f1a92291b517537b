"""The rules from order to invoice, pure: decide, route, convert."""
