"""Ordered publishing, once: stage, claim, call, record, announce."""
