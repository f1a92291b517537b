"""What the sandbox's meInvoice says of an invoice's content, without HTTP."""

from sandbox.meinvoice.checks.content import check_content
from sandbox.meinvoice.checks.refusal import RefusedError
from support.sandboxes import Json


def code_of(body: Json) -> str | None:
    """The refusal of an invoice, or None."""
    try:
        check_content(body, most_lines=199)
    except RefusedError as error:
        return error.code
    return None
