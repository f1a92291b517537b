"""Shops in MongoDB: the newest document, every earlier version, and which shop owns which series.

Collections: `shops` (one document a shop), `shop_versions` (who changed what, when), `shop_series` (claims).
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import DuplicateKeyError
from runtime.mongo import Database, Session
from runtime.secrets import SecretBox
from runtime.tokens import forget_tokens

from shops.changes import Change, changes_between
from shops.claims import SeriesClaims
from shops.environment import check_environment
from shops.models import Account, Shop
from shops.problems import InvalidShopError, Problem
from shops.stored import from_stored, rotated, to_stored
from shops.texts import Text

SHOPS = "shops"
VERSIONS = "shop_versions"


@dataclass(frozen=True, slots=True)
class StoredShop:
    """A shop as stored: its version, and who applied it when (aware, UTC)."""

    shop: Shop
    version: int
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True, slots=True)
class ShopVersion:
    """One entry of a shop's history."""

    version: int
    at: datetime
    actor: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """What applying a shop did; nothing in `changed` means that the version stayed."""

    version: int
    changed: tuple[Change, ...]


class VersionConflictError(Exception):
    """Somebody else changed the shop since it was read; read it again and decide again."""

    def __init__(self, shop_id: str, expected: int, found: int) -> None:
        self.expected = expected
        self.found = found
        super().__init__(f"shop {shop_id!r} is at version {found}, not {expected}; read it again and apply to that")


class ShopStore:
    """Reads and writes shops; a write is a compare-and-set in one transaction with the claims of its series."""

    def __init__(
        self,
        database: Database,
        secret_box: SecretBox,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Use this database, which must be on a replica set (transactions); `now` is aware."""
        self._database = database
        self._shops = database[SHOPS]
        self._versions = database[VERSIONS]
        self._claims = SeriesClaims(database)
        self._box = secret_box
        self._now = now

    async def ensure_indexes(self) -> None:
        """Create what uniqueness and the queries need; safe to call at every start."""
        await self._shops.create_indexes([IndexModel([("org_id", ASCENDING)], unique=True)])
        await self._versions.create_indexes([IndexModel([("shop", ASCENDING), ("version", DESCENDING)], unique=True)])
        await self._claims.ensure_indexes()

    async def get(self, shop_id: str) -> StoredShop | None:
        """Return a shop as it is now."""
        found = await self._shops.find_one({"_id": shop_id})
        return self._stored(found) if found else None

    async def get_by_org(self, org_id: int) -> StoredShop | None:
        """Return the shop of a Haravan organisation."""
        found = await self._shops.find_one({"org_id": org_id})
        return self._stored(found) if found else None

    async def list(self) -> AsyncIterator[StoredShop]:
        """Go through all shops in order of their ids."""
        async for document in self._shops.find().sort("_id", ASCENDING):
            yield self._stored(document)

    async def version(self, shop_id: str, number: int) -> Shop | None:
        """Return a shop as it was in one version."""
        found = await self._versions.find_one({"shop": shop_id, "version": number})
        return from_stored(found["document"], self._box) if found else None

    async def history(self, shop_id: str) -> AsyncIterator[ShopVersion]:
        """Go through a shop's versions, newest first."""
        async for entry in self._versions.find({"shop": shop_id}).sort("version", DESCENDING):
            changes = tuple(Change(**change) for change in entry["changes"])
            yield ShopVersion(entry["version"], entry["at"], entry["actor"], changes)

    async def apply(self, shop: Shop, expected_version: int | None, actor: str) -> ApplyResult:
        """Store a shop as its next version, unless nothing changed.

        `expected_version` is the version that the caller saw (0: none stored yet); None takes whatever is there.

        Raises:
            VersionConflictError: when another version is stored.
            InvalidShopError: when an account's mark and host disagree, or a series or the Haravan organisation
                belongs to another shop.
        """
        refuse_wrong_hosts(shop)

        async def write(session: Session) -> ApplyResult:
            return await self._apply(shop, expected_version, actor, session)

        try:
            async with await self._database.client.start_session() as session:
                return await session.with_transaction(write)
        except DuplicateKeyError as error:
            problems = await self._owned_by_others(shop)
            raise InvalidShopError(problems or [Problem("", _AT_THE_SAME_TIME)]) from error

    async def preview(self, shop: Shop) -> ApplyResult:
        """Tell what `apply` would do, without writing.

        Raises:
            InvalidShopError: as `apply` would.
        """
        refuse_wrong_hosts(shop)
        if problems := await self._owned_by_others(shop):
            raise InvalidShopError(problems)
        current = await self._shops.find_one({"_id": shop.shop})
        version, changed = self._compare(current, shop)
        return ApplyResult(version + bool(changed), changed)

    async def rotate_secrets(self) -> int:
        """Encrypt every secret, those of earlier versions included, with the first key; the number of documents.

        Afterwards the other keys are no longer needed. A shop that is applied meanwhile has the first key already.

        Raises:
            UndecryptableError: when a key is missing; what was done until then stays.
        """
        done = 0
        for collection in (self._shops, self._versions):
            async for found in collection.find():
                seen = {"_id": found["_id"], "document": found["document"]}
                await collection.update_one(seen, {"$set": {"document": rotated(found["document"], self._box)}})
                done += 1
        return done

    async def _apply(self, shop: Shop, expected: int | None, actor: str, session: Session) -> ApplyResult:
        current = await self._shops.find_one({"_id": shop.shop}, session=session)
        found, changed = self._compare(current, shop)
        if expected not in (None, found):
            raise VersionConflictError(shop.shop, expected, found)
        if changed:
            await self._write(shop, found + 1, actor, changed, session)
            await self._claims.take(shop, session)
            await forget_tokens(self._database, changed_logins(self._before(current), shop), session)
        return ApplyResult(found + bool(changed), changed)

    def _compare(self, current: dict[str, Any] | None, shop: Shop) -> tuple[int, tuple[Change, ...]]:
        version = int(current["version"]) if current else 0
        return version, changes_between(self._before(current), shop)

    def _before(self, current: dict[str, Any] | None) -> Shop | None:
        try:
            return from_stored(current["document"], self._box) if current else None
        except InvalidShopError:
            return None  # stored by an older version of the model: the new document mends it

    async def _write(self, shop: Shop, version: int, actor: str, changed: tuple[Change, ...], session: Session) -> None:
        document, at = to_stored(shop, self._box), self._now()
        current = {"version": version, "org_id": shop.haravan.org_id, "updated_at": at, "updated_by": actor}
        await self._shops.replace_one(
            {"_id": shop.shop}, {**current, "document": document}, upsert=True, session=session
        )
        entry = {"shop": shop.shop, "version": version, "at": at, "actor": actor, "document": document}
        await self._versions.insert_one({**entry, "changes": [asdict(change) for change in changed]}, session=session)

    async def _owned_by_others(self, shop: Shop) -> tuple[Problem, ...]:
        other = await self._shops.find_one({"org_id": shop.haravan.org_id, "_id": {"$ne": shop.shop}}, {"_id": 1})
        problems = [Problem("haravan.org_id", _org_taken(shop.haravan.org_id, other["_id"]))] if other else []
        return (*problems, *await self._claims.problems(shop))

    def _stored(self, document: dict[str, Any]) -> StoredShop:
        return StoredShop(
            shop=from_stored(document["document"], self._box),
            version=document["version"],
            updated_at=document["updated_at"],
            updated_by=document["updated_by"],
        )


def changed_logins(before: Shop | None, after: Shop) -> list[str]:
    """Keys of accounts whose login is not what it was: their tokens, and failures to log in, no longer count."""
    logins = {account.key: _login(account) for account in before.accounts} if before else {}
    return [account.key for account in after.accounts if logins.get(account.key) != _login(account)]


def _login(account: Account) -> tuple[str, ...]:
    secrets = (account.app_id.get_secret_value(), account.password.get_secret_value())
    return (account.base_url, account.username, *secrets)


def refuse_wrong_hosts(shop: Shop) -> None:
    """Refuse a shop with an account whose mark and host disagree.

    Raises:
        InvalidShopError: naming each such account.
    """
    texts = ((at, check_environment(account)) for at, account in enumerate(shop.accounts))
    problems = [Problem(f"accounts[{at}].environment", text) for at, text in texts if text]
    if problems:
        raise InvalidShopError(problems)


_AT_THE_SAME_TIME = Text(
    vi="cửa hàng khác vừa nhận rồi trả lại cùng một ký hiệu; hãy chạy lại",
    en="another shop took and gave back the same series at this moment; run again",
)


def _org_taken(org_id: int, other: str) -> Text:
    return Text(
        vi=f"shop Haravan {org_id} đã thuộc về cửa hàng {other!r}; một shop Haravan chỉ nối với một cửa hàng",
        en=f"Haravan shop {org_id} already belongs to shop {other!r}; one Haravan shop is connected once",
    )
