"""Fixtures for every test: the run's real Kafka and MongoDB, and names that no other test uses."""

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import structlog
from hypothesis import settings
from local_stack.layout import TOPICS_FILE
from local_stack.topics import provision, read_topics
from pymongo import MongoClient
from support import servers

# How long an example takes says something about the machine and who else works on it, nothing about the code.
# Examples are the same in every run, so that what fails has been broken by a change; a soak draws new ones.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("soak", deadline=None, print_blob=True)
settings.load_profile("soak" if os.environ.get("HYPOTHESIS_SOAK") else "repeatable")


def pytest_configure(config: pytest.Config) -> None:
    """Remember in the run's first process, before any worker starts, what the workers share."""
    # structlog's own default draws tracebacks with every local variable, which takes seconds each.
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])
    if not hasattr(config, "workerinput"):
        servers.begin_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop in the run's first process what its tests have started."""
    if not hasattr(config, "workerinput"):
        servers.end_run()


@pytest.fixture(scope="session")
def kafka_bootstrap_servers() -> str:
    """A real Kafka, the same for the whole run; topics are not created by themselves."""
    return servers.kafka_bootstrap_servers()


@pytest.fixture(scope="session")
def mongo_url() -> str:
    """A real MongoDB with authentication and transactions, the same for the whole run."""
    return servers.mongo_url()


@pytest.fixture
def mongo_database(mongo_url: str) -> Iterator[str]:
    """The name of a database that only this test uses; it is dropped afterwards."""
    name = f"test_{uuid4().hex}"
    yield name
    with MongoClient[dict[str, object]](mongo_url) as client:
        client.drop_database(name)


@pytest.fixture
def topic_prefix(kafka_bootstrap_servers: str) -> str:
    """A prefix under which all declared topics exist for this test alone."""
    prefix = f"test-{uuid4().hex}."
    with ThreadPoolExecutor(1) as pool:  # a thread of its own: the test's event loop is not ours to run
        pool.submit(asyncio.run, provision(kafka_bootstrap_servers, read_topics(TOPICS_FILE), prefix=prefix)).result()
    return prefix
