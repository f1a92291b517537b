"""Pure rules: what to follow, when to ask again, what to write on an order."""
