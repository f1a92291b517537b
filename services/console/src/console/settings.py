"""Settings of the command line."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ConsoleSettings(BaseSettings):
    """Where the command line finds the services; all else is as for the services themselves."""

    model_config = SettingsConfigDict(env_prefix="HOADON_", frozen=True, extra="ignore")

    service_urls: str = Field(
        "", description="Services asked by `hoadon status`: `name=url`, comma-separated, url without path."
    )

    def services(self) -> dict[str, str]:
        """Return the addresses by service."""
        pairs = (part.strip().partition("=") for part in self.service_urls.split(",") if part.strip())
        return {name: url.rstrip("/") for name, _, url in pairs}
