"""Intents, lanes and accounts as MongoDB documents, and back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from lanes.model import (
    AccountRecord,
    Body,
    Command,
    Following,
    InFlight,
    Intent,
    IntentState,
    LaneRecord,
    LaneState,
    Phase,
    Position,
)

Document = dict[str, Any]

_INTENT_AS_IS = (
    "code", "reason", "attempts", "open_attempts", "last_open_at", "request_id", "tries", "not_before", "alone",
    "not_found", "unclear", "resends", "look_up_at", "watch_at", "watch_until", "version", "announced", "unannounced",
    "staged_at", "sent_at", "issued_at", "changed_at",
)  # fmt: skip
_LANE_AS_IS = (
    "epoch", "holder", "lease_end", "code", "reason", "state_since", "paused_for", "next_at", "failures",
    "staged_count", "wake_at", "version", "announced", "unannounced",
)  # fmt: skip
LANE_ENGINE_FIELDS = (
    "state", "code", "reason", "state_since", "paused_for", "last_date", "in_flight", "next_at", "failures", "version",
    "unannounced",
)  # fmt: skip
"""What a transition may change; the rest belongs to leases, staging and announcing."""
NEW_LANE: Document = {
    "revision": 0, "epoch": 0, "holder": None, "lease_end": None, "state": "running", "code": None, "reason": None,
    "state_since": None, "paused_for": None, "accounts": [], "last_date": None, "in_flight": None, "next_at": None,
    "failures": 0, "staged_count": 0, "wake_at": None, "version": 0, "announced": 0, "unannounced": False,
}  # fmt: skip


def intent_document(intent: Intent) -> Document:
    """An intent as it is stored; `_id` is its RefID."""
    command = intent.command
    document: Document = {name: getattr(intent, name) for name in _INTENT_AS_IS}
    document |= {
        "_id": command.ref_id,
        "lane": command.lane,
        "account": command.account,
        "content": command.content,
        "weight": command.weight,
        "labels": dict(command.labels),
        "traceparent": command.traceparent,
        "position": _position_document(intent.position),
        "seen": seen_document(intent),
        "state": intent.state.value,
        "bodies": [_body_document(body) for body in intent.bodies],
        "result": dict(intent.result),
    }
    return document


def intent_from(document: Mapping[str, Any]) -> Intent:
    """An intent as it was stored."""
    return Intent(
        command=Command(
            ref_id=document["_id"],
            lane=document["lane"],
            account=document["account"],
            content=document["content"],
            weight=document["weight"],
            labels=document["labels"],
            traceparent=document["traceparent"],
        ),
        position=_position_from(document["position"]),
        seen={entry["lane"]: _position_from(entry) for entry in document["seen"]},
        state=IntentState(document["state"]),
        bodies=tuple(_body_from(body) for body in document["bodies"]),
        result=document["result"],
        **{name: document[name] for name in _INTENT_AS_IS},
    )


def seen_document(intent: Intent) -> list[Document]:
    """The highest position seen of each lane's commands, always in the same form."""
    return [{"lane": lane, **_position_document(at)} for lane, at in sorted(intent.seen.items())]


def intent_changes(before: Intent, after: Intent) -> Document:
    """The fields that differ, for `$set`. `unannounced` may have been cleared since `before` was read: said anew."""
    changed = {name: getattr(after, name) for name in _INTENT_AS_IS if getattr(after, name) != getattr(before, name)}
    if after.unannounced and after.version != before.version:
        changed["unannounced"] = True
    if after.state is not before.state:
        changed["state"] = after.state.value
    if after.bodies != before.bodies:
        changed["bodies"] = [_body_document(body) for body in after.bodies]
    if after.result != before.result:
        changed["result"] = dict(after.result)
    if (after.command, after.position, after.seen) != (before.command, before.position, before.seen):
        changed |= _of_command(before, after)
    return changed


def _of_command(before: Intent, after: Intent) -> Document:
    """What only staging changes."""
    old, new = intent_document(before), intent_document(after)
    names = ("lane", "account", "content", "weight", "labels", "traceparent", "position", "seen")
    return {name: new[name] for name in names if old[name] != new[name]}


def lane_document(lane: LaneRecord) -> Document:
    """A lane's fields as they are stored, without `_id`, `revision` and the list of accounts."""
    document: Document = {name: getattr(lane, name) for name in _LANE_AS_IS}
    document |= {
        "state": lane.state.value,
        "last_date": lane.last_date.isoformat() if lane.last_date else None,
        "in_flight": _in_flight_document(lane.in_flight),
    }
    return document


def lane_changes(before: LaneRecord, after: LaneRecord) -> Document:
    """The fields of a transition that differ, for `$set`; `unannounced` as for intents."""
    old, new = lane_document(before), lane_document(after)
    news = after.unannounced and after.version != before.version
    return {n: new[n] for n in LANE_ENGINE_FIELDS if old[n] != new[n] or (news and n == "unannounced")}


def lane_from(document: Mapping[str, Any], now: datetime) -> LaneRecord:
    """A lane as it was stored."""
    return LaneRecord(
        lane=document["_id"],
        revision=document["revision"],
        now=now,
        state=LaneState(document["state"]),
        accounts=frozenset(document["accounts"]),
        last_date=date.fromisoformat(document["last_date"]) if document["last_date"] else None,
        in_flight=_in_flight_from(document["in_flight"]),
        **{name: document.get(name, NEW_LANE[name]) for name in _LANE_AS_IS},  # older ones may lack a field
    )


def account_from(document: Mapping[str, Any]) -> AccountRecord:
    """An account as it was stored."""
    return AccountRecord(
        account=document["_id"],
        state=LaneState(document["state"]),
        code=document["code"],
        reason=document["reason"],
        state_since=document["state_since"],
        version=document["version"],
        announced=document["announced"],
    )


def account_update(account: AccountRecord) -> Document:
    """Store this state under the next version."""
    return {
        "$set": {
            "state": account.state.value,
            "code": account.code,
            "reason": account.reason,
            "state_since": account.state_since,
            "unannounced": True,
        },
        "$inc": {"version": 1},
        "$setOnInsert": {"announced": 0},
    }


def _position_document(position: Position) -> Document:
    return {"generation": position.generation, "offset": position.offset}


def _position_from(document: Mapping[str, Any]) -> Position:
    return Position(document["generation"], document["offset"])


def _body_document(body: Body) -> Document:
    return {"text": body.text, "date": body.date.isoformat(), "weight": body.weight, "request_id": body.request_id}


def _body_from(document: Mapping[str, Any]) -> Body:
    return Body(document["text"], date.fromisoformat(document["date"]), document["weight"], document["request_id"])


def _in_flight_document(in_flight: InFlight | None) -> Document | None:
    if in_flight is None:
        return None
    return {
        "request_id": in_flight.request_id,
        "phase": in_flight.phase.value,
        "ref_ids": list(in_flight.ref_ids),
        "sending": list(in_flight.sending),
        "following": _following_document(in_flight.following),
    }


def _in_flight_from(document: Mapping[str, Any] | None) -> InFlight | None:
    if document is None:
        return None
    return InFlight(
        request_id=document["request_id"],
        phase=Phase(document["phase"]),
        ref_ids=tuple(document["ref_ids"]),
        sending=tuple(document["sending"]),
        following=_following_from(document.get("following")),
    )


def _following_document(following: Following | None) -> Document | None:
    return {"request_id": following.request_id, "ref_ids": list(following.ref_ids)} if following else None


def _following_from(document: Mapping[str, Any] | None) -> Following | None:
    if document is None:
        return None
    return Following(request_id=document["request_id"], ref_ids=tuple(document["ref_ids"]))
