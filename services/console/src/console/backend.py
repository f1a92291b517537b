"""What commands read and write: the stores over one MongoDB client that lives as long as the command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cached_property

from catalogue.buyers import BuyerBook
from catalogue.customers import CustomerStore
from catalogue.entries import Entry
from catalogue.ledger import Ledger
from catalogue.store import CatalogueReader, entry_ledger
from lanes.mongo.store import MongoLaneStore
from lanes.operations import LaneOperations
from lanes.queries import IntentQueries
from lanes.settings import LaneSettings
from orders.releases import ReleaseStore
from orders.store import OrderStore
from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri
from runtime.clock import SystemClock
from runtime.exchanges import ExchangeLog
from runtime.mongo import Mongo
from runtime.secrets import SecretBox
from runtime.settings import ExchangeSettings, MongoSettings, SecretSettings, read_settings
from runtime.tokens import AccountTokens
from shops.store import ShopStore

from console.session import CommandError

_PATIENCE = timedelta(seconds=5)


class Backend:
    """The stores, each made when it is first needed."""

    def __init__(self, mongo: Mongo) -> None:
        """Work on this client."""
        self._mongo = mongo

    @cached_property
    def secret_box(self) -> SecretBox:
        """The keys of the environment."""
        return SecretBox.from_settings(read_settings(SecretSettings))

    @cached_property
    def shops(self) -> ShopStore:
        """Shops; needs the keys."""
        return ShopStore(self._mongo.database, self.secret_box)

    @cached_property
    def tokens(self) -> AccountTokens:
        """Tokens shared with the services; needs the keys."""
        return AccountTokens(self._mongo.database, self.secret_box, SystemClock())

    @cached_property
    def orders(self) -> OrderStore:
        """Orders."""
        return OrderStore(self._mongo.database)

    @cached_property
    def releases(self) -> ReleaseStore:
        """What people decided about single orders."""
        return ReleaseStore(self._mongo.database)

    @cached_property
    def catalogue(self) -> CatalogueReader:
        """Goods as the rules see them."""
        return CatalogueReader(self._mongo.database)

    @cached_property
    def entries(self) -> Ledger[Entry]:
        """What accountants say of goods."""
        return entry_ledger(self._mongo.database)

    @cached_property
    def customers(self) -> CustomerStore:
        """Customers as Haravan tells them; needs the keys."""
        return CustomerStore(self._mongo.database, self.secret_box)

    @cached_property
    def buyers(self) -> BuyerBook:
        """The books of buyers; needs the keys."""
        return BuyerBook(self._mongo.database, self.secret_box)

    @cached_property
    def exchanges(self) -> ExchangeLog:
        """The log of requests and responses."""
        return ExchangeLog(self._mongo.database, read_settings(ExchangeSettings))

    @cached_property
    def lane_store(self) -> MongoLaneStore:
        """What lanes and intents are kept in."""
        return MongoLaneStore(self._mongo.database)

    @cached_property
    def lanes(self) -> LaneOperations:
        """Lanes, and what an operator does to them."""
        return LaneOperations(self.lane_store, LaneSettings())

    @cached_property
    def intents(self) -> IntentQueries:
        """Invoices on their way and issued."""
        return IntentQueries(self.lane_store)


@asynccontextmanager
async def backend() -> AsyncIterator[Backend]:
    """Open the stores of the environment's MongoDB.

    Raises:
        CommandError: when it does not answer within seconds.
        InvalidSettingsError: when `MONGO_URL` is missing or no connection string.
    """
    settings = read_settings(MongoSettings)
    hurried = settings.model_copy(update={"timeout": min(settings.timeout, _PATIENCE)})
    mongo = Mongo(hurried)
    try:
        await _answering(mongo, settings)
        yield Backend(mongo)
    finally:
        await mongo.close()


async def _answering(mongo: Mongo, settings: MongoSettings) -> None:
    try:
        await mongo.ping()
    except PyMongoError as error:
        raise _unreachable(settings, error) from error


def _unreachable(settings: MongoSettings, error: PyMongoError) -> CommandError:
    return CommandError("mongo-unreachable", code=2, where=hosts_of(settings), reason=type(error).__name__)


def hosts_of(settings: MongoSettings) -> str:
    """Return the hosts of the connection string, without user and password."""
    try:
        nodes = parse_uri(settings.url.get_secret_value(), validate=False)["nodelist"]
    except (PyMongoError, ValueError):
        return "MONGO_URL"
    return ",".join(f"{host}:{port}" for host, port in nodes)
