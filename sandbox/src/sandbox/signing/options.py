"""Behaviour of the signing tool's stand-in."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class SignServiceOptions(BaseSettings):
    """Read from `SANDBOX_SIGN_SERVICE_*`, changed by `PUT /_sandbox/options`."""

    model_config = SettingsConfigDict(env_prefix="SANDBOX_SIGN_SERVICE_", frozen=True, extra="forbid")

    latency_seconds: Annotated[float, Field(ge=0)] = 0
    """How long every answer takes at least, from the request's first byte, processing included."""
    pin: SecretStr = SecretStr("12345678")
    """The PIN of the USB token; anything else is refused."""
    wrong_pins: Annotated[int, Field(ge=1)] = 5
    """So many wrong PINs in a row lock the token, until `DELETE /_sandbox/state` or a new `pin`."""
    token_key: SecretStr = SecretStr("491CB943-E466-4D25-B0A9-7042594F59F2")
    """What the header `MisaTokenKey` must be; Open API §5.2 prints it for everybody."""
    tax_code: str | None = None
    """Whose certificate is plugged in; None: that of the seller in the XML."""
    certificate_days: float = 365
    """How long the certificate is good; negative: it has ended so many days ago."""
    result: Literal["signed", "unsigned", "broken", "without-subject", "without-certificate"] = "signed"
    """What comes back: a good signature, none, one that does not match, or one that lacks a part."""
    error: str | None = None
    """A fault of the tool: Status 500 with this Message."""
