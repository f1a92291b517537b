"""HTTP routes and the Kafka handler."""
