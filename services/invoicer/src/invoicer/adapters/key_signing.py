"""Publishing with the shop's own token, SignType 1: create XML, have it signed at the shop, publish (Open API §5)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lanes import outcomes as lane
from lanes.model import Scope
from lanes.ports import Parcel
from meinvoice import answers as vendor
from meinvoice.client import MeInvoiceClient
from meinvoice.error_texts import ErrorClass
from meinvoice.models import InvoiceData, PublishInvoiceData
from meinvoice.signing import Signed, SignRefused, SignService, to_publish
from meinvoice.transport import BeforeFirstByte

from invoicer.adapters.errands import Errands
from invoicer.adapters.look_ups import was_changed
from invoicer.adapters.signed_invoices import Kept, SignedInvoices, name_of
from invoicer.domain.answers import LATER_SECONDS, lane_answer, told_of

SIGN_REFUSED = "SignRefused"
SIGN_UNAVAILABLE = "SignServiceUnavailable"
SIGNING = "Signing"
SIGNATURE_SECONDS = 60.0
"""How long one signature may take, in seconds: the tool asks a token, and that perhaps a person."""

_KEPT = (vendor.Unclear, vendor.Accepted)
"""Answers after which the very document may go out again. After any other it is published, or a new one is needed: its
number may be another's now, its lookup code was taken (`DuplicateTransactionID`: create again, Open API §14)."""

_KEPT_AFTER = frozenset({ErrorClass.UNKNOWN_OUTCOME, ErrorClass.TRY_LATER})
"""The same for refusals of a whole request. After any other (a number race, a wrong certificate) the very document
would be refused for ever."""

_NEXT_ROUND = lane.WholeTryAgain(SIGNING, 0.0, "Đang ký số; phần còn lại ký ở lượt sau.")


class _Stopped(Exception):  # noqa: N818 - an answer on its way out, not a fault
    def __init__(self, answer: lane.Answer) -> None:
        super().__init__(type(answer).__name__)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class KeySigning:
    """Signs and publishes the invoices of one account.

    Creating and signing issue nothing: they are repeated freely. What is created and what is signed is kept at once,
    and a resend publishes the very document. Signing takes its time (a token signs about one invoice a second), so a
    request stops when its time is up and goes on with what is missing when it is asked again. The signature that was
    under way then goes on meanwhile, in `signatures`.
    """

    client: MeInvoiceClient
    tool: SignService
    kept: SignedInvoices
    signatures: Errands[PublishInvoiceData]
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    new_id: Callable[[], str]

    async def publish(
        self,
        parcels: Sequence[Parcel],
        *,
        ends: float,
        deadline_seconds: float,
        on_record: Callable[[], Awaitable[None]],
        last_check: BeforeFirstByte,
    ) -> lane.Answer:
        """Publish, once. `last_check` is asked before the only request that issues anything.

        `on_record` is asked before each that makes XML: it waits for what was asked before it to be on record. At
        `ends` of `monotonic()` creating and signing are interrupted.
        """
        try:
            signed = await self._signed(await self._created(parcels, ends, on_record), ends)
        except _Stopped as stopped:
            return stopped.answer
        answer = await self.client.publish_signed(
            [item for _, item in signed], deadline_seconds=deadline_seconds, before_first_byte=last_check
        )
        await self._forget([parcel for parcel, _ in signed], answer)
        told = lane_answer(answer, _changed(parcels))
        return _with_the_rest(told, parcels) if isinstance(told, lane.Answered) else told

    async def _created(
        self, parcels: Sequence[Parcel], ends: float, on_record: Callable[[], Awaitable[None]]
    ) -> list[tuple[Parcel, Kept]]:
        """What one request has created, from the first invoice on; numbers of several requests could clash."""
        found = _of_one_batch(parcels, await self.kept.find([parcel.body for parcel in parcels]))
        if found and not await self._numbers_follow(found):
            await self.kept.drop([parcel.body for parcel, _ in found])
            found = []
        return found or _of_one_batch(parcels, await self._create(parcels, ends, on_record))

    async def _numbers_follow(self, found: Sequence[tuple[Parcel, Kept]]) -> bool:
        """Whether the numbers in the XML still follow each other: the first of its batch may have been withdrawn.

        What may be alive only goes out again, as it is.
        """
        if any(parcel.intent.open_attempts for parcel, _ in found):
            return True
        last = max(kept.place for _, kept in found)
        return await self.kept.stands_alone(found[0][1].batch, last, [parcel.body for parcel, _ in found])

    async def _create(
        self, parcels: Sequence[Parcel], ends: float, on_record: Callable[[], Awaitable[None]]
    ) -> Mapping[str, Kept]:
        bodies = [parcel.body for parcel in parcels]
        answer = await self.client.create_xml(bodies, deadline_seconds=self._left(ends), before_first_byte=on_record)
        if not isinstance(answer, vendor.Creations):
            raise _Stopped(_not_created(answer))
        batch, created = self.new_id(), dict[str, Kept]()
        refused: dict[str, lane.Outcome] = {}
        for place, parcel in enumerate(parcels):
            one = answer.results[parcel.intent.ref_id]
            if isinstance(one, vendor.Created):
                created[parcel.body] = Kept(batch, one, place=place)
            else:
                refused[parcel.intent.ref_id] = _creation_outcome(parcel.intent.ref_id, one, _changed(parcels))
        if refused:
            # Told first. The others are created again with the next request: the numbers in their XML would leave gaps.
            raise _Stopped(_with_the_rest(lane.Answered(refused), parcels))
        await self.kept.keep(created, self.now())
        return created

    async def _signed(
        self, created: Sequence[tuple[Parcel, Kept]], ends: float
    ) -> list[tuple[Parcel, PublishInvoiceData]]:
        return [(parcel, kept.item or await self._sign(parcel, kept, ends)) for parcel, kept in created]

    async def _sign(self, parcel: Parcel, kept: Kept, ends: float) -> PublishInvoiceData:
        item = await self.signatures.result(
            self.tool.address,
            f"{kept.batch} {name_of(parcel.body)}",
            lambda: self._signature(parcel, kept),
            within_seconds=self._left(ends),
        )
        if item is None:
            raise _Stopped(_NEXT_ROUND)
        return item

    async def _signature(self, parcel: Parcel, kept: Kept) -> PublishInvoiceData:
        answer = await self.tool.sign(kept.created.xml, deadline_seconds=SIGNATURE_SECONDS)
        if isinstance(answer, SignRefused):
            reason = f"Công cụ ký số từ chối: {answer.reason}. Kiểm tra USB token và mã PIN rồi mở lại."
            raise _Stopped(lane.WholeAccountFault(SIGN_REFUSED, reason, Scope.ACCOUNT))
        if not isinstance(answer, Signed):
            reason = f"Chưa gọi được công cụ ký số ({answer.reason}). Bật máy và công cụ ký số; sẽ thử lại."
            raise _Stopped(lane.WholeTryAgain(SIGN_UNAVAILABLE, LATER_SECONDS, reason))
        invoice = InvoiceData.from_json(parcel.body)
        item = to_publish(
            kept.created,
            answer,
            send_email=invoice.IsSendEmail,
            receiver_name=invoice.ReceiverName,
            receiver_email=invoice.ReceiverEmail,
        )
        if not await self.kept.keep_signed(parcel.body, replace(kept, item=item), self.now()):
            raise _Stopped(_NEXT_ROUND)  # it took so long that the lane has gone on elsewhere, with another document
        return item

    def _left(self, ends: float) -> float:
        left = ends - self.monotonic()
        if left <= 0:
            raise _Stopped(_NEXT_ROUND)
        return left

    async def _forget(self, parcels: Sequence[Parcel], answer: vendor.PublishAnswer) -> None:
        if isinstance(answer, vendor.Answered):
            done = {ref_id for ref_id, one in answer.results.items() if not isinstance(one, _KEPT)}
            await self.kept.drop([parcel.body for parcel in parcels if parcel.intent.ref_id in done])
        elif isinstance(answer, vendor.WholeRefusal) and answer.meaning.error_class not in _KEPT_AFTER:
            await self.kept.drop([parcel.body for parcel in parcels])


def _of_one_batch(parcels: Sequence[Parcel], kept: Mapping[str, Kept]) -> list[tuple[Parcel, Kept]]:
    """What was created together with the first of these that was created."""
    first = next((kept[parcel.body].batch for parcel in parcels if parcel.body in kept), None)
    return [(parcel, one) for parcel in parcels if (one := kept.get(parcel.body)) and one.batch == first]


def _with_the_rest(told: lane.Answered, parcels: Sequence[Parcel]) -> lane.Answered:
    """An answer about some of these; the others were not sent and go out with the next request."""
    reason = "Chờ gửi ở lượt sau: chưa tạo XML cùng các hóa đơn khác của lượt này."
    waiting = {parcel.intent.ref_id: lane.LeftOut(SIGNING, reason) for parcel in parcels}
    return lane.Answered({**waiting, **told.by_ref_id})


def _not_created(answer: vendor.Failure) -> lane.Answer:
    """Creating issues nothing, so that even an answer that never came leaves nothing open."""
    if isinstance(answer, vendor.Unknown):
        return lane.NotSent(f"creating XML: {answer.reason}")
    return lane_answer(answer)


def _changed(parcels: Sequence[Parcel]) -> frozenset[str]:
    return frozenset(parcel.intent.ref_id for parcel in parcels if was_changed(parcel.intent))


def _creation_outcome(ref_id: str, answer: vendor.CreationAnswer, changed: frozenset[str]) -> lane.Outcome:
    if isinstance(answer, vendor.Unclear):
        return lane.TryAgain(answer.code or "XMLNotCreated", LATER_SECONDS, answer.reason)
    if isinstance(answer, vendor.Created):
        raise TypeError("what was created is signed, not refused")
    return told_of(ref_id, answer, changed)
