"""Settings of ingest, from variables that begin with `INGEST_`."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import SettingsConfigDict
from runtime.settings import Duration, ServiceSettings


class IngestSettings(ServiceSettings):
    """Everything ingest reads from its environment."""

    model_config = SettingsConfigDict(env_prefix="INGEST_", frozen=True, extra="forbid")

    body_kept: int = Field(
        2 * 1024 * 1024,
        ge=1024,
        description="Largest body, in bytes, that is published; of a larger one the order is read again.",
    )
    body_most: int = Field(
        16 * 1024 * 1024,
        ge=1024,
        description="Largest body, in bytes, that is read at all; beyond it the answer is 413.",
    )
    deadline: Duration = Field(
        timedelta(seconds=4), description="Time for one delivery; Haravan itself gives up after 5 s."
    )
    retry_after: Duration = Field(timedelta(seconds=5), description="`Retry-After` of an answer 503.")
    shop_cache: Duration = Field(timedelta(seconds=5), description="How long a shop's configuration is kept in memory.")
    shop_deadline: Duration = Field(
        timedelta(seconds=1), description="How long MongoDB may take for a shop before the last known one serves."
    )
    reread_attempts: int = Field(
        5, ge=1, description="Attempts at reading an order again while Haravan does not answer."
    )
