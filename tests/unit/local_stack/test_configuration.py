"""What the servers and the process manager are told."""

import configparser
import shlex
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from contracts.topics import Topic
from local_stack import mongo
from local_stack.errors import StackError
from local_stack.given import check_kafka, check_mongo, without_password
from local_stack.kafka import KafkaServer
from local_stack.keys import secret_keys
from local_stack.layout import TOPICS_FILE, cache_folder, layout
from local_stack.mongo import MongoServer
from local_stack.processes import Group, Program, configuration, service
from local_stack.topics import read_topics


def test_kafka_listens_on_this_machine_only() -> None:
    """Neither clients nor controllers of other machines reach a broker without passwords."""
    properties = KafkaServer(Path("java"), Path("jars"), Path("data"), 9092, 9093).properties()
    assert properties["listeners"] == "PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093"
    assert properties["auto.create.topics.enable"] == "false"
    single = [name for name in properties if name.endswith(("replication.factor", ".min.isr"))]
    assert {properties[name] for name in single} == {1}
    assert {"offsets.topic.replication.factor", "share.coordinator.state.topic.replication.factor"} <= set(single)


def test_kafka_keeps_its_data_in_a_folder_with_a_vietnamese_name(tmp_path: Path) -> None:
    """Java reads its properties as Latin-1, so everything else in a path is written in escapes."""
    server = KafkaServer(Path("java"), Path("jars"), tmp_path / "Hóa đơn 🧾", 9092, 9093)
    server.data.mkdir(parents=True)
    (server.data / "meta.properties").touch()  # formatted already: no Java is asked
    server.prepare()
    lines = server.properties_file.read_bytes().decode("ascii").splitlines()
    line = next(line for line in lines if line.startswith("log.dirs="))
    read = line.encode().decode("unicode_escape").encode("utf-16", "surrogatepass").decode("utf-16")
    assert read == f"log.dirs={server.data}"


def test_kafka_class_path_reaches_java_unexpanded() -> None:
    """The star is Java's, so the command is a list that no shell sees."""
    command = KafkaServer(Path("java"), Path("jars"), Path("data"), 9092, 9093).command()
    assert command[command.index("-cp") + 1] == "jars/*"


def test_mongo_asks_for_a_password_that_only_its_owner_can_read(tmp_path: Path) -> None:
    """Authentication is on and the secret's file is closed to others."""
    server = MongoServer(Path("mongod"), tmp_path / "mongo", 27018)
    server.prepare()
    password = server.password
    server.prepare()
    assert server.password == password
    assert (tmp_path / "mongo" / "password").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "mongo" / "keyfile").stat().st_mode & 0o777 == 0o600
    command = server.command()
    assert command[command.index("--bind_ip") + 1] == "127.0.0.1"
    assert "--keyFile" in command
    assert not any(password in argument for argument in command)
    assert password not in repr(server)


def test_an_unsupported_platform_names_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wheel with mongod is for Linux on x86_64; others bring a MongoDB."""

    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(mongo, "distribution", missing)
    with pytest.raises(StackError, match="Linux on x86_64 only: set MONGO_URL"):
        mongo.find_mongod()


def test_the_process_manager_file_holds_no_secret_and_survives_odd_paths(tmp_path: Path) -> None:
    """Secrets are inherited; a percent sign or a space in a path doesn't break the file."""
    where = layout(tmp_path / "100% my shop" / ".hoadon")
    programs = [Program("kafka", Group.INFRASTRUCTURE, ["java", "-cp", "a b/*"]), service("ingest", 8080)]
    parsed = configparser.ConfigParser(inline_comment_prefixes=(" ;",), interpolation=None)
    parsed.read_string(configuration(where, programs))
    assert parsed["program:kafka"]["autostart"] == "true"
    assert parsed["program:ingest"]["autostart"] == "false"
    assert parsed["program:ingest"]["autorestart"] == "true"
    assert parsed["program:ingest"]["environment"] == 'HOADON_HTTP_PORT="8080",PYTHONUNBUFFERED="1"'
    assert int(parsed["group:infrastructure"]["priority"]) < int(parsed["group:services"]["priority"])
    command = shlex.split(parsed["program:kafka"]["command"].replace("%%", "%"))
    assert command[-3:] == ["java", "-cp", "a b/*"]
    assert str(where.lock("kafka")) in command


def test_a_long_path_moves_the_control_socket(tmp_path: Path) -> None:
    """The kernel takes only some 100 bytes for a socket's path."""
    assert layout(Path("/short")).control_socket == Path("/short/run/control.sock")
    assert len(str(layout(tmp_path / ("x" * 200)).control_socket)) < 100


def test_the_cache_folder_follows_the_environment() -> None:
    """HOADON_CACHE goes before XDG_CACHE_HOME."""
    assert cache_folder({"HOADON_CACHE": "/a", "XDG_CACHE_HOME": "/b"}) == Path("/a")
    assert cache_folder({"XDG_CACHE_HOME": "/b"}) == Path("/b/hoadon")


def test_secret_keys_are_made_once(tmp_path: Path) -> None:
    """What was encrypted in the first run is read in the second; the user's own keys go first."""
    made = secret_keys({}, tmp_path)
    assert secret_keys({}, tmp_path) == made
    assert secret_keys({"HOADON_SECRET_KEYS": "mine"}, tmp_path) == "mine"
    assert (tmp_path / "secret-keys").stat().st_mode & 0o777 == 0o600


def test_declared_topics_are_those_of_the_contracts() -> None:
    """No topic is spelled in one place only, and none loses its safety on a cluster."""
    topics = read_topics(TOPICS_FILE)
    assert {topic.metadata.name for topic in topics} == set(Topic)
    assert {(topic.spec.replicas, topic.spec.config["min.insync.replicas"]) for topic in topics} == {(3, 2)}


@pytest.mark.parametrize("content", ("kind: Other", "a: [", "apiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic"))
def test_a_broken_declaration_is_named(tmp_path: Path, content: str) -> None:
    """A typing mistake in the manifest is told in one line."""
    file = tmp_path / "topics.yaml"
    file.write_text(content)
    with pytest.raises(StackError, match=r"topics\.yaml can't be read") as raised:
        read_topics(file)
    assert "\n" not in str(raised.value)


async def test_a_kafka_that_does_not_answer_is_named() -> None:
    """The user's own Kafka is checked before anything starts."""
    with pytest.raises(StackError, match=r"Kafka at 127\.0\.0\.1:1 .* does not answer: start it"):
        await check_kafka("127.0.0.1:1", seconds=0.3)


def test_a_mongo_that_does_not_answer_is_named_without_its_password() -> None:
    """The user's own MongoDB is checked before anything starts; its password is never shown."""
    with pytest.raises(StackError, match="does not answer") as raised:
        check_mongo("mongodb://me:geheim@127.0.0.1:1/", seconds=0.3)
    assert "geheim" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_connection_string_is_shown_without_its_password() -> None:
    """Messages name the server, not the secret."""
    assert without_password("mongodb://me:geheim@host:1/?a=b") == "mongodb://…@host:1/?a=b"
