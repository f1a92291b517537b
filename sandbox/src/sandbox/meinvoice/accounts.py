"""Companies that use the stand-in: their login, their series, their licence."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from sandbox.common import jsons
from sandbox.common.database import Database
from sandbox.meinvoice.checks.texts import is_text
from sandbox.meinvoice.series import Series, parse_series


class Template(BaseModel):
    """An invoice template with its series (Open API §13.1)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    series: str
    name: str = "Hóa đơn giá trị gia tăng"
    inactive: bool = False
    send_summary: bool = False
    """Whether invoices go to the tax authority in a summary (`IsSendSummary`); only for series without code."""
    more_vat_rates: bool = True
    """Whether one invoice may have lines of several VAT rates (`IsMoreVATRate`)."""
    ticket_type: int = 1
    service_name: str = ""
    """The kind of ticket and its service (Open API §13.2); only for series that begin with 5."""

    @field_validator("series")
    @classmethod
    def _known_form(cls, value: str) -> str:
        if parse_series(value) is None:
            raise ValueError(f"{value!r} is not a series such as 1C26TAA")
        return value

    @property
    def parsed(self) -> Series:
        """The series, taken apart."""
        series = parse_series(self.series)
        if series is None:  # the validator has seen to it
            raise AssertionError(self.series)
        return series


CertificateError = Literal[
    "CertRevocation",
    "InvalidCertByRegistration",
    "HasRegistrationStopUseCert",
    "SigningTimeNotInRegistration",
    "SignSoftDream78Exception",
    "SignEsignHSMError",
    "CallSignServiceFail",
]
"""Open API §14."""


def _templates(value: Any) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [{"series": entry} if isinstance(entry, str) else entry for entry in value]
    return value


class Account(BaseModel):
    """One company with one login."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    app_id: str
    username: str
    password: SecretStr
    company_name: str = ""
    templates: Annotated[tuple[Template, ...], BeforeValidator(_templates)] = ()
    licence: Annotated[int, Field(ge=0)] | None = None
    """How many invoices have been bought in all; None for no limit."""
    licence_state: Literal["valid", "not-bought", "expired"] = "valid"
    app_active: bool = True
    """Whether MISA still serves this app id."""
    declaration: Literal["accepted", "none", "not-accepted", "sent"] = "accepted"
    """How far the company's declaration (tờ khai) has come with the tax authority."""
    declared_series: tuple[str, ...] = ("*",)
    """Which series the declaration covers, as patterns over series without year, e.g. `?C__T??`."""
    certificate_error: CertificateError | None = None
    """What is wrong with the certificate that signs (SignType 1, 2 and 3)."""
    registered_certificates: tuple[str, ...] = ()
    """Serial numbers (hexadecimal) in the declaration; none: every certificate of the company's own tax code."""

    @field_validator("company_name")
    @classmethod
    def _fits_into_xml(cls, value: str) -> str:
        if not is_text(value):
            raise ValueError("XML cannot hold one of its characters")
        return value

    def declares(self, series: Series) -> bool:
        """Whether the declaration covers the series."""
        return any(fnmatchcase(series.base, pattern) for pattern in self.declared_series)

    def template_of(self, series: Series) -> Template | None:
        """The active template of that series, whatever the year."""
        active = (template for template in self.templates if not template.inactive)
        return next((template for template in active if template.parsed.base == series.base), None)


class Accounts:
    """The companies by tax code."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: dict[str, tuple[str, Account]] = {}

    def put(self, tax_code: str, account: Account) -> None:
        """Add or replace a company; invoices and tokens stay."""
        body = account.model_dump(mode="json") | {"password": account.password.get_secret_value()}
        self._database.execute("INSERT OR REPLACE INTO accounts VALUES (?, ?)", (tax_code, jsons.dumps(body)))

    def get(self, tax_code: str) -> Account | None:
        """The company, or None."""
        body = self._database.value("SELECT body FROM accounts WHERE tax_code = ?", (tax_code,))
        if body is None:
            return None
        if self._read.get(tax_code, ("",))[0] != body:
            self._read[tax_code] = (body, Account.model_validate(jsons.loads(body)))
        return self._read[tax_code][1]

    def all(self) -> dict[str, Account]:
        """Every company by its tax code."""
        rows = self._database.rows("SELECT * FROM accounts ORDER BY tax_code")
        return {row["tax_code"]: Account.model_validate(jsons.loads(row["body"])) for row in rows}

    def licence_left(self, tax_code: str) -> int | None:
        """How many invoices may still be issued; None for no limit."""
        account = self.get(tax_code)
        if account is None or account.licence is None:
            return None
        used = self._database.value("SELECT count(*) FROM invoices WHERE tax_code = ?", (tax_code,))
        waiting = self._database.value("SELECT count(*) FROM pending WHERE tax_code = ? AND lost IS NULL", (tax_code,))
        return max(0, account.licence - int(used) - int(waiting))
