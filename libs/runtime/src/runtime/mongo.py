"""What everybody but the stores has of motor: its types, and the client.

It is made inside the running loop, because motor binds to the loop it is first used in.
"""

import asyncio
from typing import Any, TypeAlias

from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from pymongo.errors import ConnectionFailure, InvalidName, PyMongoError, WriteConcernError

from runtime.app import Resource
from runtime.settings import InvalidSettingsError, MongoSettings

Document: TypeAlias = dict[str, Any]
Client: TypeAlias = AsyncIOMotorClient[Document]
Database: TypeAlias = AsyncIOMotorDatabase[Document]
Collection: TypeAlias = AsyncIOMotorCollection[Document]
Session: TypeAlias = AsyncIOMotorClientSession

_WRONG_URL = (
    "MONGO_URL: not a connection string ({kind}); write mongodb://user:password@host:port/?replicaSet=name, "
    "with user and password percent-encoded"
)
_TRANSIENT_LABELS = ("RetryableWriteError", "TransientTransactionError", "UnknownTransactionCommitResult")


class Mongo:
    """One client of one process: `client` for transactions, `database` for everything else."""

    def __init__(self, settings: MongoSettings) -> None:
        """Make the client; nothing is connected yet. Must be called inside the running loop.

        Raises:
            InvalidSettingsError: when `MONGO_URL` or `MONGO_DATABASE` cannot be used.
        """
        try:
            self.client: Client = self._client(settings)
        except (PyMongoError, ValueError) as error:  # their messages quote the URL, which holds the password
            raise InvalidSettingsError(_WRONG_URL.format(kind=type(error).__name__)) from None
        try:
            self.database: Database = self.client.get_database(settings.database)
        except InvalidName as error:
            raise InvalidSettingsError(f"MONGO_DATABASE: {error}") from None

    @staticmethod
    def _client(settings: MongoSettings) -> Client:
        return AsyncIOMotorClient(
            settings.url.get_secret_value(),
            io_loop=asyncio.get_running_loop(),
            w="majority",
            readConcernLevel="majority",
            retryWrites=True,
            tz_aware=True,
            uuidRepresentation="standard",
            timeoutMS=int(settings.timeout.total_seconds() * 1000),
            appname="hoadon",
        )

    async def ping(self) -> None:
        """Ask the primary for a sign of life.

        Raises:
            PyMongoError: when it cannot be reached.
        """
        await self.client.admin.command("ping")

    async def close(self) -> None:
        """Close all connections."""
        self.client.close()

    def resource(self) -> Resource:
        """The client as a resource of the process."""
        return Resource(name="mongodb", open=self.ping, close=self.close, ping=self.ping)


def is_transient(error: BaseException) -> bool:
    """Whether a MongoDB error may go away by itself: no server, a failover, a timeout, no majority."""
    if isinstance(error, ConnectionFailure | WriteConcernError):
        return True
    return isinstance(error, PyMongoError) and (error.timeout or any(map(error.has_error_label, _TRANSIENT_LABELS)))
