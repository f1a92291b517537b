"""One token per account for all processes: fetched by one of them at a time, kept encrypted, never in a storm.

Vendors block whoever logs in often. So a login is done under a lease, not sooner than `least_pause` after the last
one, and failed logins are remembered with a growing delay that all processes respect. The pause grows, too, while the
vendor refuses each token as soon as it was given: then not the token is at fault.
"""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import SecretStr
from pymongo import ReturnDocument

from runtime import metrics
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.logs import get_logger
from runtime.mongo import Collection, Database, Document, Session
from runtime.resources import reason_of
from runtime.secrets import SecretBox, UndecryptableError

COLLECTION = "account_tokens"
_log = get_logger(__name__)

Login = Callable[[], Awaitable[SecretStr]]
"""Fetches a token. What it raises may carry `retry_after`, the seconds that the vendor asks to wait."""


class LoginPostponedError(Exception):
    """No login now: the last one failed or is too recent. `until` is aware UTC, `reason` has no secrets."""

    def __init__(self, account: str, until: datetime, reason: str) -> None:
        """Say for whom, until when and why."""
        super().__init__(f"no login for {account} before {until:%H:%M:%S} UTC: {reason}")
        self.account = account
        self.until = until
        self.reason = reason


@dataclass(frozen=True, slots=True)
class TokenPolicy:
    """How long tokens are used and how often a login is tried.

    After a login there is none for `least_pause`. The pause doubles, up to `longest_pause`, with each token that is
    refused before it has worked for `longest_pause` beyond its own pause.
    """

    lifetime: timedelta = timedelta(days=14)  # meInvoice Open API, "Lấy token": valid for 14 days
    renew_after: timedelta = timedelta(days=7)
    least_pause: timedelta = timedelta(seconds=60)
    longest_pause: timedelta = timedelta(hours=1)
    lease: timedelta = timedelta(seconds=60)  # longer than the longest login
    backoff: Backoff = field(default_factory=lambda: Backoff(timedelta(seconds=10), timedelta(minutes=15)))


class AccountTokens:
    """The tokens of all accounts, in the collection `account_tokens`."""

    def __init__(
        self,
        database: Database,
        secret_box: SecretBox,
        clock: Clock,
        policy: TokenPolicy | None = None,
        *,
        remember: timedelta = timedelta(0),
    ) -> None:
        """Keep tokens in `database`, encrypted with `secret_box`; in memory for as long as `remember`.

        A remembered token may have been replaced meanwhile: then it works on, or is refused and renewed as ever.
        """
        self.remembered: dict[str, tuple[float, SecretStr]] = {}
        self.remember = remember.total_seconds()
        self.collection: Collection = database[COLLECTION]
        self.secret_box = secret_box
        self.clock = clock
        self.policy = policy or TokenPolicy()

    def of(
        self, account: str, login: Login, refuse: Callable[[LoginPostponedError], Exception] = lambda error: error
    ) -> "AccountToken":
        """The token of one account; `login` fetches a new one.

        `refuse` turns "no login now" into the exception that the vendor's client expects of its token provider.
        """
        return AccountToken(self, account, login, refuse)

    async def rotate(self) -> int:
        """Encrypt all stored tokens with the first key; the number of tokens. One that no key fits is fetched anew."""
        done = 0
        async for stored in self.collection.find({"token": {"$type": "string"}}):
            await self.collection.update_one({"_id": stored["_id"], "token": stored["token"]}, self._rotated(stored))
            done += 1
        return done

    def _rotated(self, stored: Document) -> Document:
        try:
            return {"$set": {"token": self.secret_box.rotate(stored["token"])}}
        except UndecryptableError:
            return {"$unset": {"token": ""}}


async def forget_tokens(database: Database, accounts: Sequence[str], session: Session | None = None) -> None:
    """Forget the tokens of accounts whose login was changed, and that a login failed: the next use logs in anew."""
    if accounts:
        await database[COLLECTION].delete_many({"_id": {"$in": list(accounts)}}, session=session)


class AccountToken:
    """The token provider of one account, with the shape the vendor clients ask for."""

    def __init__(
        self,
        tokens: AccountTokens,
        account: str,
        login: Login,
        refuse: Callable[[LoginPostponedError], Exception],
    ) -> None:
        """Made by `AccountTokens.of`."""
        self._all = tokens
        self._account = account
        self._login = login
        self._refuse = refuse

    async def get(self) -> SecretStr:
        """The token in use; renewed when it is older than `renew_after`, by whichever process comes first.

        Raises:
            Exception: what `login` raised, or what `refuse` makes of `LoginPostponedError`.
        """
        kept = self._all.remembered.get(self._account)
        if kept is not None and self._all.clock.monotonic() - kept[0] < self._all.remember:
            return kept[1]
        return self._remembered(await self._valid(refused=None))

    async def renew(self, refused_token: SecretStr) -> SecretStr:
        """Another token than the refused one; the stored one if somebody has renewed it meanwhile.

        Raises:
            Exception: as for `get`.
        """
        self._all.remembered.pop(self._account, None)
        return self._remembered(await self._valid(refused=refused_token))

    def _remembered(self, token: SecretStr) -> SecretStr:
        self._all.remembered[self._account] = (self._all.clock.monotonic(), token)
        return token

    async def _valid(self, refused: SecretStr | None) -> SecretStr:
        while True:
            stored = await self._all.collection.find_one({"_id": self._account}) or {}
            present = self._present(stored, refused)
            if present is not None and not self._is_old(stored):
                return present
            if await self._lease(stored):
                return await self._fetch(stored, present, self._pause(stored, refused))
            if present is not None:
                return present  # somebody else is renewing it, or it is too early: the old one still works
            if (postponed := self._postponed(stored)) is not None:
                raise self._refuse(postponed)
            await self._all.clock.sleep(0.2)

    def _present(self, stored: Document, refused: SecretStr | None) -> SecretStr | None:
        """The stored token unless it has expired or is the refused one."""
        if "token" not in stored or self._age(stored) >= self._all.policy.lifetime:
            return None
        try:
            token = SecretStr(self._all.secret_box.decrypt(stored["token"]))
        except UndecryptableError:
            return None  # its key was taken away: a token is fetched again, unlike a secret that a person gave
        return None if refused is not None and token == refused else token

    def _is_old(self, stored: Document) -> bool:
        return self._age(stored) >= self._all.policy.renew_after

    def _age(self, stored: Document) -> timedelta:
        fetched: datetime = stored["fetched_at"]
        return self._all.clock.utc_now() - fetched

    def _postponed(self, stored: Document) -> LoginPostponedError | None:
        until: datetime | None = stored.get("not_before")
        if until is None or until <= self._all.clock.utc_now():
            return None
        return LoginPostponedError(self._account, until, stored.get("last_error") or "the last login is too recent")

    async def _lease(self, stored: Document) -> bool:
        """Take the lease for a login by compare-and-set; False when somebody has it or no login may be tried yet."""
        now = self._all.clock.utc_now()
        if self._postponed(stored) is not None or (stored.get("leased_until") or now) > now:
            return False
        seen = stored.get("revision")
        if seen is None:
            fresh = {"$setOnInsert": {"revision": "new", "failures": 0}}
            await self._all.collection.update_one({"_id": self._account}, fresh, upsert=True)
            seen = "new"
        taken = await self._all.collection.find_one_and_update(
            {"_id": self._account, "revision": seen},
            {"$set": {"revision": uuid.uuid4().hex, "leased_until": now + self._all.policy.lease}},
            return_document=ReturnDocument.AFTER,
        )
        if not taken:
            return False
        stored.update(taken)
        return True

    def _pause(self, stored: Document, refused: SecretStr | None) -> timedelta:
        """How long there is no login after the one that replaces the stored token."""
        policy = self._all.policy
        if refused is None or "fetched_at" not in stored:
            return policy.least_pause
        pause = timedelta(seconds=stored.get("pause") or policy.least_pause.total_seconds())
        worked = self._age(stored) >= pause + policy.longest_pause
        return policy.least_pause if worked else min(2 * pause, policy.longest_pause)

    async def _fetch(self, stored: Document, present: SecretStr | None, pause: timedelta) -> SecretStr:
        try:
            token = await self._login()
        except Exception as error:
            await self._remember_failure(stored, error)
            if present is not None:
                return present  # the old token works until it expires
            raise
        now = self._all.clock.utc_now()
        metrics.count("hoadon_token_logins_total", account=self._account, outcome="granted")
        await self._write(
            stored,
            token=self._all.secret_box.encrypt(token.get_secret_value()),
            fetched_at=now,
            not_before=now + pause,
            pause=pause.total_seconds(),
            failures=0,
            last_error=None,
        )
        return token

    async def _remember_failure(self, stored: Document, error: Exception) -> None:
        failures = int(stored.get("failures", 0)) + 1
        asked = timedelta(seconds=getattr(error, "retry_after", None) or 0)
        delay = max(timedelta(seconds=self._all.policy.backoff.seconds(failures)), asked)
        reason = reason_of(error)
        metrics.count("hoadon_token_logins_total", account=self._account, outcome="failed")
        _log.warning(
            "login failed", account=self._account, failures=failures, reason=reason, retry_in=delay.total_seconds()
        )
        not_before = self._all.clock.utc_now() + delay
        await self._write(stored, failures=failures, last_error=reason, not_before=not_before)

    async def _write(self, stored: Document, **fields: object) -> None:
        # Only while the lease is still ours: whoever took over after its end has the newer token.
        mine = {"_id": self._account, "revision": stored["revision"]}
        await self._all.collection.update_one(mine, {"$set": {**fields, "leased_until": None}})
