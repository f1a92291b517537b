"""Which errors of MongoDB may go away by themselves."""

import pytest
from pymongo.errors import AutoReconnect, DuplicateKeyError, OperationFailure, WriteConcernError, WTimeoutError
from runtime.mongo import is_transient


@pytest.mark.parametrize(
    "error", (AutoReconnect("gone"), WriteConcernError("stepped down", 91), WTimeoutError("no majority", 64))
)
def test_what_passes_is_waited_out(error: Exception) -> None:
    """Trap: no majority has confirmed a write; no server, no primary: nothing is wrong with the record."""
    assert is_transient(error)


@pytest.mark.parametrize("error", (DuplicateKeyError("E11000"), OperationFailure("bad query", 2), ValueError("x")))
def test_what_does_not_pass_is_told_apart(error: Exception) -> None:
    """Waiting would not help."""
    assert not is_transient(error)
