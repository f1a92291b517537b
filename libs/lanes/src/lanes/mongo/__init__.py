"""The lanes' database: MongoDB (a replica set) through motor."""

from lanes.mongo.store import MongoLaneStore

__all__ = ["MongoLaneStore"]
