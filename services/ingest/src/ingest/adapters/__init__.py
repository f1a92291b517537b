"""Ports made of Kafka, MongoDB and Haravan's API."""
