"""In which order Haravan tells about the sample orders: interleaved, some twice, some the wrong way round."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from local_stack.demo.model import Ending, SampleOrder, State

_TOGETHER = 20
"""So many orders live at the same time."""
_TWICE = 0.10
_REVERSED = 0.08
_PAID_FIRST = 0.06
_WRAPPED = 0.02


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event that Haravan's stand-in sends. `text` is its exact body."""

    org_id: int
    order_id: int
    topic: str
    text: str
    copies: int = 1
    test: bool = False


def deliveries(orders: Sequence[SampleOrder], *, seed: int = 2026) -> tuple[Delivery, ...]:
    """Everything that is delivered, in the order in which it is sent."""
    chance = random.Random(seed)  # noqa: S311  (repeatable on purpose)
    told = [tuple(_of_order(order, chance)) for order in orders]
    groups = (told[start : start + _TOGETHER] for start in range(0, len(told), _TOGETHER))
    return tuple(each for group in groups for each in _interleaved(group))


def _of_order(order: SampleOrder, chance: random.Random) -> Iterator[Delivery]:
    test = order.expected.ending is Ending.UNKNOWN
    for state in _sequence(order.states, chance):
        yield Delivery(
            org_id=order.org_id,
            order_id=order.order_id,
            topic=state.topic,
            text=f'{{"data": {state.text}}}' if chance.random() < _WRAPPED else state.text,
            copies=2 if chance.random() < _TWICE else 1,
            test=test,
        )


def _sequence(states: tuple[State, ...], chance: random.Random) -> tuple[State, ...]:
    drawn = chance.random()
    if drawn < _REVERSED:
        return states[::-1]
    if drawn < _REVERSED + _PAID_FIRST:
        return tuple(sorted(states, key=lambda state: state.topic != "orders/paid"))
    return states


def _interleaved(group: Sequence[Sequence[Delivery]]) -> Iterator[Delivery]:
    for step in zip_longest(*group):
        yield from (each for each in step if each is not None)
