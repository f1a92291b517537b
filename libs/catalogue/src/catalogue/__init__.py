"""A shop's goods and buyers: Haravan's facts in step with its webhooks, the accountant's own beside them."""
