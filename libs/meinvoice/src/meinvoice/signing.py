"""MISA's signing tool on the seller's computer, SignType 1, second step (meInvoice Open API §5.2)."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

import httpx
import simplejson
from pydantic import SecretStr

from meinvoice.answers import Created, NotSent, Unknown
from meinvoice.exchanges import Observer
from meinvoice.files import is_document
from meinvoice.models import PublishInvoiceData, SeriesKind
from meinvoice.parsing import load, lower_keys, text_of
from meinvoice.transport import Reply, Request, Transport

TOKEN_KEY = "491CB943-E466-4D25-B0A9-7042594F59F2"  # noqa: S105 (printed in the document for everybody)
"""`MisaTokenKey` of the tool (§5.2)."""
_DONE = "200"
_BAD_REQUEST = 400
_PASSING = frozenset({408, 429, 502, 503, 504})
"""What stands between us and the tool says so when the tool cannot be reached."""


@dataclass(frozen=True, slots=True)
class Signed:
    """The signed XML."""

    xml: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignRefused:
    """The tool did not sign, in its own words.

    A wrong PIN is such a refusal: signing again with it locks the token after a few times, so ask a person.
    """

    reason: str


SignAnswer = Signed | SignRefused | NotSent | Unknown
"""Signing changes nothing at meInvoice: after `NotSent` or `Unknown` the same XML may be signed again."""


class SignService:
    """The tool at `address`, as `http://may-ke-toan:12019`; its PIN is seen by nobody, nor is what is signed."""

    def __init__(
        self,
        url: str,
        pin: SecretStr,
        *,
        http: httpx.AsyncClient,
        observe: Observer | None = None,
        token_key: str = TOKEN_KEY,
    ) -> None:
        """Sign through the tool at `url`, over the connections of `http`."""
        self.address = url if "://" in url else f"http://{url}"
        self._transport = Transport(http, self.address, observe=observe)
        self._pin = pin
        self._token_key = token_key

    async def sign(self, xml: str, *, deadline_seconds: float = 60.0) -> SignAnswer:
        """Sign one invoice's XML, as `create_xml` gave it (meInvoice Open API §5.2)."""
        body = {"PinCode": self._pin.get_secret_value(), "XmlContent": xml}
        headers = {"Content-Type": "application/json", "MisaTokenKey": self._token_key}
        text = simplejson.dumps(body, ensure_ascii=False)
        request = Request("POST", "/api/SignXML", text, headers, visible=False)
        reply = await self._transport.send(request, deadline_seconds=deadline_seconds)
        return self._read(reply) if isinstance(reply, Reply) else reply

    def _read(self, reply: Reply) -> SignAnswer:
        parsed = load(reply.text)
        members = lower_keys(parsed) if isinstance(parsed, dict) else {}
        status, message = text_of(members.get("status")), text_of(members.get("message"))
        payload = text_of(members.get("payload"))
        if reply.status == int(_DONE) and status == _DONE and _is_signed(payload):
            return Signed(payload)
        if message or (status and status != _DONE):
            return SignRefused(self._without_pin(message) or f"Status {status}")
        if reply.status >= _BAD_REQUEST and reply.status not in _PASSING:
            return SignRefused(f"HTTP {reply.status}")  # without words it may be the PIN all the same
        return Unknown(f"HTTP {reply.status} without signed XML")

    def _without_pin(self, message: str) -> str:
        pin = self._pin.get_secret_value()
        return message.replace(pin, "****") if pin else message


def to_publish(
    created: Created,
    signed: Signed,
    *,
    send_email: bool | None = None,
    receiver_name: str | None = None,
    receiver_email: str | None = None,
) -> PublishInvoiceData:
    """The item of `publish_signed` for an invoice that was created and signed (§13.10).

    Raises:
        ValueError: The series of `created` is none, or `receiver_email` no list of addresses.

    """
    return PublishInvoiceData(
        RefID=created.ref_id,
        TransactionID=created.transaction_id,
        InvSeries=created.inv_series,
        InvoiceData=signed.xml,
        IsInvoiceCalculatingMachine=SeriesKind.of(created.inv_series).calculating_machine,
        IsSendEmail=send_email,
        ReceiverName=receiver_name,
        ReceiverEmail=receiver_email or None,
    )


def _is_signed(payload: str) -> bool:
    """Whether it is XML with a filled `SignatureValue` in a `Signature`: the word alone may be a name of goods."""
    if not is_document(payload):
        return False
    root = ET.fromstring(payload)  # noqa: S314 - `is_document` refused every DTD, so nothing can expand
    signatures = [one for one in root.iter() if _name(one) == "Signature"]
    values = (value for one in signatures for value in one.iter() if _name(value) == "SignatureValue")
    return any((value.text or "").strip() for value in values)


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
