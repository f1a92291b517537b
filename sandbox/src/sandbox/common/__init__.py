"""What both stand-ins share: storage, faults, the clock, JSON with exact decimals, the server."""
