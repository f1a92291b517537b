"""What an order shall carry about its invoices."""

from collections.abc import Callable, Mapping, Sequence

from shops.models import NoteAttributeNames

from status_poller.domain.follow_up import FollowUp
from status_poller.domain.verdicts import text_of

_SEPARATOR = "; "


def note_attributes(names: NoteAttributeNames, follow_ups: Sequence[FollowUp]) -> dict[str, str]:
    """Our pairs for an order with these invoices, in the order of their issue; what is empty is left out.

    Several invoices share each pair, since two of the same name would overwrite each other.
    """
    ordered = sorted(follow_ups, key=lambda one: (one.invoice.issued_at, one.invoice.ref_id))
    values: Mapping[str, Callable[[FollowUp], str]] = {
        names.lookup_code: lambda one: one.invoice.lookup_code,
        names.invoice_number: lambda one: one.invoice.number,
        names.series: lambda one: one.invoice.series,
        names.invoice_date: lambda one: f"{one.invoice.invoice_date:%d/%m/%Y}",
        names.seller_tax_code: lambda one: one.invoice.tax_code,
        names.authority_code: lambda one: one.state.authority_code or one.invoice.authority_code or "",
        names.status: lambda one: text_of(one.state),
    }
    joined = {name: _joined(map(value, ordered)) for name, value in values.items() if name}
    return {name: text for name, text in joined.items() if text}


def _joined(values: "map[str]") -> str:
    """Texts in a row; when all are the same, once. A missing one keeps its place, so that columns match."""
    texts = list(values)
    if len(set(texts)) <= 1:
        return texts[0] if texts else ""
    return _SEPARATOR.join(text or "-" for text in texts)
