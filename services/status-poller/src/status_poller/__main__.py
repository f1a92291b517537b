"""The process `status-poller`."""

import sys

from runtime.app import run_service

from status_poller.bootstrap import SERVICE, build
from status_poller.settings import StatusPollerSettings


def main() -> int:
    """Run until SIGTERM; 0 after an orderly end."""
    return run_service(SERVICE, StatusPollerSettings, build)


if __name__ == "__main__":
    sys.exit(main())
