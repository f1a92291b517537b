"""A shop's connections, mappings and rules as versioned documents."""
