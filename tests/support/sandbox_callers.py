"""What a test of the sandbox does with it: calls of both vendors and of the control API, webhooks taken."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from support.sandboxes import ACCOUNT, LOGIN, TAX_CODE, Json, batch, invoice

API = "/api/integration"
ORG_ID, ORDER_ID, TOKEN, SECRET = "1000114691", 1701234567, "token-of-the-shop", "s3cr3t-demo"


@dataclass
class MeInvoiceCaller:
    """What a test does with meInvoice."""

    http: httpx.AsyncClient
    token: str = ""
    tax_code: str = TAX_CODE

    async def log_in(self, **login: str) -> None:
        """Get a token for the test's company, or for another one from now on."""
        asked = LOGIN | login
        self.token = (await self.http.post(f"{API}/auth/token", json=asked)).json()["Data"]
        self.tax_code = asked["taxcode"]

    async def post(self, path: str, body: object) -> httpx.Response:
        """Call with the token, as the company it belongs to."""
        headers = {"Authorization": f"Bearer {self.token}", "CompanyTaxCode": self.tax_code}
        return await self.http.post(f"{API}{path}", json=body, headers=headers)

    async def publish(self, *invoices: Json, sign_type: int = 2) -> list[Json]:
        """Publish and read the elements."""
        answer = (await self.post("/invoice", batch(*invoices, sign_type=sign_type))).json()
        assert answer["success"] is True
        elements: list[Json] = json.loads(answer["publishInvoiceResult"])
        return elements

    async def status(self, *ids: str, with_code: bool = True, register: bool = False) -> list[Json]:
        """Look up by RefID."""
        flags = f"invoiceWithCode={str(with_code).lower()}&invoiceCalcu={str(register).lower()}"
        answer = await self.post(f"/invoice/status?{flags}&inputType=2", ids)
        rows: list[Json] = json.loads(answer.json()["data"])
        return rows

    async def create(self, *invoices: Json) -> list[Json]:
        """Have the XML of invoices made (SignType 1) and read the elements."""
        answer = (await self.post("/invoice", batch(*invoices, sign_type=1))).json()
        assert answer["success"] is True
        elements: list[Json] = json.loads(answer["createInvoiceResult"])
        return elements

    async def publish_signed(self, *entries: Json) -> list[Json]:
        """Publish signed XML (SignType 1) and read the elements."""
        answer = (await self.post("/invoice", signed_batch(*entries))).json()
        assert answer["success"] is True
        elements: list[Json] = json.loads(answer["publishInvoiceResult"])
        return elements

    async def issue(self, **fields: object) -> Json:
        """Issue one invoice of the series 1C26TAA; gives its element."""
        element = (await self.publish(invoice(**fields)))[0]
        assert element["ErrorCode"] is None, element
        return element

    async def download(
        self, *ids: str, kind: str = "xml", with_code: bool = True, register: bool = False
    ) -> list[Json]:
        """Download and read the elements."""
        flags = f"invoiceWithCode={str(with_code).lower()}&invoiceCalcu={str(register).lower()}"
        answer = await self.post(f"/invoice/download?{flags}&downloadDataType={kind}", ids)
        elements: list[Json] = json.loads(answer.json()["data"])
        return elements

    async def move_clock(self, seconds: float) -> None:
        """Set the clock ahead of the machine's."""
        await self.control("PUT", "clock", {"offset_seconds": seconds})

    async def set_time(self, moment: datetime) -> None:
        """Set the clock to this moment, whatever the machine's; tokens of a later time stay valid."""
        await self.move_clock((moment - datetime.now(UTC)).total_seconds())

    async def options(self, **changes: object) -> None:
        """Change behaviour."""
        await self.control("PUT", "options", changes)

    async def account(self, **fields: object) -> None:
        """Put the test's company again, with other fields."""
        await self.control("PUT", f"accounts/{TAX_CODE}", ACCOUNT | fields)

    async def control(self, method: str, path: str, body: object = None) -> Json:
        """Use the control API."""
        answer = await self.http.request(method, f"/_sandbox/{path}", json=body)
        assert answer.status_code < 300, answer.text
        told: Json = answer.json()
        return told

    async def faults(self, *rules: Json) -> None:
        """Put faults in force."""
        await self.control("PUT", "faults", {"rules": rules})


@dataclass
class SignToolCaller:
    """What a test does with the signing tool."""

    http: httpx.AsyncClient

    async def post(self, body: object, key: str = "491CB943-E466-4D25-B0A9-7042594F59F2") -> httpx.Response:
        """Call the tool."""
        return await self.http.post("/api/SignXML", json=body, headers={"MisaTokenKey": key})

    async def sign(self, xml: str, pin: str = "12345678") -> Json:
        """Sign and read the answer."""
        told: Json = (await self.post({"PinCode": pin, "XmlContent": xml})).json()
        return told

    async def signed(self, created: Json) -> Json:
        """The PublishInvoiceData of a created invoice."""
        told = await self.sign(created["InvoiceData"])
        assert told["Status"] == 200, told
        names = ("RefID", "TransactionID", "InvSeries")
        return {name: created[name] for name in names} | {"InvoiceData": told["PayLoad"]}

    async def options(self, **changes: object) -> None:
        """Change behaviour."""
        answer = await self.http.put("/_sandbox/options", json=changes)
        assert answer.status_code == 200, answer.text


def signed_batch(*entries: Json) -> Json:
    """The body of SignType 1's publish request."""
    return {"SignType": 1, "InvoiceData": None, "PublishInvoiceData": list(entries)}


@dataclass
class Receiver:
    """Takes webhooks and answers as told: statuses in turn, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    always: int = 200
    delay: float = 0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    verify_token: str = "verify"

    async def take(self, request: Request) -> Response:
        """One delivery."""
        self.got.append((dict(request.headers), await request.body()))
        await asyncio.sleep(self.delay)
        status = self.statuses.pop(0) if self.statuses else self.always
        return Response(status_code=status, headers={"Location": "/"} if 300 <= status < 400 else None)

    async def shake(self, request: Request) -> Response:
        """The handshake."""
        if request.query_params.get("hub.verify_token") != self.verify_token:
            return Response(status_code=401)
        return PlainTextResponse(request.query_params["hub.challenge"])

    def bodies(self) -> list[Json]:
        """What was received, parsed."""
        return [json.loads(body) for _, body in self.got]


@dataclass
class HaravanCaller:
    """What a test does with Haravan."""

    http: httpx.AsyncClient

    async def call(self, method: str, path: str, body: object = None, token: str = TOKEN) -> httpx.Response:
        """Call the REST API."""
        return await self.http.request(method, path, json=body, headers={"Authorization": f"Bearer {token}"})

    async def control(self, method: str, path: str, body: object = None) -> Json:
        """Use the control API."""
        answer = await self.http.request(method, f"/_sandbox/{path}", json=body)
        assert answer.status_code < 300, answer.text
        told: Json = answer.json()
        return told

    async def add_shop(self, *webhooks: Json, **fields: object) -> Json:
        """The test's shop."""
        return await self.control("PUT", f"shops/{ORG_ID}", {"access_token": TOKEN, "webhooks": webhooks, **fields})

    async def put_order(self, body: Json, order_id: int = ORDER_ID) -> Json:
        """Store an order."""
        return await self.control("PUT", f"shops/{ORG_ID}/orders/{order_id}", body)

    async def send(self, **event: object) -> Json:
        """Send an event to the subscribers."""
        return await self.control("POST", f"shops/{ORG_ID}/deliveries", event)

    async def deliveries(self, seconds: float = 5) -> Json:
        """All deliveries once none is pending."""
        return await self.control("GET", f"deliveries?wait_seconds={seconds}")

    async def options(self, **changes: object) -> None:
        """Change behaviour."""
        await self.control("PUT", "options", changes)
