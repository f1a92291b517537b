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
    token_request_limit: Annotated[int, Field(ge=1)] | None = 10
    """Token requests per company and window before the answer is HTTP 429; None for no limit. MISA blocks who asks
    again and again (Open API §1.5), and tells no number: this one lets tests log in, and stops a storm."""
    token_request_window_seconds: Annotated[float, Field(gt=0)] = 60
    max_invoices_per_request: Annotated[int, Field(ge=1)] = 30
    """Open API §14 `InvoiceQuantityTooLarge` says 30; MISA's support says at most 50."""
    max_lines_per_invoice: Annotated[int, Field(ge=1)] = 199
    """Open API §14 `XMLTooLong`: fewer than 200 lines."""
    max_status_ids: Annotated[int, Field(ge=1)] = 50
    """Open API §11."""
    verdict_delay_seconds: Annotated[float, Field(ge=0)] = 2
    """From issuing to the tax authority's verdict; 0 puts the code into the publish answer itself."""
    sent_delay_seconds: Annotated[float, Field(ge=0)] = 1
    """From issuing to `sent` (SendTaxStatus 1) of series without code."""
    cash_register_verdict: Literal["delay", "day-end"] = "delay"
    """When cash-register invoices reach the tax authority: like others, or at the end of their day in Vietnam."""
    visibility_delay_seconds: Annotated[float, Field(ge=0)] = 0
    """From issuing to being found by status."""
    correction_visibility_delay_seconds: Annotated[float, Field(ge=0)] = 0.3
    """The same for replacing and adjusting invoices: seen 140 to 400 ms after the answer."""
    download_delay_seconds: Annotated[float, Field(ge=0)] = 1
    """From issuing to being downloadable; before that `InvoiceNotExist`."""
    download_all_as: Literal["two-elements", "zip"] = "two-elements"
    """`downloadDataType=All`: XML and PDF as two elements of the same TransactionID, or one with a ZIP of both."""
    view_seconds: Annotated[float, Field(gt=0)] = 300
    """How long a link to an invoice is good (Open API §4, §7)."""
    environment: Literal["test", "product"] = "test"
    """E-mail is sent on Product only (Open API §10); here it is never sent, the outbox says whether it would be."""
    request_limit_per_minute: Annotated[int, Field(ge=1)] | None = None
    """Requests per company and minute before the answer is HTTP 429 with Retry-After; MISA has announced a limit."""
    asynchronous_delay_seconds: Annotated[float, Field(ge=0)] = 2
    """SignType 3 and 6: from accepting to issuing."""
    asynchronous_answer: Literal["without-number", "with-lookup-code", "none"] = "without-number"
    """SignType 3 and 6: elements with RefID only, elements that carry the TransactionID too, or no elements at all."""
    signed_number: Literal["at-creation", "at-publishing"] = "at-creation"
    """SignType 1: whether the number stands in the XML that is created (and is raced for), or comes on publishing."""
    original_check: Literal["later", "strict"] = "later"
    """A correction of an original that is not on record: issued and refused by the tax authority later, as seen; or
    refused at once."""
    check_corrections: bool = True
    """Whether a second, contradicting correction of an original is refused."""
    replace_needs_cancelled: bool = False
    """Whether only a cancelled original can be replaced (`InvoiceCannotReplaceByStatusNew`, Open API §14)."""
    adjust_cash_register: Literal["accept", "refuse-later"] = "accept"
    """An adjustment of a cash-register invoice: fine (returned goods), or refused by the tax authority later (errors
    of such an invoice are replaced only, Circular 91/2026 Art. 10.1.c)."""
    on_overlap: Literal["race", "issue"] = "race"
    """A request that comes while another of its series is processed: a number race, or issued all the same.
    Either way the overlap is on record."""
    pause_seconds: Annotated[float, Field(ge=0)] = 0
    """A request that starts sooner after the last of its series is a number race (Open API §14, case 1)."""
    after_refusal: Literal["continue", "omit"] = "continue"
    """What happens to the invoices of a batch behind a refused one: judged like any, or left out of the answer."""
    series_year: Literal["strict", "roll"] = "strict"
    """A series whose year is not that of InvDate: refused, which is assumed, or rolled to it, as Open API §1.6 says."""
    results_as: Literal["string", "array"] = "string"
    """`publishInvoiceResult` and `data` as JSON in a string, as seen in practice, or as plain arrays."""
    templates_envelope: Literal["camel", "pascal"] = "camel"
    """The envelope of `/invoice/templates`: as of other calls, which others saw, or PascalCase as in Open API §3."""
