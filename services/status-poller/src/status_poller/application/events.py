"""Makes the events of `invoicing.status`."""

from datetime import datetime

from contracts.status import InvoiceStatusChanged, OrderWrittenBack

from status_poller.domain.follow_up import FollowUp, State


def status_changed(follow_up: FollowUp, state: State, at: datetime) -> InvoiceStatusChanged:
    """The vendor says something new."""
    invoice = follow_up.invoice
    return InvoiceStatusChanged(
        ref_id=invoice.ref_id,
        sequence=follow_up.sequence + 1,
        lane=invoice.lane,
        shop=invoice.shop,
        org_id=invoice.org_id,
        order_id=invoice.order_id,
        order_name=invoice.order_name,
        at=at,
        verdict=state.verdict,
        send_tax_status=state.send_tax_status,
        einvoice_status=state.einvoice_status,
        authority_code=state.authority_code,
    )


def written_back(follow_up: FollowUp, at: datetime) -> OrderWrittenBack:
    """The order carries the invoice."""
    return _written_back(follow_up, at, succeeded=True)


def not_written_back(follow_up: FollowUp, at: datetime, *, vi: str, en: str) -> OrderWrittenBack:
    """The order could not be written; it is tried again."""
    return _written_back(follow_up, at, succeeded=False, message_vi=vi, message_en=en)


def _written_back(
    follow_up: FollowUp, at: datetime, *, succeeded: bool, message_vi: str = "", message_en: str = ""
) -> OrderWrittenBack:
    invoice = follow_up.invoice
    return OrderWrittenBack(
        ref_id=invoice.ref_id,
        sequence=follow_up.sequence + 1,
        lane=invoice.lane,
        shop=invoice.shop,
        org_id=invoice.org_id,
        order_id=invoice.order_id,
        order_name=invoice.order_name,
        at=at,
        succeeded=succeeded,
        message_vi=message_vi,
        message_en=message_en,
    )
