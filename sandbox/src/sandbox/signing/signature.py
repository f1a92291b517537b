"""XML signatures of invoices: over `DLHDon`, in `DSCKS/NBan` (the tax authority's XML schema, Decision 1450)."""

import base64
import hashlib
import xml.etree.ElementTree as ET
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from sandbox.common.clock import VIETNAM
from sandbox.signing.certificates import Certificate

_DS = "http://www.w3.org/2000/09/xmldsig#"
_C14N = "http://www.w3.org/2010/xml-c14n2"
_ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_ENVELOPED = f"{_DS}enveloped-signature"
_HALF = 32
"""Bytes of each of the two numbers that are an ECDSA signature on P-256."""
ET.register_namespace("ds", _DS)


class BadXmlError(ValueError):
    """The text is no invoice XML; the message says why."""


class SignatureFaultError(Exception):
    """What is wrong with a signature, by the vendor's error code (Open API §14)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read(text: str) -> ET.Element:
    """Parse an invoice.

    Raises:
        BadXmlError: it is not well-formed, or not HDon with a DLHDon that has an Id.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadXmlError("a document type is not allowed")
    try:
        root = ET.fromstring(text)  # noqa: S314  # document types are refused above
    except (ET.ParseError, UnicodeEncodeError) as error:
        raise BadXmlError(f"not well-formed: {error}") from error
    data = root.find("DLHDon")
    if root.tag != "HDon" or data is None or not data.get("Id"):
        raise BadXmlError("HDon/DLHDon with an Id is needed")
    return root


def is_signed(root: ET.Element) -> bool:
    """Whether the seller's signature is there."""
    return _signature(root) is not None


def content(root: ET.Element) -> str:
    """What is signed, in canonical form."""
    data = root.find("DLHDon")
    if data is None:  # `read` has seen to it
        raise BadXmlError("DLHDon is missing")
    return ET.canonicalize(ET.tostring(data, encoding="unicode"))


def sign(text: str, certificate: Certificate, at: datetime, *, with_subject: bool = True, with_key: bool = True) -> str:
    """Put the seller's signature into an invoice.

    Raises:
        BadXmlError: the text is no invoice, or has a signature already.
    """
    root = read(text)
    if is_signed(root):
        raise BadXmlError("it is signed already")
    holder = _child(_child(root, "DSCKS"), "NBan")
    signature = ET.SubElement(holder, f"{{{_DS}}}Signature", Id="seller")
    info = _signed_info(root)
    signature.append(info)
    r, s = decode_dss_signature(certificate.key.sign(_canonical(info), ec.ECDSA(hashes.SHA256())))
    value = r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")
    ET.SubElement(signature, f"{{{_DS}}}SignatureValue").text = base64.b64encode(value).decode()
    data = ET.SubElement(ET.SubElement(signature, f"{{{_DS}}}KeyInfo"), f"{{{_DS}}}X509Data")
    if with_subject:
        ET.SubElement(data, f"{{{_DS}}}X509SubjectName").text = certificate.x509.subject.rfc4514_string()
    if with_key:
        ET.SubElement(data, f"{{{_DS}}}X509Certificate").text = certificate.text
    time = ET.SubElement(ET.SubElement(signature, f"{{{_DS}}}Object"), "SigningTime")
    time.text = at.isoformat(timespec="seconds")
    return ET.tostring(root, encoding="unicode")


def _child(parent: ET.Element, tag: str) -> ET.Element:
    found = parent.find(tag)
    return ET.SubElement(parent, tag) if found is None else found


def _signed_info(root: ET.Element) -> ET.Element:
    data = root.find("DLHDon")
    info = ET.Element(f"{{{_DS}}}SignedInfo")
    ET.SubElement(info, f"{{{_DS}}}CanonicalizationMethod", Algorithm=_C14N)
    ET.SubElement(info, f"{{{_DS}}}SignatureMethod", Algorithm=_ECDSA_SHA256)
    reference = ET.SubElement(info, f"{{{_DS}}}Reference", URI=f"#{'' if data is None else data.get('Id')}")
    transforms = ET.SubElement(reference, f"{{{_DS}}}Transforms")
    ET.SubElement(transforms, f"{{{_DS}}}Transform", Algorithm=_ENVELOPED)
    ET.SubElement(reference, f"{{{_DS}}}DigestMethod", Algorithm=_SHA256)
    digest = hashlib.sha256(content(root).encode()).digest()
    ET.SubElement(reference, f"{{{_DS}}}DigestValue").text = base64.b64encode(digest).decode()
    return info


def _canonical(element: ET.Element) -> bytes:
    return ET.canonicalize(ET.tostring(element, encoding="unicode")).encode()


def _signature(root: ET.Element) -> ET.Element | None:
    return root.find(f"DSCKS/NBan/{{{_DS}}}Signature")


def verify(root: ET.Element) -> tuple[x509.Certificate, datetime]:
    """Check the seller's signature; gives the certificate and the time of signing.

    Raises:
        SignatureFaultError: `SignatureEmpty`, `X509SubjectName`, `X509Certificate` or `InvalidSignature`.
    """
    signature = _signature(root)
    if signature is None or not _text(signature, "SignatureValue"):
        raise SignatureFaultError("SignatureEmpty")
    if not _text(signature, "KeyInfo/X509Data/X509SubjectName"):
        raise SignatureFaultError("X509SubjectName")
    encoded = _text(signature, "KeyInfo/X509Data/X509Certificate")
    if not encoded:
        raise SignatureFaultError("X509Certificate")
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(encoded, validate=True))
    except ValueError as error:
        raise SignatureFaultError("X509Certificate") from error
    _check_value(root, signature, certificate)
    return certificate, _signing_time(signature)


def _signing_time(signature: ET.Element) -> datetime:
    """When it was signed; a time without zone is Vietnam's, as every date of an invoice (assumed)."""
    try:
        at = datetime.fromisoformat(signature.findtext(f"{{{_DS}}}Object/SigningTime", ""))
    except ValueError as error:
        raise SignatureFaultError("InvalidSignature") from error
    return at if at.tzinfo is not None else at.replace(tzinfo=VIETNAM)


def _check_value(root: ET.Element, signature: ET.Element, certificate: x509.Certificate) -> None:
    info, key = signature.find(f"{{{_DS}}}SignedInfo"), certificate.public_key()
    digest = base64.b64encode(hashlib.sha256(content(root).encode()).digest()).decode()
    if info is None or not isinstance(key, ec.EllipticCurvePublicKey) or _text(info, "Reference/DigestValue") != digest:
        raise SignatureFaultError("InvalidSignature")
    try:
        value = base64.b64decode(_text(signature, "SignatureValue"), validate=True)
        numbers = int.from_bytes(value[:_HALF], "big"), int.from_bytes(value[_HALF:], "big")
        key.verify(encode_dss_signature(*numbers), _canonical(info), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError) as error:
        raise SignatureFaultError("InvalidSignature") from error


def _text(element: ET.Element, path: str) -> str:
    full = "/".join(f"{{{_DS}}}{step}" for step in path.split("/"))
    return (element.findtext(full) or "").strip()
