"""Topic names stand in two places that must agree: the code and the declaration that provisions them."""

from pathlib import Path

import yaml
from contracts.topics import Topic, resource_key

DECLARATION = Path(__file__).parents[3] / "deploy/k8s/base/kafka/topics.yaml"


def test_every_topic_of_the_code_is_declared_and_no_other() -> None:
    """A topic that is used but not provisioned would stop a service: nothing is created by itself."""
    declared = [resource["spec"].get("topicName", resource["metadata"]["name"]) for resource in _resources()]
    assert sorted(declared) == sorted(topic.value for topic in Topic)


def test_keys_keep_one_resource_together() -> None:
    """Everything about one order has one key."""
    assert resource_key(1000114691, 1701234567) == resource_key(1000114691, "1701234567") == "1000114691:1701234567"


def _resources() -> list[dict[str, dict[str, str]]]:
    return [document for document in yaml.safe_load_all(DECLARATION.read_text()) if document]
