"""A store of follow-ups in a database of its own."""

from collections.abc import AsyncIterator

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from runtime.mongo import Document
from status_poller.adapters.mongo import MongoFollowUps
from support.poller_world import World


@pytest.fixture
async def follow_ups(mongo_url: str, mongo_database: str) -> AsyncIterator[MongoFollowUps]:
    """The store, with its indexes."""
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(mongo_url, tz_aware=True)
    store = MongoFollowUps(client[mongo_database])
    await store.ensure_indexes()
    yield store
    client.close()


@pytest.fixture
def world(follow_ups: MongoFollowUps) -> World:
    """A fresh world."""
    return World(follow_ups)
