"""The rules of a lane as an explicit-state model: every interleaving within small budgets.

It shares no code with `lanes`.
"""
