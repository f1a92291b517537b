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
from sandbox.meinvoice.download import download, voucher_paper
from sandbox.meinvoice.envelope import EnvelopeError, refuse_envelope
from sandbox.meinvoice.mail import sendemail
from sandbox.meinvoice.options import MeInvoiceOptions
from sandbox.meinvoice.publish import publish
from sandbox.meinvoice.state import PREFIX, MeInvoice
from sandbox.meinvoice.status import status
from sandbox.meinvoice.store import LATER_COLUMNS, SCHEMA
from sandbox.meinvoice.templates import list_templates
from sandbox.meinvoice.traffic import Traffic
from sandbox.meinvoice.vendor import MeInvoiceVendor
from sandbox.meinvoice.views import PATH, publishview, show, unpublishview
from sandbox.signing.certificates import Certificates

_VENDOR_ROUTES = [
    Route(f"{PREFIX}/auth/token", get_token, methods=["POST"]),
    Route(f"{PREFIX}/invoice/templates", list_templates, methods=["GET"]),
    Route(f"{PREFIX}/invoice", publish, methods=["POST"]),
    Route(f"{PREFIX}/invoice/status", status, methods=["POST"]),
    Route(f"{PREFIX}/invoice/unpublishview", unpublishview, methods=["POST"]),
    Route(f"{PREFIX}/invoice/publishview", publishview, methods=["POST"]),
    Route(f"{PREFIX}/invoice/download", download, methods=["POST"]),
    Route(f"{PREFIX}/invoice/sendemail", sendemail, methods=["POST"]),
    Route(f"{PREFIX}/invoice/voucher-paper", voucher_paper, methods=["POST"]),
    Route(f"{PATH}/{{key}}", show, methods=["GET"]),
]


def make_meinvoice(data_dir: Path, clock: MovableClock | None = None) -> MeInvoice:
    """The stand-in over the database in that folder."""
    data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(data_dir / "meinvoice.sqlite3", SCHEMA, LATER_COLUMNS)
    clock = clock or MovableClock()
    clock.offset = kept_offset(database)
    basics = Basics(database, clock, Faults(database), RequestLog(database, clock))
    basics.requests.interrupt()
    return MeInvoice(
        basics=basics,
        options=Options(MeInvoiceOptions, database),
        accounts=Accounts(database),
        certificates=Certificates(database, clock.now),
        traffic=Traffic(database, clock),
    )


def make_app(meinvoice: MeInvoice) -> Starlette:
    """The app; its routes below /api/integration are the vendor's, below /_sandbox our own."""
    basics = meinvoice.basics
    forget = meinvoice.traffic.forget_ends
    common = common_routes(basics, meinvoice.options, when_reset=forget, when_moved=forget)
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
