"""Companies that use the stand-in: their login, their series, their licence."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from sandbox.common import jsons
from sandbox.common.database import Database
from sandbox.meinvoice.series import Series, parse_series


class Template(BaseModel):
    """An invoice template with its series (Open API §13.1)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    series: str
    name: str = "Hóa đơn giá trị gia tăng"
    inactive: bool = False
    send_summary: bool = False
    more_vat_rates: bool = True

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
    declaration_accepted: bool = True
    """Whether the tax authority has accepted the company's declaration (tờ khai)."""

    def template_of(self, series: Series) -> Template | None:
        """The active template of that series, whatever the year."""
        active = (template for template in self.templates if not template.inactive)
        return next((template for template in active if template.parsed.base == series.base), None)


class Accounts:
    """The companies by tax code."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, tax_code: str, account: Account) -> None:
        """Add or replace a company; invoices and tokens stay."""
        body = account.model_dump(mode="json") | {"password": account.password.get_secret_value()}
        self._database.execute("INSERT OR REPLACE INTO accounts VALUES (?, ?)", (tax_code, jsons.dumps(body)))

    def get(self, tax_code: str) -> Account | None:
        """The company, or None."""
        body = self._database.value("SELECT body FROM accounts WHERE tax_code = ?", (tax_code,))
        return None if body is None else Account.model_validate(jsons.loads(body))

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
        return max(0, account.licence - int(used))
