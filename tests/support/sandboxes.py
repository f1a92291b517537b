"""The sandbox in a test: its apps served over HTTP on a free port, and what is sent to them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

from sandbox.common.server import listen, make_server
from starlette.applications import Starlette

Json = dict[str, Any]

DATA = Path(__file__).parent.parent / "data" / "sandbox"
TAX_CODE = "0101243150"
ACCOUNT: Json = {"app_id": "app", "username": "ke-toan", "password": "mat-khau", "templates": ["1C26TAA", "1C26MAB"]}
LOGIN: Json = {"appid": "app", "taxcode": TAX_CODE, "username": "ke-toan", "password": "mat-khau"}


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """Serve an app in the test's own event loop; gives its base URL."""
    listening = listen("127.0.0.1", 0)
    server = make_server(app)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110  # the server has a flag and no event
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        listening.close()


def _whole(text: str) -> int:
    """An amount such as 5000000.0 without its fraction, so that it is exact."""
    return int(Decimal(text))


def invoice(**fields: Any) -> Json:
    """The example of the vendor's document under a new RefID, changed by `fields`; None removes a field."""
    text = (DATA / "invoice.json").read_text()
    whole: Json = json.loads(text, parse_float=_whole) | {"RefID": str(uuid4())} | fields
    return {name: value for name, value in whole.items() if value is not None}


def order(**fields: Any) -> Json:
    """A Haravan order with two lines, a discount, shipping and a company's buyer data, changed by `fields`."""
    whole: Json = json.loads((DATA / "order.json").read_text()) | fields
    return whole


def batch(*invoices: Json, sign_type: int = 2) -> Json:
    """The body of a publish request."""
    return {"SignType": sign_type, "InvoiceData": list(invoices), "PublishInvoiceData": None}
