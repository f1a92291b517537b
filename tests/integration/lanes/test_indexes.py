"""What the sweeps ask every second is answered from an index."""

from typing import Any

import pytest
from lanes.mongo import leases
from lanes.mongo.announcements import UNANNOUNCED
from lanes.mongo.reading import MAY_BE_ALIVE
from support.lanes_world import World


def stages(plan: dict[str, Any]) -> set[str]:
    """The names of a plan's stages."""
    inner = [plan["inputStage"]] if "inputStage" in plan else plan.get("inputStages", [])
    return {plan["stage"]}.union(*map(stages, inner))


@pytest.mark.parametrize(
    ("collection", "where", "order"),
    (
        ("lanes", UNANNOUNCED, {}),
        ("lane_accounts", UNANNOUNCED, {}),
        ("lanes", leases.due_lanes(1.0), {"wake_at": 1}),
        ("intents", {"watch_at": {"$type": "date"}, "$expr": {"$lte": ["$watch_at", "$$NOW"]}}, {"watch_at": 1}),
        ("intents", {"unannounced": True, "$expr": {"$lte": ["$changed_at", "$$NOW"]}}, {"changed_at": 1}),
        ("intents", {"state": {"$in": ["rejected"]}}, {"staged_at": -1, "_id": 1}),
        ("intents", {"lane": "x", "state": "staged"}, {"position.generation": 1, "position.offset": 1}),
        (
            "intents",
            {"lane": "x", "state": "staged", **MAY_BE_ALIVE},
            {"position.generation": 1, "position.offset": 1},
        ),
    ),
)
async def test_no_sweep_reads_a_whole_collection(
    world: World, collection: str, where: dict[str, Any], order: dict[str, int]
) -> None:
    """Trap: a partial index is not used unless the question repeats its condition: millions are read each second."""
    await world.stage("a")
    find = {"find": collection, "filter": where, "sort": order}
    plan = await world.database.command({"explain": find, "verbosity": "queryPlanner"})
    used = stages(plan["queryPlanner"]["winningPlan"])
    assert "IXSCAN" in used
    assert not used & {"COLLSCAN", "SORT"}
