"""Where work comes in: the subscriber and the loops."""
