"""How Haravan signs a webhook (Haravan webhooks documentation): base64 of HMAC-SHA256 over the exact body."""

import base64
import hashlib
import hmac


def sign(secret: str, body: bytes) -> str:
    """The value of X-Haravan-Hmacsha256."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
