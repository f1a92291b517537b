"""Events and commands between the services: versioned models, topic names and keys."""
