"""Where a record stands among those of its key, whenever it is read and however often its topic has grown."""

from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st
from runtime.kafka.eras import History, Place, first


def partition(key: bytes, count: int) -> int:
    every = list(range(count))
    return int(DefaultPartitioner()(key, every, every))


def key_at(*partitions: tuple[int, int]) -> bytes:
    """A key that lies in these partitions under these counts."""
    keys = (f"sandbox:{number}:1C__TAA".encode() for number in range(100_000))
    return next(key for key in keys if all(partition(key, count) == at for count, at in partitions))


SIX = first("made-1", 6)
TWELVE = SIX.grown(12, {number: 100 + number for number in range(6)})


def test_the_first_generation_is_the_number_of_partitions() -> None:
    """So that positions stored before there was a history stay comparable."""
    assert SIX.place(key_at((6, 3)), 3, 17) == Place(6)


def test_a_backlog_read_after_the_growth_stands_where_it_stood() -> None:
    """What lay in the old partition is below everything in the new one, however high its offset is."""
    key = key_at((6, 3), (12, 9))
    assert TWELVE.place(key, 3, 99) == SIX.place(key, 3, 99) == Place(6)
    assert TWELVE.place(key, 9, 0) is not None
    assert TWELVE.place(key, 9, 0).generation == 12  # type: ignore[union-attr]  # the line above


def test_a_key_that_stays_keeps_its_generation() -> None:
    """Its offsets go on; a redelivery after the growth is known as one."""
    key = key_at((6, 3), (12, 3))
    assert TWELVE.place(key, 3, 50) == TWELVE.place(key, 3, 5000) == Place(6)


def test_what_moved_comes_after_what_the_other_partitions_held() -> None:
    """The new partition's records wait for the ends of the old ones; those that were empty hold up nobody."""
    grown = SIX.grown(12, {0: 7, 1: 0, 3: 4})
    assert grown.place(key_at((6, 3), (12, 9)), 9, 0) == Place(12, {0: 7, 3: 4})


def test_a_key_where_no_era_puts_it_has_no_place() -> None:
    """The topic may have grown unnoticed; who finds that it has not goes by the offset alone."""
    key = key_at((6, 3), (12, 9))
    assert SIX.place(key, 9, 0) is None
    assert SIX.place(None, 1, 0) is None
    assert TWELVE.by_offset(3, 102) == Place(6)
    assert TWELVE.by_offset(3, 103) == Place(12)
    assert TWELVE.by_offset(9, 0) == Place(12)


def test_a_key_that_comes_back_to_its_partition_is_told_by_its_offset() -> None:
    """Growing by other than whole multiples can do that."""
    key = key_at((6, 3), (7, 5), (8, 3))
    history = SIX.grown(7, {3: 10}).grown(8, {3: 40, 5: 20})
    assert history.place(key, 3, 9) == Place(6)
    assert history.place(key, 5, 0) == Place(7, {3: 10})
    assert history.place(key, 3, 40) == Place(8, {5: 20})


def test_a_quick_writer_waits_for_nobody() -> None:
    """What was written into an old partition before the era was remembered cannot be after its end: no deadlock."""
    key = key_at((6, 3), (7, 5))
    assert SIX.grown(7, {3: 10, 5: 20}).place(key, 5, 19) == Place(7)


def test_a_topic_made_anew_is_above_what_it_was() -> None:
    """Its offsets begin again, with as many partitions as before or fewer."""
    again = TWELVE.made_anew("made-2", 6)
    assert again.place(key_at((6, 3)), 3, 0) == Place(13)
    assert again.grown(12, {3: 5}).place(key_at((6, 3), (12, 9)), 9, 0) == Place(14, {3: 5})


@given(
    st.lists(st.integers(2, 3), max_size=4),
    st.binary(min_size=1, max_size=20),
    st.lists(st.integers(0, 30), min_size=5, max_size=5),
)
def test_positions_of_a_key_rise_with_time(factors: list[int], key: bytes, records: list[int]) -> None:
    """Whatever was written, and read as late as may be, keeps the order in which it was written."""
    count, history, ends = 6, first("made-1", 6), dict.fromkeys(range(6), 0)
    written: list[tuple[int, int]] = []
    seen: list[tuple[History, tuple[int, int], Place | None]] = []
    for number, factor in zip(records, [1, *factors], strict=False):
        if factor > 1:
            count *= factor
            history = history.grown(count, ends)
            ends = {each: ends.get(each, 0) for each in range(count)}
        for _ in range(number):
            at = partition(key, count)
            written.append((at, ends[at]))
            seen.append((history, written[-1], history.place(key, *written[-1])))
            ends[at] += 1
    places = [history.place(key, *record) for record in written]
    positions = [(place.generation, offset) for place, (_, offset) in zip(places, written, strict=True) if place]
    assert positions == sorted(set(positions))
    assert [place for _, _, place in seen] == places
