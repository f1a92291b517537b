"""Kafka, MongoDB and the services as local processes: make run, make up and the tests."""
