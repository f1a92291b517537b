"""The rules from order to invoice, pure: decide, route, convert, dress.

Nothing here reads a file, a network, a clock or a random number; whoever calls passes the date in. Money is whole
đồng as ``int`` once an order was judged, and :class:`~decimal.Decimal` where the shop's own figures are kept.
"""
