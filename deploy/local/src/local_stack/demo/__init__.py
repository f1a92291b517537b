"""The demo: three made-up shops, two hundred made-up orders, and the proof that each ended as it should."""
