"""The vendor: allots numbers, deduplicates by RefID, and is sometimes unkind, slow, or both."""

from lanes_model.model import Change, Changes, Model, name, with_worker
from lanes_model.state import Document, Parcel, Request, Step, Told, Verdict, Worker, World

_WHOLE = {Verdict.RACE: "a race for the number", Verdict.FAULT: "the account's fault", Verdict.REJECTED: "a refusal"}


def changes(model: Model, world: World) -> Changes:
    """What may become of requests."""
    for index, worker in enumerate(world.workers):
        if worker.step is Step.CALLING and not _poisoned(model, worker.parcels):
            yield from _answered(model, world, index, worker)
    for place, request in enumerate(world.net):
        rest = world._replace(net=world.net[:place] + world.net[place + 1 :])
        yield from _by_itself(model, rest, request)


def _poisoned(model: Model, parcels: tuple[Parcel, ...]) -> bool:
    return any(parcel.body.content in model.scenario.poison for parcel in parcels)


def _issued(model: Model, world: World, parcels: tuple[Parcel, ...], *, late: bool) -> tuple[World, tuple[Told, ...]]:
    """Issue what is good and new, one after another."""
    documents = list(world.documents)
    told: list[Told] = []
    for parcel in parcels:
        if any(d.ref == parcel.ref and _same_year(model, d, parcel) for d in documents):
            told.append(Told(Verdict.MISSING))
        elif parcel.body.content in model.scenario.bad:
            told.append(Told(Verdict.REJECTED))
        else:
            documents.append(Document(parcel.ref, parcel.body, late=late))
            told.append(Told(Verdict.ISSUED, len(documents)))
    return world._replace(documents=tuple(documents)), tuple(told)


def _same_year(model: Model, document: Document, parcel: Parcel) -> bool:
    return not model.scenario.years or document.body.date == parcel.body.date


def _answered(model: Model, world: World, index: int, worker: Worker) -> Changes:
    bad = any(parcel.body.content in model.scenario.bad for parcel in worker.parcels)
    if bad and model.scenario.refuses_whole:
        verdict = Verdict.WHOLE_REFUSED if len(worker.parcels) > 1 else Verdict.REJECTED
        refused = tuple(Told(verdict) for _ in worker.parcels)
        yield _told(world, index, refused, "the vendor refuses the request and names nobody")
        return
    done, told = _issued(model, world, worker.parcels, late=worker.late)
    yield _told(done, index, told, f"the vendor answers worker {index + 1}: {_words(worker, told)}")
    if world.budget.faults:
        yield from _unkind(model, world, index, worker)


def _unkind(model: Model, world: World, index: int, worker: Worker) -> Changes:
    budget = world.budget._replace(faults=world.budget.faults - 1)
    done, told = _issued(model, world._replace(budget=budget), worker.parcels, late=worker.late)
    for verdict in sorted(model.scenario.answers):
        label = f"the vendor answers worker {index + 1}: "
        match verdict:
            case Verdict.RACE | Verdict.FAULT | Verdict.REJECTED:
                refused = tuple(Told(verdict) for _ in worker.parcels)
                yield _told(world._replace(budget=budget), index, refused, label + _WHOLE[verdict])
            case Verdict.MISSING | Verdict.NO_NUMBER:
                partly = (*told[:-1], Told(verdict))
                yield _told(done, index, partly, label + _words(worker, partly))
            case Verdict.ACCEPTED:
                accepted = tuple(Told(verdict) for _ in worker.parcels)
                waiting = tuple(sorted((*world.net, Request(worker.parcels, late=worker.late))))
                yield _told(world._replace(budget=budget, net=waiting), index, accepted, label + "accepted")
            case _:
                raise ValueError(f"no vendor answers {verdict}")


def _told(world: World, index: int, told: tuple[Told, ...], label: str) -> Change:
    worker = world.workers[index]._replace(step=Step.ANSWERED, answer=told)
    return Change(label, with_worker(world, index, worker))


def _words(worker: Worker, told: tuple[Told, ...]) -> str:
    parts = [
        f"{name(parcel.ref)} {verdict}{f' as number {number}' if number else ''}"
        for parcel, (verdict, number) in zip(worker.parcels, told, strict=True)
    ]
    return ", ".join(parts)


def _by_itself(model: Model, rest: World, request: Request) -> Changes:
    """A request to which nobody listens: processed, lost for good, or going on past the vendor's longest processing."""
    what = f"the request of {' and '.join(name(parcel.ref) for parcel in request.parcels)} that nobody waits for"
    yield Change(f"{what} is lost", rest)
    if not _poisoned(model, request.parcels):
        late = request.late or not request.young
        done, _ = _issued(model, rest, request.parcels, late=late)
        if done.documents != rest.documents:
            yield Change(f"{what} is issued", done)
            if rest.budget.hidden:
                yield Change(f"{what} is issued, and shown to look-ups late", _hidden(done, len(rest.documents)))
    if request.young and rest.budget.stragglers:
        budget = rest.budget._replace(stragglers=rest.budget.stragglers - 1)
        net = tuple(sorted((*rest.net, request._replace(young=False))))
        yield Change(f"{what} takes longer than the vendor ever does", rest._replace(net=net, budget=budget))


def _hidden(world: World, before: int) -> World:
    documents = tuple(d if n < before else d._replace(shown=False) for n, d in enumerate(world.documents))
    return world._replace(documents=documents, budget=world.budget._replace(hidden=world.budget.hidden - 1))
