"""What could not be read, kept with its reason and its original bytes so that it can be looked at and sent again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from contracts.envelope import Event, UnreadableEventError

DEAD_LETTER = "hoadon.dead-letter.v1"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One thing that could not be processed.

    `origin` says where it came from: a topic's name, or `webhook`. `reason` is a code, `detail` a sentence without
    personal data or secrets. `headers` are the original ones. `at` is aware.
    """

    origin: str
    reason: str
    detail: str
    at: datetime
    key: str
    body: bytes
    headers: Mapping[str, str]
    shop: str = "-"

    def to_event(self, *, source: str, traceparent: str | None = None) -> Event:
        """Wrap the letter for `dead-letters`."""
        digest = hashlib.sha256(self.key.encode() + b"\0" + self.body).hexdigest()[:32]
        return Event(
            id=f"{self.origin}:{self.reason}:{digest}",
            type=DEAD_LETTER,
            source=source,
            subject=self.key or "-",
            time=self.at,
            key=self.key or "-",
            data=self.body,
            extensions={
                "origin": self.origin,
                "reason": self.reason,
                "detail": self.detail or "-",
                "shop": self.shop,
                "originalheaders": json.dumps(dict(self.headers), ensure_ascii=False, sort_keys=True),
            },
            traceparent=traceparent,
        )

    @classmethod
    def from_event(cls, event: Event) -> "DeadLetter":
        """Read a letter from its event.

        Raises:
            UnreadableEventError: when the event is no dead letter.
        """
        if event.type != DEAD_LETTER:
            raise UnreadableEventError("ce_type", f"{event.type!r} is not {DEAD_LETTER!r}")
        extensions = event.extensions
        try:
            headers = json.loads(extensions.get("originalheaders", "{}"))
        except ValueError as error:
            raise UnreadableEventError("ce_originalheaders", "is not JSON") from error
        return cls(
            origin=extensions.get("origin", "-"),
            reason=extensions.get("reason", "-"),
            detail=extensions.get("detail", "-"),
            at=event.time,
            key=event.key,
            body=event.data,
            headers=headers,
            shop=extensions.get("shop", "-"),
        )
