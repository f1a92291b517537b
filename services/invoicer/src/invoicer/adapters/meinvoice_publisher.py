"""meInvoice as the lane engine sees it: prepares bodies, publishes batches, looks up by RefID."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Protocol

from invoicing.claim import DressHold, dress
from lanes import outcomes as lane
from lanes.model import Intent, Scope
from lanes.ports import HoldIntent, Parcel, Prepared, Publisher, Request
from meinvoice.client import MeInvoiceClient
from meinvoice.exchanges import Exchange, unanswered
from meinvoice.limits import LimitError, check_invoices
from runtime import metrics
from runtime.clock import VIETNAM
from runtime.logs import bound, get_logger
from runtime.tracing import span, trace_id_of
from typing_extensions import override

from invoicer.adapters.key_signing import KeySigning
from invoicer.adapters.look_ups import LookUps, was_changed
from invoicer.adapters.originals import refused_originals
from invoicer.adapters.publish_spans import publish_spans
from invoicer.domain.answers import lane_answer
from invoicer.domain.labels import Labels

BROKEN_LIMIT = "BrokenLimit"
NEXT_REQUEST = "NextRequest"
LEFT_BEHIND = "the process ended before it recorded an answer; whether this was sent, look-ups tell"
_log = get_logger(__name__)


class AccountUnusableError(Exception):
    """Nothing of this lane may be sent; `code` and the text say why and what to do.

    It is the lane's shop that is at fault: another shop of the same company goes on with its own series.
    """

    def __init__(self, code: str, reason: str) -> None:
        """Say why in words for the accountant."""
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True, slots=True)
class Access:
    """How the invoices of one lane are sent: the account's client, the series' SignType, for 1 also the signing."""

    client: MeInvoiceClient
    sign_type: int
    signing: KeySigning | None = None


class Accounts(Protocol):
    """Gives access to an account, as the shop has configured it now."""

    async def access(self, intents: Sequence[Intent]) -> Access:
        """How to send these intents of one lane.

        Raises:
            AccountUnusableError: when the shop no longer has the account or series, or its mark and host disagree.
        """
        ...


class Records(Protocol):
    """The log of exchanges, which the clients write to."""

    async def add_once(self, exchange: Exchange, request_id: str) -> None:
        """Put on record what no client could, of this request of a lane; once, however often it is said."""

    async def written(self, request_id: str | None) -> None:
        """Return when what the clients have told of this request is kept; None: of what belongs to no request."""


class MeInvoicePublisher(Publisher):
    """One publisher for all lanes of a process."""

    def __init__(
        self,
        accounts: Accounts,
        monotonic: Callable[[], float],
        patience_seconds: float,
        *,
        records: Records,
        look_up_seconds: float = 27.0,
    ) -> None:
        """Publish through these accounts; `records` keeps what no client has seen the end of.

        `patience_seconds` is how long what precedes the last check may take, on `monotonic`: asking for originals,
        creating and signing. What is not done by then is tried again later, and its lane says so. A look-up of any
        number of invoices takes `look_up_seconds` at most, and tells what it has learnt until then.
        """
        self._accounts = accounts
        self._monotonic = monotonic
        self._patience_seconds = patience_seconds
        self._records = records
        self._look_up_seconds = look_up_seconds

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
        ends = self._monotonic() + self._patience_seconds
        try:
            access = await self._accounts.access(intents)
        except AccountUnusableError as error:
            return lane.WholeAccountFault(error.code, str(error), Scope.LANE)
        with _about(intents), bound(request_id=request.request_id), publish_spans(intents):
            refused = await self._refused_originals(access, request, ends)
            if refused:
                answer = _instead(request.parcels, refused)
            else:
                answer = await self._send(access, request, ends, deadline_seconds, last_check)
            _report(request, answer)
        return answer

    async def _send(
        self,
        access: Access,
        request: Request,
        ends: float,
        deadline_seconds: float,
        last_check: Callable[[], None],
    ) -> lane.Answer:
        parcels = request.parcels

        async def on_record() -> None:
            await self.on_record(request)

        async def check() -> None:
            await on_record()  # what it asked before: XML, or the same with a token that was refused
            last_check()

        try:
            if access.signing is not None:
                return await access.signing.publish(
                    parcels, ends=ends, deadline_seconds=deadline_seconds, on_record=on_record, last_check=check
                )
            answer = await access.client.publish(
                access.sign_type,
                [parcel.body for parcel in parcels],
                deadline_seconds=deadline_seconds,
                before_first_byte=check,
            )
        except LimitError as error:
            return _beyond_limits(parcels, error)
        return lane_answer(answer, frozenset(parcel.intent.ref_id for parcel in parcels if was_changed(parcel.intent)))

    async def _refused_originals(self, access: Access, request: Request, ends: float) -> Mapping[str, lane.Outcome]:
        look_ups = LookUps(access.client, _series(request.lane))
        return await refused_originals(look_ups, request.parcels, within_seconds=ends - self._monotonic())

    @override
    async def look_up(self, intents: Sequence[Intent]) -> Mapping[str, lane.LookUp]:
        answers: dict[str, lane.LookUp] = {}
        ends = self._monotonic() + self._look_up_seconds
        for group in _of_one_lane(intents):
            answers |= await self._look_up(group, ends)
        return answers

    @override
    async def on_record(self, request: Request) -> None:
        await self._records.written(request.request_id)

    @override
    async def left_behind(self, request: Request) -> None:
        intents = [parcel.intent for parcel in request.parcels]
        that_day = datetime.combine(request.date, time(), VIETNAM)
        sent_at = min((intent.sent_at for intent in intents if intent.sent_at), default=that_day)
        with _about(intents), bound(request_id=request.request_id):
            exchange = unanswered([parcel.body for parcel in request.parcels], LEFT_BEHIND, sent_at)
            await self._records.add_once(exchange, request.request_id)

    async def _look_up(self, intents: Sequence[Intent], ends: float) -> Mapping[str, lane.LookUp]:
        try:
            access = await self._accounts.access(intents)
        except AccountUnusableError as error:
            return {intent.ref_id: lane.Unclear(str(error)) for intent in intents}
        links = [intent.command.traceparent for intent in intents]
        request_id = _request_of(intents)
        with _about(intents), bound(request_id=request_id), span("look up invoices", links=links):
            look_ups = LookUps(access.client, _series(intents[0].command.lane))
            answers = await look_ups.of(intents, lambda: ends - self._monotonic())
        await self._records.written(request_id)  # nothing is adopted for an answer that is not on record
        return answers


def _instead(parcels: Sequence[Parcel], refused: Mapping[str, lane.Outcome]) -> lane.Answer:
    """Nothing was sent because of these: one invoice that can't be sent does not take its neighbours with it."""
    reason = "Chờ lượt gửi sau: hóa đơn khác trong lượt này không gửi được."
    others = {parcel.intent.ref_id: lane.LeftOut(NEXT_REQUEST, reason) for parcel in parcels}
    return lane.Answered({**others, **refused})


def _beyond_limits(parcels: Sequence[Parcel], error: LimitError) -> lane.Answer:
    checked = check_invoices([parcel.body for parcel in parcels])
    refused = {
        parcel.intent.ref_id: lane.Rejected(BROKEN_LIMIT, "; ".join(f"{one.field}: {one.vi}" for one in problems))
        for parcel, problems in zip(parcels, checked.invoices, strict=True)
        if problems
    }
    return _instead(parcels, refused) if refused else lane.WholeRefused(BROKEN_LIMIT, error.problems[0].vi)


def _series(lane_key: str) -> str:
    return lane_key.rpartition(":")[2]


def _of_one_lane(intents: Sequence[Intent]) -> Sequence[Sequence[Intent]]:
    groups: dict[tuple[str, str], list[Intent]] = {}
    for intent in intents:
        groups.setdefault((intent.command.lane, intent.command.labels["shop"]), []).append(intent)
    return list(groups.values())


def _about(intents: Sequence[Intent]) -> AbstractContextManager[None]:
    """What logs and the log of exchanges say these requests are about: every order and trace of them."""
    labels = [Labels.from_mapping(intent.command.labels) for intent in intents]
    traces = [trace for intent in intents if (trace := trace_id_of(intent.command.traceparent))]
    return bound(
        shop=labels[0].shop,
        lane=intents[0].command.lane,
        ref_ids=[intent.ref_id for intent in intents],
        orders=[str(each.order_id) for each in labels],
        trace_ids=traces,
    )


def _request_of(intents: Sequence[Intent]) -> str | None:
    """The request that carried all of these last; None if there were several."""
    ids = {intent.request_id for intent in intents}
    return ids.pop() if len(ids) == 1 else None


def _report(request: Request, answer: lane.Answer) -> None:
    match answer:
        case lane.Answered():
            _log.info("published", invoices=len(request.parcels), resend=request.resend)
        case lane.NotSent():
            _log.warning("not sent", invoices=len(request.parcels), reason=answer.reason)
        case lane.Lost():
            _log.warning("no answer", invoices=len(request.parcels), reason=answer.reason)
            metrics.count("hoadon_invoices_total", len(request.parcels), lane=request.lane, outcome="unknown")
        case _:
            _log.warning("refused", invoices=len(request.parcels), code=answer.code, reason=answer.reason)
