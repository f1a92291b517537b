"""Tokens in a real MongoDB: one login for all processes, however many ask at once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from pydantic import SecretStr
from runtime.backoff import Backoff
from runtime.mongo import Mongo
from runtime.secrets import SecretBox, generate_key
from runtime.settings import MongoSettings
from runtime.tokens import AccountToken, AccountTokens, LoginPostponedError, TokenPolicy, forget_tokens
from support.clocks import ManualClock
from typing_extensions import override

ACCOUNT = "sandbox:0101243150"
POLICY = TokenPolicy(backoff=Backoff(timedelta(seconds=10), timedelta(minutes=15), uniform=lambda _low, high: high))


class StillClock(ManualClock):
    """Sleeping lets others run and moves nothing: whoever waits for a login must not outlive its lease by waiting."""

    @override
    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0.005)


class Vendor:
    """Gives tokens t1, t2, … and counts the logins."""

    def __init__(self) -> None:
        self.logins = 0
        self.refuses = False

    async def login(self) -> SecretStr:
        self.logins += 1
        given = f"t{self.logins}"
        await asyncio.sleep(0.05)  # others ask meanwhile
        if self.refuses:
            raise RuntimeError("InvalidAppID")
        return SecretStr(given)


@pytest.fixture
async def mongo(mongo_url: str, mongo_database: str) -> AsyncIterator[Mongo]:
    opened = Mongo(MongoSettings(url=SecretStr(mongo_url), database=mongo_database))
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def process(mongo: Mongo, clock: ManualClock) -> Callable[[Vendor], AccountToken]:
    """Makes one process's view of the account."""
    return processes(mongo, clock)


def processes(mongo: Mongo, clock: ManualClock) -> Callable[[Vendor], AccountToken]:
    box = SecretBox([generate_key()])
    return lambda vendor: AccountTokens(mongo.database, box, clock, POLICY).of(ACCOUNT, vendor.login)


async def test_many_processes_that_ask_at_once_log_in_once(mongo: Mongo) -> None:
    """Trap: a token that many processes ask for makes a storm of logins; all get the same."""
    vendor = Vendor()
    process = processes(mongo, StillClock())
    tokens = await asyncio.gather(*(process(vendor).get() for _ in range(20)))
    assert {token.get_secret_value() for token in tokens} == {"t1"}
    assert vendor.logins == 1


async def test_a_token_is_kept_encrypted(process: Callable[[Vendor], AccountToken], mongo: Mongo) -> None:
    """Nobody reads it from the database."""
    token = await process(Vendor()).get()
    stored = await mongo.database["account_tokens"].find_one({"_id": ACCOUNT})
    assert token.get_secret_value() not in str(stored)


async def test_a_token_is_renewed_after_seven_days(
    process: Callable[[Vendor], AccountToken], clock: ManualClock
) -> None:
    """Half its life, so that a vendor that is away for a week harms nobody; one of many logs in."""
    vendor = Vendor()
    await process(vendor).get()
    clock.move(days=6, hours=23)
    assert (await process(vendor).get()).get_secret_value() == "t1"
    clock.move(hours=1)
    await asyncio.gather(*(process(vendor).get() for _ in range(10)))
    assert (await process(vendor).get()).get_secret_value() == "t2"
    assert vendor.logins == 2


async def test_an_old_token_serves_while_logins_fail(
    process: Callable[[Vendor], AccountToken], clock: ManualClock
) -> None:
    """Until it has expired; then the failure is the caller's."""
    vendor = Vendor()
    await process(vendor).get()
    vendor.refuses = True
    clock.move(days=8)
    assert (await process(vendor).get()).get_secret_value() == "t1"
    clock.move(days=6)
    with pytest.raises(RuntimeError, match="InvalidAppID"):
        await process(vendor).get()


async def test_a_refused_token_is_renewed_once_for_all(mongo: Mongo) -> None:
    """Trap: an expired token makes a storm of logins; whoever comes later with the old one gets the new one."""
    vendor, clock = Vendor(), StillClock()
    process = processes(mongo, clock)
    old = await process(vendor).get()
    clock.move(minutes=5)
    renewed = await asyncio.gather(*(process(vendor).renew(old) for _ in range(10)))
    assert {token.get_secret_value() for token in renewed} == {"t2"}
    assert (await process(vendor).renew(old)).get_secret_value() == "t2"
    assert vendor.logins == 2


async def test_a_fresh_token_that_is_refused_makes_no_storm(process: Callable[[Vendor], AccountToken]) -> None:
    """A second login within a minute is not tried: the account is at fault, not the token."""
    vendor = Vendor()
    token = await process(vendor).get()
    with pytest.raises(LoginPostponedError, match="too recent"):
        await process(vendor).renew(token)
    assert vendor.logins == 1


async def test_failed_logins_are_remembered_by_all(
    process: Callable[[Vendor], AccountToken], clock: ManualClock
) -> None:
    """After a failure nobody tries for 10 s, then 20 s, with the reason; the first success ends it."""
    vendor = Vendor()
    vendor.refuses = True
    for failures, pause in ((1, 10), (2, 20)):
        with pytest.raises(RuntimeError):
            await process(vendor).get()
        clock.move(seconds=pause - 1)
        with pytest.raises(LoginPostponedError, match="InvalidAppID"):
            await process(vendor).get()
        assert vendor.logins == failures
        clock.move(seconds=1)
    vendor.refuses = False
    assert (await process(vendor).get()).get_secret_value() == "t3"


async def test_a_process_that_dies_while_logging_in_holds_nobody_up(
    process: Callable[[Vendor], AccountToken], clock: ManualClock
) -> None:
    """The lease ends and another process logs in."""
    dead = Vendor()
    dying = asyncio.create_task(process(dead).get())
    while not dead.logins:  # noqa: ASYNC110 - the login begins when MongoDB has answered
        await asyncio.sleep(0.01)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    assert (await process(Vendor()).get()).get_secret_value() == "t1"
    assert sum(clock.slept) >= 59


async def test_a_token_whose_key_is_gone_is_fetched_again(mongo: Mongo, clock: ManualClock) -> None:
    """After a rotation of keys the old key may be taken away while tokens that it encrypted are still kept."""
    vendor = Vendor()
    await processes(mongo, clock)(vendor).get()
    clock.move(minutes=5)
    assert (await processes(mongo, clock)(vendor).get()).get_secret_value() == "t2"
    assert vendor.logins == 2


async def test_tokens_refused_at_once_are_fetched_ever_more_rarely(
    process: Callable[[Vendor], AccountToken], clock: ManualClock
) -> None:
    """Each pause is twice the one before, up to an hour; a token that has worked for a while starts anew."""
    vendor = Vendor()
    token = await process(vendor).get()
    for pause in (60, 120, 240, 480, 960, 1920, 3600, 3600):
        clock.move(seconds=pause - 1)
        with pytest.raises(LoginPostponedError):
            await process(vendor).renew(token)
        clock.move(seconds=1)
        token = await process(vendor).renew(token)
    clock.move(hours=3)
    token = await process(vendor).renew(token)
    clock.move(seconds=60)
    assert (await process(vendor).renew(token)).get_secret_value() == "t11"
    assert vendor.logins == 11


async def test_a_vendor_that_asks_to_wait_is_left_alone_by_all(
    process: Callable[[Vendor], AccountToken], clock: ManualClock
) -> None:
    """Its Retry-After counts where it is longer than our own pause, for every process."""

    class TooManyError(Exception):
        retry_after = 300.0

    class Busy(Vendor):
        @override
        async def login(self) -> SecretStr:
            self.logins += 1
            raise TooManyError

    busy = Busy()
    with pytest.raises(TooManyError):
        await process(busy).get()
    clock.move(seconds=299)
    with pytest.raises(LoginPostponedError):
        await process(busy).get()
    clock.move(seconds=1)
    with pytest.raises(TooManyError):
        await process(busy).get()
    assert busy.logins == 2


async def test_a_login_that_was_forgotten_meanwhile_is_not_kept(mongo: Mongo) -> None:
    """Credentials were changed while somebody logged in with the old ones: that token is nobody else's."""
    slow, process = Vendor(), processes(mongo, StillClock())
    login = asyncio.create_task(process(slow).get())
    while not slow.logins:  # noqa: ASYNC110 - the login begins when MongoDB has answered
        await asyncio.sleep(0.005)
    await forget_tokens(mongo.database, [ACCOUNT])
    await login
    fresh = Vendor()
    assert (await process(fresh).get()).get_secret_value() == "t1"
    assert fresh.logins == 1


async def test_a_remembered_token_is_not_read_each_time(mongo: Mongo, clock: ManualClock) -> None:
    """For a moment a process asks nobody; a refusal ends that at once, and time does."""
    vendor, box = Vendor(), SecretBox([generate_key()])
    tokens = AccountTokens(mongo.database, box, clock, POLICY, remember=timedelta(seconds=2))
    first = await tokens.of(ACCOUNT, vendor.login).get()
    await forget_tokens(mongo.database, [ACCOUNT])
    assert await tokens.of(ACCOUNT, vendor.login).get() == first
    second = await tokens.of(ACCOUNT, vendor.login).renew(first)
    assert (second.get_secret_value(), vendor.logins) == ("t2", 2)
    assert await tokens.of(ACCOUNT, vendor.login).get() == second
    clock.move(seconds=2)
    await forget_tokens(mongo.database, [ACCOUNT])
    assert (await tokens.of(ACCOUNT, vendor.login).get()).get_secret_value() == "t3"
