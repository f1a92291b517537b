"""`invoicer`: decides which orders become invoices, and publishes them in order, once."""

import sys

from runtime.app import run_service

from invoicer.bootstrap import build
from invoicer.settings import InvoicerSettings


def main() -> None:
    """Run until SIGTERM."""
    sys.exit(run_service("invoicer", InvoicerSettings, build))


if __name__ == "__main__":
    main()
