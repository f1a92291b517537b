"""Kafka and MongoDB that the user brings: checked to answer, never started or stopped."""

import asyncio
import re

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from local_stack.errors import StackError, one_line

_SECONDS = 8


async def kafka_answers(bootstrap_servers: str) -> bool:
    """Whether a broker answers requests now."""
    if not await _any_listens(bootstrap_servers):
        return False
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, client_id="local-stack", request_timeout_ms=3000)
    try:
        await admin.start()
        await admin.list_topics()
    except (KafkaError, OSError):
        return False
    finally:
        await admin.close()
    return True


async def _any_listens(bootstrap_servers: str) -> bool:
    """A plain connection first: the client logs an error for each that fails, no news while a server starts."""
    for server in bootstrap_servers.split(","):
        host, _, port = server.strip().rpartition(":")
        try:
            async with asyncio.timeout(2):
                _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
        except OSError:
            continue
        writer.close()
        return True
    return False


async def wait_for_kafka(bootstrap_servers: str) -> None:
    """Wait, for as long as the caller allows, until Kafka answers."""
    while True:
        if await kafka_answers(bootstrap_servers):
            return
        await asyncio.sleep(0.1)


async def check_kafka(bootstrap_servers: str, *, seconds: float = _SECONDS) -> None:
    """Make sure that the user's Kafka answers.

    Raises:
        StackError: It does not, within the time.
    """
    try:
        async with asyncio.timeout(seconds):
            await wait_for_kafka(bootstrap_servers)
    except (TimeoutError, ValueError) as error:
        raise StackError(
            f"Kafka at {bootstrap_servers} (KAFKA_BOOTSTRAP_SERVERS) does not answer: "
            "start it, correct the address, or unset the variable to use the built-in one."
        ) from error


def check_mongo(url: str, *, seconds: float = _SECONDS) -> None:
    """Make sure that the user's MongoDB answers and has transactions.

    Raises:
        StackError: It does not answer, refuses the credentials, or is no replica set.
    """
    try:
        with MongoClient[dict[str, object]](
            url, serverSelectionTimeoutMS=int(seconds * 1000), appname="local-stack"
        ) as client:
            client.admin.command("ping")
            hello = client.admin.command("hello")
    except (PyMongoError, ValueError) as error:
        reason = one_line(error).replace(url, without_password(url)).split(" (configured")[0]
        raise StackError(
            f"MongoDB at {without_password(url)} (MONGO_URL) does not answer ({reason}): "
            "start it, correct the URL, or unset the variable to use the built-in one."
        ) from error
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise StackError(
            f"MongoDB at {without_password(url)} (MONGO_URL) is no replica set, so it has no transactions: "
            "start it with --replSet and initiate it."
        )


def without_password(url: str) -> str:
    """A connection string as it may be shown."""
    return re.sub(r"//[^@/]*@", "//…@", url)
