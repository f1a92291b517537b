"""A database for the catalogue."""

from collections.abc import AsyncIterator

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from runtime.mongo import Database, Document
from runtime.secrets import SecretBox, generate_key


@pytest.fixture
async def database(mongo_url: str, mongo_database: str) -> AsyncIterator[Database]:
    """Give an empty database."""
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(mongo_url, tz_aware=True, w="majority")
    yield client[mongo_database]
    client.close()


@pytest.fixture
def box() -> SecretBox:
    """Give a box with one key."""
    return SecretBox([generate_key()])
