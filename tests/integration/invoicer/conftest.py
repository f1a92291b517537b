"""One fork server and one set of clients for the invoicers of a module."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from support.crash.place import Shared
from support.replicas import shared


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def servers(
    tmp_path_factory: pytest.TempPathFactory, kafka_bootstrap_servers: str, mongo_url: str
) -> AsyncIterator[Shared]:
    """What the worlds of a module share."""
    async with shared(kafka_bootstrap_servers, mongo_url, tmp_path_factory.mktemp("replicas")) as made:
        yield made
