"""The meInvoice stand-in as an ASGI app."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from sandbox.common.clock import MovableClock
from sandbox.common.control import BadRequestError, Basics, common_routes, refuse
from sandbox.common.database import Database
from sandbox.common.exchange import ExchangeMiddleware
from sandbox.common.faults import Faults
from sandbox.common.options import Options, kept_offset
from sandbox.common.requests import RequestLog
from sandbox.meinvoice import control
from sandbox.meinvoice.accounts import Accounts
from sandbox.meinvoice.auth import get_token
from sandbox.meinvoice.envelope import EnvelopeError, refuse_envelope
from sandbox.meinvoice.numbering import Numbering
from sandbox.meinvoice.options import MeInvoiceOptions
from sandbox.meinvoice.publish import publish
from sandbox.meinvoice.state import PREFIX, MeInvoice, MeInvoiceVendor
from sandbox.meinvoice.status import status
from sandbox.meinvoice.store import SCHEMA
from sandbox.meinvoice.templates import list_templates
from sandbox.meinvoice.traffic import Traffic

_VENDOR_ROUTES = [
    Route(f"{PREFIX}/auth/token", get_token, methods=["POST"]),
    Route(f"{PREFIX}/invoice/templates", list_templates, methods=["GET"]),
    Route(f"{PREFIX}/invoice", publish, methods=["POST"]),
    Route(f"{PREFIX}/invoice/status", status, methods=["POST"]),
]


def make_meinvoice(data_dir: Path, clock: MovableClock | None = None) -> MeInvoice:
    """The stand-in over the database in that folder."""
    data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(data_dir / "meinvoice.sqlite3", SCHEMA)
    clock = clock or MovableClock()
    clock.offset = kept_offset(database)
    basics = Basics(database, clock, Faults(database), RequestLog(database, clock))
    basics.requests.interrupt()
    return MeInvoice(
        basics=basics,
        options=Options(MeInvoiceOptions, database),
        accounts=Accounts(database),
        numbering=Numbering(database),
        traffic=Traffic(database, clock),
    )


def make_app(meinvoice: MeInvoice) -> Starlette:
    """The app; its routes below /api/integration are the vendor's, below /_sandbox our own."""
    basics = meinvoice.basics
    common = common_routes(
        basics, meinvoice.options, when_reset=meinvoice.traffic.clear, when_moved=meinvoice.traffic.clear
    )
    app = Starlette(
        routes=[*_VENDOR_ROUTES, *control.ROUTES, *common],
        middleware=[
            Middleware(
                ExchangeMiddleware,
                vendor=MeInvoiceVendor(meinvoice),
                faults=basics.faults,
                requests=basics.requests,
                clock=basics.clock,
                latency_seconds=lambda: meinvoice.options.current.latency_seconds,
            )
        ],
        exception_handlers={EnvelopeError: refuse_envelope, BadRequestError: refuse},
    )
    app.state.meinvoice = meinvoice
    return app
