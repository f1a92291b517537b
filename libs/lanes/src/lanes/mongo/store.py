"""The whole of `LaneStore` over one MongoDB database."""

from lanes.mongo.announcements import Announcements
from lanes.mongo.writing import Writing


class MongoLaneStore(Announcements, Writing):
    """Collections `lanes`, `intents` and `lane_accounts`; majority reads and writes; transactions (a replica set)."""
