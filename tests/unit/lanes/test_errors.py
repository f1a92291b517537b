"""Which errors of the driver pass by themselves."""

import pytest
from lanes.mongo.errors import translated
from lanes.store import StoreUnavailable
from pymongo.errors import AutoReconnect, BulkWriteError, PyMongoError, WriteConcernError

NO_MAJORITY = {"code": 50, "codeName": "MaxTimeMSExpired", "errmsg": "waiting for replication timed out"}
DUPLICATE = {"index": 0, "code": 11000, "errmsg": "E11000 duplicate key"}


@pytest.mark.parametrize(
    "error",
    (
        AutoReconnect("no primary"),
        WriteConcernError("no majority", 91),
        BulkWriteError({"writeErrors": [], "writeConcernErrors": [NO_MAJORITY]}),
        BulkWriteError({"writeErrors": [DUPLICATE], "writeConcernErrors": [NO_MAJORITY]}),
    ),
)
def test_a_missing_majority_passes(error: PyMongoError) -> None:
    """A write that no majority has confirmed is tried again, never given up."""
    with pytest.raises(StoreUnavailable), translated():
        raise error


def test_a_fault_of_ours_is_let_through() -> None:
    """A duplicate is no trouble of the server's."""
    with pytest.raises(BulkWriteError), translated():
        raise BulkWriteError({"writeErrors": [DUPLICATE], "writeConcernErrors": []})
