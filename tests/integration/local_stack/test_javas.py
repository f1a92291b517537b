"""Kafka runs on the machine's Java and on the one that comes as a Python package."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from local_stack.given import check_kafka
from local_stack.jars import fetch, read_lock
from local_stack.java import find_java, system_java
from local_stack.kafka import KafkaServer
from local_stack.layout import TOPICS_FILE, cache_folder
from local_stack.maven import from_maven_central
from local_stack.topics import provision, read_topics
from support.servers import free_ports


@pytest.mark.parametrize("choice", ("system", "bundled"))
def test_kafka_starts_with(choice: str, tmp_path: Path) -> None:
    """Storage is formatted, the broker answers, topics can be made, and it ends when asked."""
    if choice == "system" and system_java(os.environ) is None:
        pytest.skip("this machine has no Java 17 of its own")
    jars = fetch(read_lock(), cache_folder(os.environ), download=from_maven_central(os.environ))
    port = free_ports("kafka", "controller")
    java = find_java({**os.environ, "HOADON_JAVA": choice})
    server = KafkaServer(java, jars, tmp_path / "kafka", port["kafka"], port["controller"])
    server.prepare()
    with _running(server, tmp_path / "output"):
        asyncio.run(_use(server))


@contextmanager
def _running(server: KafkaServer, output: Path) -> Iterator[None]:
    with output.open("wb") as file, subprocess.Popen(server.command(), stdout=file, stderr=file) as broker:  # noqa: S603 - ours
        try:
            yield
        finally:
            broker.terminate()
            broker.wait(30)


async def _use(server: KafkaServer) -> None:
    await check_kafka(server.bootstrap_servers, seconds=60)
    await provision(server.bootstrap_servers, read_topics(TOPICS_FILE))
