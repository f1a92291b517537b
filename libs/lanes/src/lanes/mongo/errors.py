"""What the driver raises, in the engine's words."""

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    ExecutionTimeout,
    PyMongoError,
    WaitQueueTimeoutError,
    WriteConcernError,
)

from lanes.store import StoreUnavailable

_PASSING_LABELS = ("TransientTransactionError", "UnknownTransactionCommitResult", "RetryableWriteError")


def is_passing(error: PyMongoError) -> bool:
    """Whether the same call may succeed later: the server is away, changing its primary, or too slow."""
    passing = ConnectionFailure | ExecutionTimeout | WaitQueueTimeoutError | WriteConcernError
    if isinstance(error, BulkWriteError) and error.details.get("writeConcernErrors"):
        return True  # written, but no majority has said so: our writes may be repeated
    return isinstance(error, passing) or any(error.has_error_label(label) for label in _PASSING_LABELS)


@contextmanager
def translated() -> Iterator[None]:
    """Raise `StoreUnavailable` for what passes; let faults of ours through."""
    try:
        yield
    except PyMongoError as error:
        if is_passing(error):
            raise StoreUnavailable(f"MongoDB: {type(error).__name__}: {error}") from error
        raise
