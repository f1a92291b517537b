"""What people enter, against a real MongoDB: all or nothing, one after the other, on record."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest
from catalogue.changes import Change
from catalogue.entries import Entry
from catalogue.ledger import Ledger
from catalogue.store import entry_ledger
from runtime.mongo import Database

SHOP = "demo"


@pytest.fixture
async def ledger(database: Database) -> Ledger[Entry]:
    made = entry_ledger(database)
    await made.ensure_indexes()
    return made


class Plan:
    """Entries to be stored as they are."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries

    def __call__(self, known: Mapping[str, Entry]) -> list[Change[Entry]]:
        changes = [Change(each.key, known.get(each.key), each) for each in self._entries]
        return [each for each in changes if each.before != each.after]


def putting(*entries: Entry) -> Plan:
    return Plan(entries)


async def test_every_change_is_on_record(ledger: Ledger[Entry]) -> None:
    """Who, from what to what; what changes nothing is no edit."""
    first, second = Entry(sku="A", unit="cái"), Entry(sku="A", unit="hộp")
    assert (await ledger.edit(SHOP, putting(first, Entry(sku="B", unit="kg")), "cli:an")).revision == 1
    assert (await ledger.edit(SHOP, putting(first), "cli:an")).revision == 1
    assert (await ledger.preview(SHOP, putting(second))).revision == 2
    await ledger.edit(SHOP, putting(second), "cli:binh")
    await ledger.edit(SHOP, lambda known: [Change("a", known["a"], None)], "cli:an")
    history = await ledger.history(SHOP, "a")
    assert [(edit.revision, edit.by, edit.change.before, edit.change.after) for edit in history] == [
        (1, "cli:an", None, first),
        (2, "cli:binh", first, second),
        (3, "cli:an", second, None),
    ]
    assert list(await ledger.all(SHOP)) == ["b"]
    assert await ledger.all("other") == {}


async def test_a_plan_that_fails_writes_nothing(ledger: Ledger[Entry]) -> None:
    """Nor does it raise the revision."""

    def fail(known: Mapping[str, Entry]) -> list[Change[Entry]]:
        raise ValueError(len(known))

    with pytest.raises(ValueError, match="0"):
        await ledger.edit(SHOP, fail, "test")
    assert (await ledger.edit(SHOP, putting(Entry(sku="A", unit="cái")), "test")).revision == 1


async def test_two_edits_at_once_lose_nothing(ledger: Ledger[Entry]) -> None:
    """Each plans on what the other wrote, and a new entry is made once."""

    def count(known: Mapping[str, Entry]) -> list[Change[Entry]]:
        before = known.get("a")
        unit = str(int(before.unit) + 1) if before else "1"
        return [Change("a", before, Entry(sku="A", unit=unit))]

    await asyncio.gather(*(ledger.edit(SHOP, count, "test") for _ in range(5)))
    assert (await ledger.all(SHOP))["a"].unit == "5"
    assert [edit.revision for edit in await ledger.history(SHOP)] == [1, 2, 3, 4, 5]
