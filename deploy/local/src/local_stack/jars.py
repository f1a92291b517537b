"""Apache Kafka's jars: fetched once from Maven Central, checked against the committed lock, kept in a cache."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from local_stack.errors import StackError, one_line, use_your_own

_THREADS = 8
_TRIES = 3
_COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Jar:
    """One jar of the lock: its Maven coordinates and the SHA-256 that its bytes must have."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        """Its file name."""
        return f"{self.artifact}-{self.version}.jar"


@dataclass(frozen=True, slots=True)
class JarLock:
    """The whole lock; `digest` names the cache folder, so that a changed lock never meets old jars."""

    version: str
    jars: tuple[Jar, ...]
    digest: str


Download = Callable[[Jar, Path], Path]
"""Puts one jar somewhere below the given folder and returns its path."""

Progress = Callable[[int, int], None]
"""Told after each jar: how many are there, of how many."""


def read_lock() -> JarLock:
    """The lock that is committed beside this module."""
    text = files("local_stack").joinpath("kafka-jars.json").read_text()
    content = json.loads(text)
    jars = tuple(_parse(line) for line in content["jars"])
    return JarLock(version=content["version"], jars=jars, digest=hashlib.sha256(text.encode()).hexdigest())


def fetch(lock: JarLock, cache: Path, *, download: Download, progress: Progress = lambda _done, _of: None) -> Path:
    """The folder with every jar of the lock, fetched first if it isn't there.

    Jars that an interrupted fetch has left are used if their hash is right. Two processes never fetch at once.

    Raises:
        StackError: The registry can't be reached, or a jar isn't the one that was locked.
    """
    folder = cache / f"kafka-{lock.version}-{lock.digest[:12]}"
    if (folder / _COMPLETE).exists():
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _locked(cache / f"{folder.name}.lock"):
            if not (folder / _COMPLETE).exists():
                _fetch_all(lock, folder, download, progress)
    except OSError as error:
        raise StackError(
            f"Apache Kafka can't be kept in {cache} ({one_line(error)}): "
            "set HOADON_CACHE to a folder that can be written."
        ) from error
    return folder


def _parse(line: str) -> Jar:
    coordinates, digest = line.split(" sha256:")
    group, artifact, version = coordinates.split(":")
    return Jar(group, artifact, version, digest)


def _fetch_all(lock: JarLock, folder: Path, download: Download, progress: Progress) -> None:
    partial = folder.with_name(f"{folder.name}.partial")
    partial.mkdir(exist_ok=True)
    pool = ThreadPoolExecutor(_THREADS)
    try:
        waiting = [pool.submit(_place, jar, partial, download) for jar in lock.jars]
        for done, future in enumerate(as_completed(waiting), start=1):
            future.result()
            progress(done, len(lock.jars))
    finally:
        pool.shutdown(cancel_futures=True)  # what is under way ends before the lock is given up
    (partial / _COMPLETE).write_text(lock.digest)
    shutil.rmtree(folder, ignore_errors=True)
    partial.replace(folder)


def _place(jar: Jar, folder: Path, download: Download) -> None:
    target = folder / jar.name
    if target.exists() and _sha256(target) == jar.sha256:
        return
    with TemporaryDirectory(dir=folder, prefix="fetching-") as temporary:
        fetched = _try_download(jar, Path(temporary), download)
        if (found := _sha256(fetched)) != jar.sha256:
            raise StackError(
                f"{jar.name} was fetched but isn't the locked one (SHA-256 {found[:12]}…, not {jar.sha256[:12]}…): "
                f"check the mirror or proxy before Maven Central, or {use_your_own('KAFKA_BOOTSTRAP_SERVERS')}."
            )
        fetched.replace(target)


def _try_download(jar: Jar, folder: Path, download: Download) -> Path:
    for left in reversed(range(_TRIES)):
        try:
            return download(jar, folder / str(left))
        except (RuntimeError, OSError) as error:
            if not left:
                raise StackError(
                    f"Apache Kafka could not be fetched from Maven Central ({jar.name}: {type(error).__name__}): "
                    "check the network or proxy, name a mirror in HOADON_MAVEN_REPOSITORY, "
                    f"or {use_your_own('KAFKA_BOOTSTRAP_SERVERS')}."
                ) from error
    raise AssertionError  # the last try returns or raises


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
