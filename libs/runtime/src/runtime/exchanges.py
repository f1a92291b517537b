"""The log of exchanges: every HTTP request with its response or failure, searchable, without secrets, for a time.

Bodies are kept compressed and cut at a size. They hold buyers' data, which is why the collection forgets them.
"""

import asyncio
import hashlib
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from bson import ObjectId
from opentelemetry import trace
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure, PyMongoError, WriteConcernError
from structlog.contextvars import get_contextvars

from runtime import metrics
from runtime.backoff import Backoff
from runtime.logs import get_logger
from runtime.mongo import Collection, Database, Document, is_transient
from runtime.redaction import MASK, redact_text
from runtime.settings import ExchangeSettings

COLLECTION = "exchanges"
_TTL_INDEX = "forget"
_INDEX_OPTIONS_CONFLICT = 85  # MongoDB error code: the index exists with another time
_DUPLICATE_KEY = 11000  # MongoDB error code
_INDEX_NOT_FOUND = 27  # MongoDB error code
_KNOWN_BY = ("shop", "orders", "ref_ids", "lane", "trace_ids")
_OLD_INDEXES = frozenset({"order_1_started_at_-1", "trace_id_1_started_at_-1"})
_AS_LISTS: list[Document] = [
    {
        "$set": {
            "orders": {"$cond": [{"$gt": ["$order", None]}, ["$order"], []]},
            "trace_ids": {"$cond": [{"$gt": ["$trace_id", None]}, ["$trace_id"], []]},
            "operation": {"$concat": ["$method", " ", "$path"]},
        }
    },
    {"$unset": ["order", "trace_id"]},
]
_WITHOUT_BODIES: Document = {"request_body": False, "response_body": False}
_NUMBER = re.compile(r"(?<=/)\d+(?=[./]|$)")
_SIGN_TYPE = re.compile(r'\{\s*"SignType"\s*:\s*(?P<number>\d+)')
_ATTEMPTS = 4
_BETWEEN_ATTEMPTS = Backoff(timedelta(milliseconds=200), timedelta(seconds=1))
_log = get_logger(__name__)

Direction = Literal["meinvoice", "haravan", "amis"]


class Exchange(Protocol):
    """What a vendor client tells its observer; both clients' own class fits."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def request_body(self) -> str | None: ...
    @property
    def status(self) -> int | None: ...
    @property
    def response_body(self) -> str | None: ...
    @property
    def error(self) -> str | None: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def elapsed(self) -> float: ...
    @property
    def attempt(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Subject:
    """What an exchange was about. A publish request is about several invoices, each with its order and its trace."""

    shop: str | None = None
    orders: tuple[str, ...] = ()
    ref_ids: tuple[str, ...] = ()
    lane: str | None = None
    trace_ids: tuple[str, ...] = ()
    request_id: str | None = None
    """The lane's request it belongs to: what precedes a publish request (tokens, originals, XML) and the request."""

    @classmethod
    def bound(cls) -> "Subject":
        """The subject from what is bound to the log context.

        `shop`, `lane`, `request_id`, the lists `orders`, `ref_ids`, `trace_ids`; or one `order`, `ref_id`, `trace_id`.
        """
        context = get_contextvars()
        return cls(
            shop=context.get("shop"),
            orders=_all_of(context, "orders", "order"),
            ref_ids=_all_of(context, "ref_ids", "ref_id"),
            lane=context.get("lane"),
            trace_ids=_all_of(context, "trace_ids", "trace_id"),
            request_id=context.get("request_id"),
        )


def _all_of(context: Mapping[str, Any], several: str, one: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(each) for each in (*(context.get(several) or ()), context.get(one)) if each))


@dataclass(frozen=True, slots=True)
class StoredExchange:
    """An exchange as kept. Bodies are cut at the size of the setting (`truncated`); times are aware UTC.

    `operation` is the request without what it names (`POST /invoice`, `PUT /com/orders/{id}.json`), `sign_type` the
    `SignType` of a publish request (meInvoice Open API §6).
    """

    id: str
    shop: str | None
    orders: tuple[str, ...]
    ref_ids: tuple[str, ...]
    lane: str | None
    trace_ids: tuple[str, ...]
    request_id: str | None
    direction: Direction
    method: str
    path: str
    operation: str
    sign_type: int | None
    request_body: str | None
    response_body: str | None
    truncated: bool
    status: int | None
    error: str | None
    elapsed: float
    attempt: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Noted:
    """An exchange with what it is about, taken down where both are known; `about` names the present trace too."""

    exchange: Exchange
    direction: Direction
    about: Subject

    @classmethod
    def now(cls, exchange: Exchange, direction: Direction, subject: Subject | None = None) -> "Noted":
        """Take down what is bound to the log context and the present trace."""
        about = subject or Subject.bound()
        traces = tuple(dict.fromkeys((*about.trace_ids, *_present_trace())))
        return cls(exchange, direction, replace(about, trace_ids=traces))


def not_logged(reason: str, number: int) -> None:
    """Raise the alarm that exchanges are missing from the log."""
    metrics.count("hoadon_alarms_total", number, kind="exchange_not_logged")
    _log.error("exchange not logged", exchanges=number, reason=reason)


class ExchangeLog:
    """Writes and finds exchanges in the collection `exchanges`."""

    def __init__(self, database: Database, settings: ExchangeSettings) -> None:
        """Keep exchanges in `database`."""
        self._collection: Collection = database[COLLECTION]
        self._keep = settings.keep
        self._largest = settings.body_length

    async def ensure_indexes(self) -> None:
        """Create the indexes; a changed time to keep is applied to the existing one."""
        newest = ("started_at", DESCENDING)
        await self._collection.create_indexes([IndexModel([(name, ASCENDING), newest]) for name in _KNOWN_BY])
        await self._bring_up_to_date()
        seconds = int(self._keep.total_seconds())
        try:
            await self._collection.create_index("started_at", name=_TTL_INDEX, expireAfterSeconds=seconds)
        except OperationFailure as error:
            if error.code != _INDEX_OPTIONS_CONFLICT:
                raise
            index = {"name": _TTL_INDEX, "expireAfterSeconds": seconds}
            await self._collection.database.command({"collMod": COLLECTION, "index": index})

    async def _bring_up_to_date(self) -> None:
        """Write what an earlier version kept of one order and one trace as lists, and drop the indexes it had."""
        old = _OLD_INDEXES & set(await self._collection.index_information())
        if not old:
            return
        await self._collection.update_many({"orders": {"$exists": False}}, _AS_LISTS)
        for name in old:
            try:
                await self._collection.drop_index(name)
            except OperationFailure as error:
                if error.code != _INDEX_NOT_FOUND:  # another process was quicker
                    raise

    async def record(self, exchange: Exchange, direction: Direction, subject: Subject | None = None) -> None:
        """Store one exchange, about `subject` or else about what is bound to the log context.

        Raises:
            PyMongoError: when MongoDB does not take it.
        """
        await self._insert(self.packed(Noted.now(exchange, direction, subject)))

    async def _insert(self, document: Document) -> None:
        await self._collection.insert_one(document)

    async def store(self, documents: Sequence[Document]) -> None:
        """Store what `packed` made, in any order; what is stored already stays as it is.

        Raises:
            PyMongoError: when MongoDB does not take them; transient when it only cannot promise to keep them.
        """
        try:
            await self._collection.insert_many(documents, ordered=False)
        except BulkWriteError as error:  # an earlier attempt stored them, and only the receipt was lost
            if any(fault["code"] != _DUPLICATE_KEY for fault in error.details["writeErrors"]):
                raise
            for fault in error.details["writeConcernErrors"]:  # no majority has them: a failover may undo them
                raise WriteConcernError(fault["errmsg"], fault["code"]) from error

    def packed(self, noted: "Noted") -> Document:
        """An exchange as it is kept: without secrets, cut, compressed, under an id of its own."""
        exchange, about = noted.exchange, noted.about
        bodies = (exchange.request_body, exchange.response_body)
        return {
            "_id": ObjectId(),
            "shop": about.shop,
            "orders": list(about.orders),
            "ref_ids": list(about.ref_ids),
            "lane": about.lane,
            "trace_ids": list(about.trace_ids),
            "request_id": about.request_id,
            "direction": noted.direction,
            "method": exchange.method,
            "path": redact_text(exchange.path),
            "operation": _operation(exchange),
            "sign_type": _sign_type(exchange),
            "request_body": self._packed(exchange.request_body, exchange.path),
            "response_body": self._packed(exchange.response_body, exchange.path),
            "truncated": any(len(body or "") > self._largest for body in bodies),
            "status": exchange.status,
            "error": redact_text(exchange.error) if exchange.error else None,
            "elapsed": exchange.elapsed,
            "attempt": exchange.attempt,
            "started_at": exchange.started_at,
        }

    async def observe_meinvoice(self, exchange: Exchange) -> None:
        """Observer for `meinvoice.client`; a failure to log never fails the call, it raises an alarm."""
        await self._observe(exchange, "meinvoice")

    async def observe_meinvoice_once(self, exchange: Exchange, name: str) -> None:
        """As `observe_meinvoice`, under a name of its own: said again, nothing is added.

        What MongoDB may take a moment later is written again, a few times: whoever waits must not wait for long.
        """
        document = {**self.packed(Noted.now(exchange, "meinvoice")), "_id": _id_of(name)}
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                await self._insert(document)
            except DuplicateKeyError:  # said before, or only the receipt was lost
                return
            except PyMongoError as error:
                if attempt == _ATTEMPTS or not is_transient(error):
                    not_logged(type(error).__name__, 1)
                    return
                await asyncio.sleep(_BETWEEN_ATTEMPTS.seconds(attempt))
            else:
                return

    async def observe_haravan(self, exchange: Exchange) -> None:
        """Observer for `haravan.client`; a failure to log never fails the call, it raises an alarm."""
        await self._observe(exchange, "haravan")

    async def _observe(self, exchange: Exchange, direction: Direction) -> None:
        try:
            await self.record(exchange, direction)
        except PyMongoError as error:
            not_logged(type(error).__name__, 1)

    async def find(
        self,
        *,
        shop: str | None = None,
        order: str | None = None,
        ref_id: str | None = None,
        lane: str | None = None,
        trace_id: str | None = None,
        since: datetime | None = None,
        limit: int = 100,
        bodies: bool = True,
    ) -> Sequence[StoredExchange]:
        """The newest exchanges that match everything given, newest first; one query, answered from an index.

        Without `bodies` none is read: of a list they are most of what there is to read and unpack.
        """
        asked = {"shop": shop, "orders": order, "ref_ids": ref_id, "lane": lane, "trace_ids": trace_id}
        query: Document = {name: value for name, value in asked.items() if value is not None}
        if since is not None:
            query["started_at"] = {"$gte": since}
        found = self._collection.find(query, None if bodies else _WITHOUT_BODIES)
        cursor = found.sort("started_at", DESCENDING).limit(limit)
        return [_stored(document) async for document in cursor]

    async def get(self, exchange_id: str) -> StoredExchange | None:
        """One exchange by its id; None when it is unknown or forgotten."""
        if not ObjectId.is_valid(exchange_id):
            return None
        document = await self._collection.find_one({"_id": ObjectId(exchange_id)})
        return None if document is None else _stored(document)

    def _packed(self, body: str | None, path: str) -> bytes | None:
        if body is None:
            return None
        return zlib.compress(_clean(body[: self._largest], path).encode())


def _id_of(name: str) -> ObjectId:
    return ObjectId(hashlib.sha256(name.encode()).digest()[:12])


def _clean(body: str, path: str) -> str:
    # A login answers with the token as plain data, under a name that is used for everything else too.
    return MASK if path.split("?", maxsplit=1)[0].rstrip("/").endswith("/token") else redact_text(body)


def _present_trace() -> tuple[str, ...]:
    context = trace.get_current_span().get_span_context()
    return (trace.format_trace_id(context.trace_id),) if context.is_valid else ()


def _operation(exchange: Exchange) -> str:
    path = _NUMBER.sub("{id}", exchange.path.split("?", maxsplit=1)[0])
    return f"{exchange.method} {path}"


def _sign_type(exchange: Exchange) -> int | None:
    found = _SIGN_TYPE.match(exchange.request_body or "")
    return int(found["number"]) if found else None


def _stored(document: Document) -> StoredExchange:
    kept: dict[str, Any] = {field.name: document.get(field.name) for field in fields(StoredExchange)}
    for name in _WITHOUT_BODIES:
        kept[name] = None if kept[name] is None else zlib.decompress(kept[name]).decode()
    lists = {name: tuple(kept[name] or ()) for name in ("orders", "ref_ids", "trace_ids")}
    return StoredExchange(**{**kept, **lists, "id": str(document["_id"])})
