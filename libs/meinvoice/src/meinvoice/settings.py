"""Where the functions are found: paths below the account's base URL."""

from pydantic import BaseModel, ConfigDict

TEST_URL = "https://testapi.meinvoice.vn/api/integration"
PRODUCTION_URL = "https://api.meinvoice.vn/api/integration"


class Paths(BaseModel):
    """Paths of the Open API (§1.2). MISA's newer portal has the same functions under other paths."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: str = "/auth/token"  # noqa: S105 (a path, not a secret)
    templates: str = "/invoice/templates"
    publish: str = "/invoice"
    status: str = "/invoice/status"
    unpublish_view: str = "/invoice/unpublishview"
    publish_view: str = "/invoice/publishview"
    download: str = "/invoice/download"
    send_email: str = "/invoice/sendemail"
    voucher_paper: str = "/invoice/voucher-paper"


OPEN_API = Paths()
PORTAL = Paths(token="/invoice/token", publish="/invoice/publishing")  # noqa: S106 (a path, not a secret)
"""Paths of `developer.misa.vn`; its application identity goes into `extra_headers` of the client."""
