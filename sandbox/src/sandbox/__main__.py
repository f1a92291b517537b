"""`sandbox haravan|meinvoice`: run one stand-in."""

import argparse
from pathlib import Path

from sandbox.common.server import listen, run, set_up_logging
from sandbox.haravan.app import make_app as make_haravan_app
from sandbox.haravan.app import make_haravan
from sandbox.meinvoice.app import make_app as make_meinvoice_app
from sandbox.meinvoice.app import make_meinvoice


def main() -> None:
    """Read the command line and serve until told to stop."""
    parser = _parser()
    arguments = parser.parse_args()
    set_up_logging()
    try:
        listening = listen(arguments.host, arguments.port)
    except OSError as error:
        parser.error(f"cannot listen on {arguments.host}:{arguments.port}: {error.strerror}; give another --port")
    if arguments.vendor == "haravan":
        app = make_haravan_app(make_haravan(arguments.data_dir))
    else:
        app = make_meinvoice_app(make_meinvoice(arguments.data_dir))
    run(app, listening, vendor=arguments.vendor)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sandbox", description="Stand-ins of Haravan and meInvoice over HTTP.")
    parser.add_argument("vendor", choices=["haravan", "meinvoice"])
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, required=True, help="port to listen on; 0 picks a free one and logs it")
    parser.add_argument("--data-dir", type=Path, required=True, help="folder that keeps the state over restarts")
    return parser


if __name__ == "__main__":
    main()
