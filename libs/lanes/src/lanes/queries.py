"""What the console shows of intents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lanes.model import Intent, IntentState
from lanes.store import IntentFilter, LaneStore

MOST = 500


@dataclass(frozen=True, slots=True)
class IntentPage:
    """Intents newest first; `next_after` continues, None at the end."""

    intents: Sequence[Intent]
    next_after: str | None


class IntentQueries:
    """Reads, beside which engines run undisturbed."""

    def __init__(self, store: LaneStore) -> None:
        """Read from this store."""
        self._store = store

    async def show(self, ref_id: str) -> Intent | None:
        """One intent with everything that happened to it."""
        return (await self._store.known([ref_id])).get(ref_id)

    async def list_intents(
        self,
        *,
        lane: str | None = None,
        account: str | None = None,
        states: frozenset[IntentState] | None = None,
        labels: Mapping[str, str] | None = None,
        code: str | None = None,
        ref_id_prefix: str | None = None,
        changed_since: datetime | None = None,
        changed_before: datetime | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> IntentPage:
        """A page of intents that fit every filter that is given; `changed_since` <= last change < `changed_before`.

        Raises:
            ValueError: if `limit` is not between 1 and 500.
            LookupError: if `after` names no intent.
        """
        if not 1 <= limit <= MOST:
            raise ValueError(f"limit must lie between 1 and {MOST}, not {limit}")
        where = IntentFilter(
            lane=lane,
            account=account,
            states=states,
            code=code,
            labels=labels,
            ref_id_prefix=ref_id_prefix,
            changed_since=changed_since,
            changed_before=changed_before,
        )
        found = await self._store.find_intents(where, after=after, limit=limit + 1)
        page = found[:limit]
        return IntentPage(page, page[-1].ref_id if len(found) > limit else None)
