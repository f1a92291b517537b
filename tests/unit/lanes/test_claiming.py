"""What goes into one request."""

from dataclasses import replace
from datetime import UTC, date, datetime

from lanes.claiming import assemble
from lanes.deciding import Claim
from lanes.model import Body, Command, Intent, LaneRecord, Position
from lanes.ports import Prepared
from lanes.settings import LaneSettings

AT = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)
NEW_YEAR = date(2027, 1, 1)
LAST_YEAR = Body('{"InvSeries": "1C26TAA"}', date(2026, 12, 31), 1, "first")
LANE = LaneRecord(lane="lane", revision=1, epoch=1, now=AT, last_date=LAST_YEAR.date)


def staged(ref_id: str, offset: int, **fields: object) -> Intent:
    command = Command(ref_id=ref_id, lane="lane", account="account", content="{}", weight=1)
    intent = Intent(command=command, position=Position(1, offset), seen={"lane": Position(1, offset)})
    return replace(intent, **fields)  # type: ignore[arg-type]  # fields of Intent


def batches(*candidates: Intent) -> list[list[tuple[str, date]]]:
    """RefIDs and dates, request by request."""
    left, made = candidates, []
    while left:
        batch = assemble(
            LANE,
            Claim(left, AT, full=True),
            today=NEW_YEAR,
            request_id="next",
            prepare=lambda _, day: Prepared(day.isoformat(), 1),
            settings=LaneSettings(),
        )
        made.append([(intent.ref_id, body.date) for intent, body in batch.parcels])
        left = left[len(batch.parcels) :]
    return made


def test_a_body_of_last_year_shares_no_request_with_this_years() -> None:
    """What may still be alive goes out as it was, in the series of its own year; the rest follows in the next."""
    alive = staged("a", 1, bodies=(LAST_YEAR,), attempts=1, open_attempts=1)
    assert batches(alive, staged("b", 2), staged("c", 3)) == [
        [("a", LAST_YEAR.date)],
        [("b", NEW_YEAR), ("c", NEW_YEAR)],
    ]
