"""meInvoice as the lane engine sees it: prepares bodies, publishes batches, looks up by RefID."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import date
from typing import Protocol

from invoicing.claim import DressHold, dress
from invoicing.series import is_cash_register, is_with_code
from lanes import outcomes as lane
from lanes.model import Intent, Scope
from lanes.ports import HoldIntent, Prepared, Publisher, Request
from meinvoice.answers import Statuses
from meinvoice.client import MOST_IDS, MeInvoiceClient, StatusBy
from meinvoice.models import InvoiceStatus
from opentelemetry.trace import Span, SpanKind
from runtime import metrics
from runtime.logs import bound, get_logger
from runtime.tracing import span
from typing_extensions import override

from invoicer.domain.answers import found, lane_answer
from invoicer.domain.labels import Labels

_log = get_logger(__name__)


class AccountUnusableError(Exception):
    """Nothing may be sent through this account; `code` and the text say why and what to do."""

    def __init__(self, code: str, reason: str, scope: Scope) -> None:
        """Say why in words for the accountant."""
        super().__init__(reason)
        self.code = code
        self.scope = scope


class Accounts(Protocol):
    """Gives the client of an account, as the shop has configured it now."""

    async def client(self, intents: Sequence[Intent]) -> tuple[MeInvoiceClient, int]:
        """A client for these intents of one lane, and the SignType of their series.

        Raises:
            AccountUnusableError: when the shop no longer has the account or series, or its mark and host disagree.
        """
        ...


class MeInvoicePublisher(Publisher):
    """One publisher for all lanes of a process."""

    def __init__(self, accounts: Accounts) -> None:
        """Publish through the clients of these accounts."""
        self._accounts = accounts

    @override
    def prepare(self, intent: Intent, date: date) -> Prepared | HoldIntent:
        dressed = dress(intent.command.content, date=date, series_pattern=_series(intent.command.lane))
        if isinstance(dressed, DressHold):
            return HoldIntent(dressed.explain().vi, dressed.reason.value)
        return Prepared(dressed, intent.command.weight)

    @override
    async def publish(
        self, request: Request, *, deadline_seconds: float, last_check: Callable[[], None]
    ) -> lane.Answer:
        intents = [parcel.intent for parcel in request.parcels]
        try:
            client, sign_type = await self._accounts.client(intents)
        except AccountUnusableError as error:
            return lane.WholeAccountFault(error.code, str(error), error.scope)
        with ExitStack() as around:
            around.enter_context(_about(intents))
            for intent in intents:
                around.enter_context(_publish_span(intent))
            answer = await client.publish(
                sign_type,
                [parcel.body for parcel in request.parcels],
                deadline_seconds=deadline_seconds,
                before_first_byte=last_check,
            )
            translated = lane_answer(answer)
            _report(request, translated)
        return translated

    @override
    async def look_up(self, intents: Sequence[Intent]) -> Mapping[str, lane.LookUp]:
        answers: dict[str, lane.LookUp] = {}
        for group in _of_one_lane(intents):
            answers |= await self._look_up(group)
        return answers

    async def _look_up(self, intents: Sequence[Intent]) -> Mapping[str, lane.LookUp]:
        try:
            client, _ = await self._accounts.client(intents)
        except AccountUnusableError as error:
            return {intent.ref_id: lane.Unclear(str(error)) for intent in intents}
        series = _series(intents[0].command.lane)
        links = [intent.command.traceparent for intent in intents]
        with _about(intents), span("look up invoices", links=links):
            return await _LookUp(client, calculating_machine=is_cash_register(series)).of(
                [intent.ref_id for intent in intents], first_flag=is_with_code(series)
            )


class _LookUp:
    """Asks with both `invoiceWithCode` flags: a wrong one returns no row and no error (Open API §11)."""

    def __init__(self, client: MeInvoiceClient, *, calculating_machine: bool) -> None:
        self._client = client
        self._calculating_machine = calculating_machine

    async def of(self, ref_ids: Sequence[str], *, first_flag: bool) -> dict[str, lane.LookUp]:
        answers: dict[str, lane.LookUp] = {ref_id: lane.NotFound() for ref_id in ref_ids}
        for flag in (first_flag, not first_flag):
            open_ids = [ref_id for ref_id, answer in answers.items() if not isinstance(answer, lane.Found)]
            for start in range(0, len(open_ids), MOST_IDS):
                self._merge(answers, await self._ask(open_ids[start : start + MOST_IDS], flag))
        return answers

    @staticmethod
    def _merge(answers: dict[str, lane.LookUp], asked: Mapping[str, lane.LookUp]) -> None:
        # One unclear answer keeps "not found" from being concluded, whatever the other flag said.
        answers.update({ref_id: said for ref_id, said in asked.items() if not isinstance(said, lane.NotFound)})

    async def _ask(self, ref_ids: Sequence[str], invoice_with_code: bool) -> Mapping[str, lane.LookUp]:
        answer = await self._client.status(
            ref_ids,
            invoice_with_code=invoice_with_code,
            calculating_machine=self._calculating_machine,
            by=StatusBy.REF_ID,
        )
        if not isinstance(answer, Statuses):
            reason = getattr(answer, "reason", None) or getattr(answer, "code", "?")
            return {ref_id: lane.Unclear(str(reason)) for ref_id in ref_ids}
        if answer.unreadable:
            return {ref_id: lane.Unclear(f"{answer.unreadable} rows could not be read") for ref_id in ref_ids}
        rows = _by_ref_id(answer.rows)
        return {ref_id: found(rows[ref_id.lower()]) for ref_id in ref_ids if ref_id.lower() in rows}


def _by_ref_id(rows: Sequence[InvoiceStatus]) -> Mapping[str, InvoiceStatus]:
    return {row.RefID.lower(): row for row in rows}


def _series(lane_key: str) -> str:
    return lane_key.rpartition(":")[2]


def _of_one_lane(intents: Sequence[Intent]) -> Sequence[Sequence[Intent]]:
    groups: dict[tuple[str, str], list[Intent]] = {}
    for intent in intents:
        groups.setdefault((intent.command.lane, intent.command.labels["shop"]), []).append(intent)
    return list(groups.values())


def _about(intents: Sequence[Intent]) -> AbstractContextManager[None]:
    """What logs and the log of exchanges say these requests are about."""
    labels = Labels.from_mapping(intents[0].command.labels)
    alone = {"order": labels.order_id} if len(intents) == 1 else {}
    return bound(shop=labels.shop, lane=intents[0].command.lane, ref_ids=[intent.ref_id for intent in intents], **alone)


def _publish_span(intent: Intent) -> AbstractContextManager[Span]:
    labels = Labels.from_mapping(intent.command.labels)
    return span(
        "publish invoice",
        kind=SpanKind.CLIENT,
        parent=intent.command.traceparent,
        attributes={
            "hoadon.ref_id": intent.ref_id,
            "hoadon.lane": intent.command.lane,
            "hoadon.shop": labels.shop,
            "hoadon.order": str(labels.order_id),
        },
    )


def _report(request: Request, answer: lane.Answer) -> None:
    with bound(request_id=request.request_id):
        match answer:
            case lane.Answered():
                _log.info("published", invoices=len(request.parcels), resend=request.resend)
            case lane.NotSent() | lane.Lost():
                _log.warning("no answer", invoices=len(request.parcels), reason=answer.reason)
                metrics.count("hoadon_invoices_total", len(request.parcels), lane=request.lane, outcome="unknown")
            case _:
                _log.warning("refused", invoices=len(request.parcels), code=answer.code, reason=answer.reason)
