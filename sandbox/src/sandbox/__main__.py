"""`sandbox haravan|meinvoice|sign-service`: run one stand-in."""

import argparse
from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette

from sandbox.common.server import listen, run, set_up_logging
from sandbox.haravan.app import make_app as make_haravan_app
from sandbox.haravan.app import make_haravan
from sandbox.meinvoice.app import make_app as make_meinvoice_app
from sandbox.meinvoice.app import make_meinvoice
from sandbox.signing.app import make_app as make_signing_app
from sandbox.signing.app import make_sign_service

_APPS: dict[str, Callable[[Path], Starlette]] = {
    "haravan": lambda data_dir: make_haravan_app(make_haravan(data_dir)),
    "meinvoice": lambda data_dir: make_meinvoice_app(make_meinvoice(data_dir)),
    "sign-service": lambda data_dir: make_signing_app(make_sign_service(data_dir)),
}


def main() -> None:
    """Read the command line and serve until told to stop."""
    parser = _parser()
    arguments = parser.parse_args()
    set_up_logging()
    try:
        listening = listen(arguments.host, arguments.port)
    except OSError as error:
        parser.error(f"cannot listen on {arguments.host}:{arguments.port}: {error.strerror}; give another --port")
    run(_APPS[arguments.vendor](arguments.data_dir), listening, vendor=arguments.vendor)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sandbox", description="Stand-ins of Haravan, meInvoice and MISA's signing tool over HTTP."
    )
    parser.add_argument("vendor", choices=sorted(_APPS))
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, required=True, help="port to listen on; 0 picks a free one and logs it")
    parser.add_argument("--data-dir", type=Path, required=True, help="folder that keeps the state over restarts")
    return parser


if __name__ == "__main__":
    main()
