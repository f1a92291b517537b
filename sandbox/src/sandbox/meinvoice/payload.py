"""The body of a request, as far as it can be read before it is judged."""

from typing import Any

from sandbox.common import jsons


def parse(body: bytes) -> Any:
    """The JSON of a body; None where it is none."""
    try:
        return jsons.loads(body)
    except jsons.BadJsonError:
        return None


def entries_of(payload: Any) -> list[dict[str, Any]]:
    """The invoices of a publish request, whether as content or as signed XML, or the one of a preview."""
    if not isinstance(payload, dict):
        return []
    lists = (payload.get(name) for name in ("InvoiceData", "PublishInvoiceData"))
    found = [entry for entries in lists if isinstance(entries, list) for entry in entries if isinstance(entry, dict)]
    return [payload] if not found and "RefID" in payload else found


def is_truth_value(payload: Any, name: str) -> bool:
    """Whether a field is true or false, which Python takes for the numbers 1 and 0."""
    return isinstance(payload, dict) and isinstance(payload.get(name), bool)


def sign_type_of(payload: Any) -> Any:
    """The SignType as it was sent; None where there is none that could be one."""
    return payload.get("SignType") if isinstance(payload, dict) and not is_truth_value(payload, "SignType") else None
