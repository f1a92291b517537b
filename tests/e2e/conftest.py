"""One stack of whole processes for the tests of a module."""

from collections.abc import Iterator

import pytest
from support.stack import WholeStack, whole_stack


@pytest.fixture(scope="module")
def stack(
    tmp_path_factory: pytest.TempPathFactory, kafka_bootstrap_servers: str, mongo_url: str
) -> Iterator[WholeStack]:
    """Everything that `make run` starts, up and ready, for one module alone."""
    with whole_stack(tmp_path_factory.mktemp("e2e"), kafka_bootstrap_servers, mongo_url) as made:
        made.start()
        made.wait_until_ready()
        yield made
