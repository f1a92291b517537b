"""Behaviour of the meInvoice stand-in that documents leave open, or that a test wants otherwise."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class MeInvoiceOptions(BaseSettings):
    """Read from `SANDBOX_MEINVOICE_*`, changed by `PUT /_sandbox/options`."""

    model_config = SettingsConfigDict(env_prefix="SANDBOX_MEINVOICE_", frozen=True, extra="forbid")

    seed: int = 0
    """Seed of lookup codes, tokens and tax-authority codes."""
    latency_seconds: Annotated[float, Field(ge=0)] = 0
    """How long every answer takes at least, from the request's first byte, processing included and counted as such."""
    token_days: Annotated[float, Field(gt=0)] = 14
    """How long a token is good (Open API §2)."""
    token_request_limit: Annotated[int, Field(ge=1)] | None = None
    """Token requests per account and window before the answer is HTTP 429; MISA blocks who asks too often."""
    token_request_window_seconds: Annotated[float, Field(gt=0)] = 86_400
    max_invoices_per_request: Annotated[int, Field(ge=1)] = 30
    """Open API §14 `InvoiceQuantityTooLarge` says 30; MISA's support says at most 50."""
    max_lines_per_invoice: Annotated[int, Field(ge=1)] = 199
    """Open API §14 `XMLTooLong`: fewer than 200 lines."""
    max_status_ids: Annotated[int, Field(ge=1)] = 50
    """Open API §11."""
    verdict_delay_seconds: Annotated[float, Field(ge=0)] = 2
    """From issuing to the tax authority's verdict; 0 puts the code into the publish answer itself."""
    visibility_delay_seconds: Annotated[float, Field(ge=0)] = 0
    """From issuing to being found by status."""
    on_overlap: Literal["race", "issue"] = "race"
    """A request that comes while another of its series is processed: a number race, or issued all the same.
    Either way the overlap is on record."""
    pause_seconds: Annotated[float, Field(ge=0)] = 0
    """A request that starts sooner after the last of its series is a number race (Open API §14, case 1)."""
    after_refusal: Literal["continue", "omit"] = "continue"
    """What happens to the invoices of a batch behind a refused one: judged like any, or left out of the answer."""
    series_year: Literal["strict", "roll"] = "strict"
    """A series whose year is not that of InvDate: refused, or rolled to it."""
    results_as: Literal["string", "array"] = "string"
    """`publishInvoiceResult` and `data` as JSON in a string, as seen in practice, or as plain arrays."""
