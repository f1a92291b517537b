"""Corrections on an order's document: planned once, one form per original, asked for again without harm."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from contracts.commands import AdjustInvoice, IssueInvoice, ReplaceInvoice
from contracts.haravan import Via
from hypothesis import given
from hypothesis import strategies as st
from invoicing.agreements import Agreement
from invoicing.content import Content
from invoicing.corrections import CorrectionCause, CorrectionHold, CorrectionKind
from invoicing.reasons import Reason
from invoicing.words import WordOptions
from meinvoice.models import InvoiceData
from orders.corrections import CorrectionPlan, Request, plan_correction, read_command
from orders.model import InvoiceFacts, InvoiceState, OrderRecord, PlannedInvoice, Snapshot

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SALE = "5f0c9a52-3c1e-5d83-9b69-0a7a9d1b6f10"
LANE, ACCOUNT = "sandbox:0101243150:1C__TAA", "sandbox:0101243150"


def body(**fields: object) -> InvoiceData:
    path = Path(__file__).parents[2] / "data/meinvoice/invoice.json"
    invoice = InvoiceData.from_json(path.read_text(encoding="utf-8"))
    lines = tuple(line.model_copy(update={"UnitPrice": Decimal(500000)}) for line in invoice.OriginalInvoiceDetail)
    return invoice.model_copy(update={"OriginalInvoiceDetail": lines, **fields})


def renamed(name: str) -> InvoiceData:
    """Goods of another name than those sold: an error that takes an invoice."""
    lines = tuple(line.model_copy(update={"ItemName": name}) for line in body().OriginalInvoiceDetail)
    return body(OriginalInvoiceDetail=lines)


def returned() -> InvoiceData:
    """All goods come back."""
    named = ("Quantity", "AmountOC", "Amount", "AmountWithoutVATOC", "AmountWithoutVAT", "VATAmountOC", "VATAmount")
    sale = body()
    totals = [name for name in InvoiceData.model_fields if name.startswith("Total") and "Words" not in name]
    rates = [
        info.model_copy(update={"AmountWithoutVATOC": -info.AmountWithoutVATOC, "VATAmountOC": -info.VATAmountOC})
        for info in sale.TaxRateInfo or ()
    ]
    lines = [
        line.model_copy(update={name: -getattr(line, name) for name in named}) for line in sale.OriginalInvoiceDetail
    ]
    back = {name: -getattr(sale, name) for name in totals}
    return sale.model_copy(update={**back, "OriginalInvoiceDetail": tuple(lines), "TaxRateInfo": tuple(rates)})


def issued(number: str = "00000042", version: int = 3) -> InvoiceFacts:
    return InvoiceFacts(
        version=version,
        state=InvoiceState.ISSUED,
        at=NOW,
        series="1C26TAA",
        number=number,
        invoice_date=date(2026, 11, 20),
        lookup_code=f"CODE{number}",
    )


def refused(version: int = 3) -> InvoiceFacts:
    return InvoiceFacts(version=version, state=InvoiceState.REJECTED, at=NOW, code="InvalidTaxCode")


def order(facts: InvoiceFacts | None) -> OrderRecord:
    snapshot = Snapshot(body="{}", updated_at=NOW, received_at=NOW, via=Via.WEBHOOK, event_id="e1")
    command = IssueInvoice(
        ref_id=SALE,
        sequence=1,
        lane=LANE,
        account=ACCOUNT,
        shop="demo",
        org_id=1,
        order_id=2,
        order_name="#1",
        content=Content(series="1C__TAA", sign_type=2, invoice=body()).to_json(),
        line_count=1,
        shop_version=4,
        decided_at=NOW,
    )
    sale = PlannedInvoice(
        ref_id=SALE,
        kind="sale",
        lane=LANE,
        account=ACCOUNT,
        command=command.model_dump_json(),
        sequence=1,
        snapshot=snapshot,
        invoice=facts,
    )
    return OrderRecord(shop="demo", org_id=1, order_id=2, order_name="#1", newest=snapshot, invoices=(sale,))


def request(kind: CorrectionKind, invoice: InvoiceData | None = None, ref_id: str = SALE) -> Request:
    return Request(
        ref_id=ref_id,
        kind=kind,
        invoice=invoice or renamed("Áo sơ mi Nữ"),
        note="Sai giá",
        cause=CorrectionCause.ERROR,
        shop_version=4,
        at=NOW,
    )


def plan(record: OrderRecord, wanted: Request) -> CorrectionPlan:
    made = plan_correction(record, wanted)
    assert isinstance(made, CorrectionPlan), made
    return made


def with_facts(record: OrderRecord, ref_id: str, facts: InvoiceFacts | None) -> OrderRecord:
    invoices = tuple(
        each.model_copy(update={"invoice": facts}) if each.ref_id == ref_id else each for each in record.invoices
    )
    return record.model_copy(update={"invoices": invoices})


def test_a_correction_joins_the_sale_on_its_document() -> None:
    """Its command follows the sale's lane and names the original; the stored text is what goes out."""
    made = plan(order(issued()), request(CorrectionKind.ADJUST))
    assert isinstance(made.command, AdjustInvoice)
    assert (made.command.lane, made.command.original.number) == (LANE, "00000042")
    (sale, correction) = made.record.invoices
    assert (sale.ref_id, correction.corrects, correction.kind) == (SALE, SALE, "adjust")
    assert read_command(correction) == made.command


def test_what_is_not_issued_is_not_corrected() -> None:
    """Neither what waits nor what was refused."""
    for facts in (None, refused()):
        hold = plan_correction(order(facts), request(CorrectionKind.REPLACE))
        assert isinstance(hold, CorrectionHold)
        assert hold.reason is Reason.NOT_ISSUED_YET


def test_asking_again_sends_the_stored_command_again() -> None:
    """A console that died between storing and sending is simply run again."""
    first = plan(order(issued()), request(CorrectionKind.REPLACE))
    again = plan(first.record, replace(request(CorrectionKind.REPLACE), at=NOW.replace(hour=9)))
    assert (again.known, again.command, again.record) == (True, first.command, first.record)


def test_what_was_issued_is_never_planned_anew() -> None:
    """The same goods come back twice: another reason, another adjustment. The same one spelled otherwise is known."""
    first = plan(order(issued()), request(CorrectionKind.ADJUST))
    record = with_facts(first.record, first.command.ref_id, issued("00000043"))
    second = plan(record, replace(request(CorrectionKind.ADJUST), note="Trả thêm 1 áo"))
    assert not second.known
    assert second.command.ref_id != first.command.ref_id
    assert second.record.invoice_of(first.command.ref_id) == record.invoice_of(first.command.ref_id)
    spelled = replace(request(CorrectionKind.ADJUST), words=WordOptions(thousand="ngàn"))
    again = plan(record, spelled)
    assert (again.known, again.command, again.record) == (True, first.command, record)
    assert again.content == first.content


def test_a_refused_correction_may_be_asked_for_with_other_content_or_in_the_other_form() -> None:
    """Refused for good counts for nothing; a replacement keeps its RefID, and its version goes on."""
    first = plan(order(issued()), request(CorrectionKind.REPLACE))
    record = with_facts(first.record, first.command.ref_id, refused(version=7))
    later = replace(request(CorrectionKind.REPLACE, renamed("Áo thun")), at=NOW.replace(hour=9))
    second = plan(record, later)
    assert second.command.ref_id == first.command.ref_id
    assert second.command.event_id != first.command.event_id
    planned = second.record.invoice_of(second.command.ref_id)
    assert planned is not None
    assert planned.invoice is not None
    assert (planned.invoice.state, planned.invoice.version) == (InvoiceState.PENDING, 7)
    assert isinstance(plan(record, request(CorrectionKind.ADJUST)).command, AdjustInvoice)


def test_goods_come_back_once() -> None:
    """A second whole return, told apart by its reason alone, is refused; the first one is known whatever it says."""
    back = replace(request(CorrectionKind.ADJUST, returned()), cause=CorrectionCause.RETURN)
    first = plan(order(issued()), back)
    record = with_facts(first.record, first.command.ref_id, issued("00000043"))
    assert plan(record, back).known
    hold = plan_correction(record, replace(back, note="Trả hàng lần 2"))
    assert isinstance(hold, CorrectionHold)
    assert hold.reason is Reason.CORRECTION_MORE_THAN_SOLD
    refused_first = with_facts(first.record, first.command.ref_id, refused())
    assert not plan(refused_first, replace(back, note="Trả hàng lần 2")).known


def test_a_replacement_that_changes_nothing_or_a_name_alone_is_refused() -> None:
    """Compared with the invoice on the order; over a replacement, with that."""
    for content, reason in (
        (body(), Reason.REPLACEMENT_SAYS_THE_SAME),
        (body(BuyerFullName="B"), Reason.ONLY_FORM_04),
    ):
        hold = plan_correction(order(issued()), request(CorrectionKind.REPLACE, content))
        assert isinstance(hold, CorrectionHold)
        assert hold.reason is reason
    first = plan(order(issued()), request(CorrectionKind.REPLACE))
    record = with_facts(first.record, first.command.ref_id, issued("00000043"))
    same = plan_correction(record, request(CorrectionKind.REPLACE, ref_id=first.command.ref_id))
    assert isinstance(same, CorrectionHold)
    assert same.reason is Reason.REPLACEMENT_SAYS_THE_SAME


def test_an_agreement_is_kept_on_the_order_and_named_on_the_invoice() -> None:
    """Without one an error in a company's invoice stays undone, unless the shop needs none."""
    company = body(BuyerTaxCode="0101243150", BuyerLegalName="Công ty B", BuyerAddress="Huế")
    wanted = request(CorrectionKind.REPLACE, company)
    hold = plan_correction(order(issued()), wanted)
    assert isinstance(hold, CorrectionHold)
    assert hold.reason is Reason.CORRECTION_WITHOUT_AGREEMENT
    assert plan(order(issued()), replace(wanted, agreement_needed=False)).content.invoice.InvoiceNote == "Sai giá"
    agreement = Agreement("12/TT", date(2026, 11, 19))
    made = plan(order(issued()), replace(wanted, agreement=agreement))
    assert made.record.invoices[1].agreement == agreement
    assert made.content.invoice.InvoiceNote == "Sai giá (theo văn bản thỏa thuận số 12/TT ngày 19/11/2026)"


def test_an_adjustment_is_the_same_whatever_agreement_is_named() -> None:
    """A slip in its number, put right by asking again, must not take the same off twice."""
    wanted = replace(request(CorrectionKind.ADJUST), agreement=Agreement("12/TT", date(2026, 11, 19)))
    first = plan(order(issued()), wanted)
    record = with_facts(first.record, first.command.ref_id, issued("00000043"))
    again = plan(record, replace(wanted, agreement=Agreement("13/TT", date(2026, 11, 19))))
    assert (again.known, again.command) == (True, first.command)


def test_a_replacement_spelled_otherwise_is_the_same() -> None:
    """Its command goes out again instead of being refused beside itself."""
    first = plan(order(issued()), request(CorrectionKind.REPLACE))
    spelled = renamed("Áo sơ mi Nữ").model_copy(update={"TotalAmount": Decimal("5500000.00"), "OrgInvNo": "1"})
    assert plan(first.record, request(CorrectionKind.REPLACE, spelled)).known


def test_the_replacement_is_the_invoice_now() -> None:
    """What was replaced stays as it is; its replacement may be replaced in its turn."""
    first = plan(order(issued()), request(CorrectionKind.REPLACE))
    record = with_facts(first.record, first.command.ref_id, issued("00000043"))
    hold = plan_correction(record, request(CorrectionKind.REPLACE, renamed("Áo thun")))
    assert isinstance(hold, CorrectionHold)
    assert hold.reason is Reason.REPLACED_ALREADY
    again = plan(record, request(CorrectionKind.REPLACE, renamed("Áo thun"), ref_id=first.command.ref_id))
    assert isinstance(again.command, ReplaceInvoice)
    assert again.command.original.number == "00000043"


@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(CorrectionKind),
            st.integers(0, 3),
            st.sampled_from((None, issued("00000050"), refused())),
        ),
        max_size=8,
    )
)
def test_an_original_never_has_standing_corrections_of_two_forms(
    steps: list[tuple[CorrectionKind, int, InvoiceFacts | None]],
) -> None:
    """Whatever is asked for in whatever order, and whatever becomes of it; nor two replacements, nor a RefID twice."""
    record = order(issued())
    for kind, what, fate in steps:
        made = plan_correction(record, request(kind, renamed(f"Áo {what}")))
        if isinstance(made, CorrectionPlan) and not made.known:
            record = with_facts(made.record, made.command.ref_id, fate)
        standing = [
            each
            for each in record.corrections_of(SALE)
            if each.invoice is None or each.invoice.state is not InvoiceState.REJECTED
        ]
        kinds = {each.kind for each in standing}
        assert len(kinds) <= 1
        assert "replace" not in kinds or len(standing) == 1
        assert len({each.ref_id for each in record.invoices}) == len(record.invoices)
