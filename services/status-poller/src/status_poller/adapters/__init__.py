"""MongoDB, meInvoice, Haravan and Kafka behind the ports."""
