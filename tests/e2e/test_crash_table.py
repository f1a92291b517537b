"""The reduced crash table: every step without a fault, and every fault after an answer that nobody has recorded."""

from pathlib import Path

import pytest
from support.crash.plan import sample_cells
from support.crash.report import lines
from support.crash.table import play, shared_parts


@pytest.mark.timeout(300)
async def test_the_reduced_crash_table_holds(tmp_path: Path, kafka_bootstrap_servers: str, mongo_url: str) -> None:
    """Trap: crash at any step, timeout, takeover, any fault: one invoice each, in order, everybody told."""
    async with shared_parts(kafka_bootstrap_servers, mongo_url, tmp_path) as shared:
        results = await play(sample_cells(), shared)
    failed = [result for result in results if not result.ok]
    assert not failed, "\n".join(lines(failed))
