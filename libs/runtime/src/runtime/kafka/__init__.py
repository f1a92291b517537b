"""Kafka for a service: a connection, a publisher that insists on keys, subscriptions that lose nothing."""

from runtime.kafka.connection import Kafka
from runtime.kafka.era_store import MongoEras
from runtime.kafka.publishing import KafkaUnavailableError, Publisher, RecordRefusedError
from runtime.kafka.records import Ack, BatchHandler, DeadLetter, Outcome, Record, RecordHandler, RetryInPlace

__all__ = [
    "Ack",
    "BatchHandler",
    "DeadLetter",
    "Kafka",
    "KafkaUnavailableError",
    "MongoEras",
    "Outcome",
    "Publisher",
    "Record",
    "RecordHandler",
    "RecordRefusedError",
    "RetryInPlace",
]
