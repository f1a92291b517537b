"""A stand-in of Haravan: REST for orders and the sender of webhooks."""
