"""Self-made certificates of made-up companies, kept so that their serial numbers outlive a restart."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sandbox.common import jsons
from sandbox.common.database import Database
from sandbox.common.options import keep


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate with its private key."""

    x509: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def serial(self) -> str:
        """The serial number in hexadecimal."""
        return f"{self.x509.serial_number:x}"

    @property
    def text(self) -> str:
        """DER in base64, as it stands in a signature."""
        return base64.b64encode(self.x509.public_bytes(serialization.Encoding.DER)).decode()


class Certificates:
    """One certificate per tax code and validity, made when first needed and kept in the database."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def of(self, tax_code: str, *, days: float = 365) -> Certificate:
        """The certificate of that tax code which ends `days` after it was made (negative: it has ended before)."""
        name = f"certificate:{tax_code}:{days}"
        body = self._database.value("SELECT body FROM kept WHERE name = ?", (name,))
        if body is None:
            made = _make(tax_code, self._now(), days)
            keep(self._database, name, _written(made))
            return made
        told = jsons.loads(body)
        key = serialization.load_pem_private_key(told["key"].encode(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{name} is no key of an elliptic curve")
        return Certificate(x509.load_pem_x509_certificate(told["certificate"].encode()), key)


def _make(tax_code: str, now: datetime, days: float) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"Chữ ký số thử nghiệm {tax_code}"),
            x509.NameAttribute(NameOID.USER_ID, f"MST:{tax_code}"),
        ]
    )
    end = now + timedelta(days=days)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, end) - timedelta(days=365))
        .not_valid_after(end)
        .sign(key, hashes.SHA256())
    )
    return Certificate(certificate, key)


def _written(certificate: Certificate) -> dict[str, str]:
    return {
        "certificate": certificate.x509.public_bytes(serialization.Encoding.PEM).decode(),
        "key": certificate.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
    }


def tax_code_of(certificate: x509.Certificate) -> str | None:
    """Whose certificate it is."""
    for attribute in certificate.subject.get_attributes_for_oid(NameOID.USER_ID):
        scheme, _, value = str(attribute.value).partition(":")
        if scheme == "MST":
            return value
    return None
