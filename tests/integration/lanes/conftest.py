"""A world of lanes for each test."""

from collections.abc import AsyncIterator

import pytest
from support.lanes_world import World, connect


@pytest.fixture
async def world(mongo_url: str, mongo_database: str) -> AsyncIterator[World]:
    """Lanes on a database of their own."""
    client = connect(mongo_url)
    made = World(client[mongo_database])
    await made.store.ensure_indexes()
    yield made
    await made.close()
    client.close()
