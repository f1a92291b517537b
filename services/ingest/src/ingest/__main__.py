"""`ingest`: every way in from Haravan."""

import sys

from runtime.app import run_service

from ingest.bootstrap import build
from ingest.settings import IngestSettings


def main() -> None:
    """Run until SIGTERM."""
    sys.exit(run_service("ingest", IngestSettings, build))


if __name__ == "__main__":
    main()
