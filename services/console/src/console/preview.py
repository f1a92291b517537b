"""What would become of orders by a shop's file: judged by the services' own rules, sent nowhere."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path

import simplejson
from contracts.haravan import Via
from invoicing.catalogue import Catalogue
from invoicing.order import Order, UnreadableOrder
from invoicing.release import NOTHING, Release
from orders.context import Context
from orders.retelling import Retelling, order_id_of
from orders.story import Story, UnsettledError
from runtime.clock import VIETNAM
from shops.models import Shop
from shops.yaml_io import read_rules_of_shop

from console.preview_goods import read_goods
from console.preview_input import Given, Told, read_given
from console.preview_view import Result, show_result
from console.session import Session
from console.shops_view import naming, read_file

_VERSION = 1
_DELETED = "orders/delete"


@dataclass(frozen=True, slots=True)
class Asked:
    """What to preview, by which file, and what a person is taken to have decided; no `day` means today."""

    files: list[Path]
    shop: Path
    day: date | None
    catalogue: list[Path]
    issue: bool
    consumer: bool


def preview(session: Session, asked: Asked) -> int:
    """Show one result for each order, list or line; 1 when something could not be read.

    Raises:
        CommandError: when a file cannot be read.
        InvalidShopError: when the shop's file is not valid.
    """
    with naming(asked.shop):
        shop = read_rules_of_shop(read_file(asked.shop), environment=os.environ)
    stage = Stage(shop, read_goods(session, asked.catalogue), asked)
    failed = False
    for result, several in _told_apart(stage.results(read_given(asked.files)), streamed=str(asked.files[0]) == "-"):
        failed = failed or result.problem is not None
        show_result(session, result, one_line=several)
    return 1 if failed else 0


def _told_apart(results: Iterator[Result], *, streamed: bool) -> Iterator[tuple[Result, bool]]:
    """Each result, and whether it is one of several: then each is JSON on a line of its own."""
    if streamed:
        yield from ((result, True) for result in results)
        return
    first, second = next(results, None), next(results, None)
    if first is not None:
        yield first, second is not None
    if second is not None:
        yield from ((result, True) for result in chain((second,), results))


@dataclass(slots=True)
class Stage:
    """The shop, and the stories of all orders that were heard of so far."""

    shop: Shop
    catalogue: Catalogue
    asked: Asked
    _stories: dict[str, tuple[Story, Retelling]] = field(default_factory=dict)
    _numbers: Counter[str] = field(default_factory=Counter)

    def results(self, given: Iterator[Given]) -> Iterator[Result]:
        """One for each order of each thing given."""
        for each in given:
            yield from self._of(each)

    def _of(self, given: Given) -> Iterator[Result]:
        """The results of one thing given: one for each order, and one for each event that cannot be read."""
        told: dict[int, Result] = {}
        for event in given.events:
            result = self._tell(event, given.where)
            if result.problem is not None:
                yield result
            else:
                told[id(result.story)] = result
        yield from told.values()

    def _tell(self, event: Told, where: str) -> Result:
        name = order_id_of(event.topic, event.body)
        story, retelling = self._stories.setdefault(name, (self._story(), Retelling()))
        try:
            self._happens(story, retelling, event)
        except UnreadableOrder as error:
            return Result(where, story, problem=f"{error.field or '-'}: {error.reason}")
        except UnsettledError as error:
            return Result(where, story, problem=f"-: {error}")
        except RecursionError:
            return Result(where, story, problem="-: nested too deeply")
        return Result(where, story)

    def _story(self) -> Story:
        return Story(self.shop.shop, self.shop.haravan.org_id, self._context, self._number)

    def _happens(self, story: Story, retelling: Retelling, event: Told) -> None:
        now = event.at or datetime.now(UTC)
        if event.test:
            return  # the services record a test delivery and invoice nothing
        if event.topic == _DELETED:
            story.deleted(_number(event), now)
            return
        answer = retelling.answer(event.topic, event.body)
        if answer is None:
            return
        via = Via.REREAD if answer.put_together else Via.WEBHOOK
        day = self.asked.day or now.astimezone(VIETNAM).date()
        story.tell(simplejson.dumps(answer.body, use_decimal=True), event.topic, now, day, via=via)

    def _context(self, _: Order, today: date) -> Context:
        release = Release(issue=self.asked.issue, buyer="consumer" if self.asked.consumer else "", by="preview")
        asked = self.asked.issue or self.asked.consumer
        return Context(
            shop=self.shop,
            version=_VERSION,
            today=today,
            catalogue=self.catalogue,
            release=release if asked else NOTHING,
        )

    def _number(self, lane: str) -> str:
        self._numbers[lane] += 1
        return f"{self._numbers[lane]:08d}"


def _number(event: Told) -> int:
    number = order_id_of(event.topic, event.body)
    if not number.isdecimal():
        raise UnreadableOrder("id", "the order's numeric id is missing")
    return int(number)
