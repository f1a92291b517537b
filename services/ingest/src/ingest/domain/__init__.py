"""What a delivery is and where it belongs; pure."""
