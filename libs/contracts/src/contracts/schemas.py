"""JSON Schemas of every message, for teams that subscribe without our Python: `python -m contracts.schemas FOLDER`."""

import json
import sys
from pathlib import Path

from contracts.base import Message
from contracts.commands import COMMANDS
from contracts.decisions import OrderDecided
from contracts.haravan import RereadFailed, RereadRequested, SyncRequested
from contracts.results import RESULTS
from contracts.status import STATUSES

MESSAGES: tuple[type[Message], ...] = (
    RereadRequested,
    RereadFailed,
    SyncRequested,
    OrderDecided,
    *COMMANDS,
    *RESULTS,
    *STATUSES,
)
"""Every message whose data are a JSON object of ours."""


def schema(message: type[Message]) -> str:
    """The schema of a message as the text of its file."""
    document = message.model_json_schema(mode="serialization")
    document |= {"$id": message.event_type, "x-topic": message.topic.value}
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def main() -> None:
    """Write one file a message into the folder named on the command line."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for message in MESSAGES:
        (folder / f"{message.event_type}.json").write_text(schema(message), encoding="utf-8")


if __name__ == "__main__":
    main()
