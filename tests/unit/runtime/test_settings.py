"""Settings come from the environment alone, and what is wrong is named without its value."""

from datetime import timedelta

import pytest
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict
from runtime.mongo import Mongo
from runtime.settings import InvalidSettingsError, MongoSettings, ServiceSettings, read_settings

REQUIRED = {"KAFKA_BOOTSTRAP_SERVERS": "k:9092", "MONGO_URL": "mongodb://m", "HOADON_SECRET_KEYS": "a,b"}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in REQUIRED:
        monkeypatch.delenv(name, raising=False)


def given(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in (REQUIRED | variables).items():
        monkeypatch.setenv(name, value)


def test_all_groups_read_their_own_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """One settings object holds every group, each under its prefix."""
    given(
        monkeypatch,
        HOADON_HTTP_PORT="9001",
        HOADON_LOG_LEVEL="DEBUG",
        OTEL_EXPORTER_OTLP_ENDPOINT="http://localhost:4318",
        HOADON_EXCHANGES_KEEP="P30D",
    )
    settings = read_settings(ServiceSettings)
    assert settings.kafka.bootstrap_servers == "k:9092"
    assert settings.mongo.database == "hoadon"
    assert settings.http.port == 9001
    assert settings.telemetry.log_level == "DEBUG"
    assert str(settings.telemetry.otlp_endpoint) == "http://localhost:4318/"
    assert settings.exchanges.keep == timedelta(days=30)


@pytest.mark.parametrize("text", ("2.5", "PT2.5S"))
def test_durations_are_seconds_or_iso_8601(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Both ways of writing mean the same."""
    given(monkeypatch, KAFKA_PUBLISH_TIMEOUT=text)
    assert read_settings(ServiceSettings).kafka.publish_timeout == timedelta(seconds=2.5)


def test_a_rebalance_is_never_taken_for_a_consumer_that_is_locked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is fetched while a rebalance waits for a handler, so that much patience is needed at least."""
    given(monkeypatch, KAFKA_LOCKED_UP_AFTER="60", KAFKA_REBALANCE_TIMEOUT="60")
    with pytest.raises(InvalidSettingsError, match=r"KAFKA_LOCKED_UP_AFTER: .*above KAFKA_REBALANCE_TIMEOUT"):
        read_settings(ServiceSettings)
    given(monkeypatch, KAFKA_LOCKED_UP_AFTER="61")
    assert read_settings(ServiceSettings).kafka.locked_up_after == timedelta(seconds=61)


def test_a_missing_variable_is_named() -> None:
    """The first group that lacks something says which variable."""
    with pytest.raises(InvalidSettingsError, match="KAFKA_BOOTSTRAP_SERVERS: Field required"):
        read_settings(ServiceSettings)


def test_a_wrong_variable_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the environment is repeated, since it may be a secret put into the wrong place."""
    given(monkeypatch, HOADON_LOG_LEVEL="s3cr3t")
    with pytest.raises(InvalidSettingsError, match="HOADON_LOG_LEVEL: ") as caught:
        read_settings(ServiceSettings)
    assert "s3cr3t" not in str(caught.value)


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A settings object in a log or a traceback tells no secret."""
    given(monkeypatch, MONGO_URL="mongodb://user:hidden@m", HOADON_SECRET_KEYS="hidden")
    assert "hidden" not in repr(read_settings(ServiceSettings))


class ListSettings(ServiceSettings):
    """A service with a list among its settings."""

    model_config = SettingsConfigDict(env_prefix="LISTING_", frozen=True, extra="forbid")

    delays: tuple[float, ...] = (1.0,)


def test_a_list_that_is_no_json_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are written as JSON; what is none ends in the same one line as every other wrong variable."""
    given(monkeypatch, LISTING_DELAYS="s3cr3t")
    with pytest.raises(InvalidSettingsError, match="LISTING_DELAYS: must be JSON") as caught:
        read_settings(ListSettings)
    assert "s3cr3t" not in str(caught.value)


def test_a_certificate_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the start, not as a failure of the TLS library."""
    given(monkeypatch, KAFKA_SSL_CA_FILE="/nowhere/ca.pem")
    with pytest.raises(InvalidSettingsError, match="KAFKA_SSL_CA_FILE: "):
        read_settings(ServiceSettings)


@pytest.mark.parametrize(
    ("url", "database", "expected"),
    (
        ("nonsense://", "hoadon", "MONGO_URL: not a connection string"),
        ("mongodb://user:s3/cr3t@host:1/", "hoadon", "MONGO_URL: not a connection string"),
        ("mongodb://user:p:s3cr3t@host:x/", "hoadon", "MONGO_URL: not a connection string"),
        ("mongodb://host/", "two words", "MONGO_DATABASE: "),
    ),
)
async def test_a_connection_string_that_is_none_is_not_quoted(url: str, database: str, expected: str) -> None:
    """The driver's own message repeats parts of it, and with them parts of a password."""
    with pytest.raises(InvalidSettingsError, match=expected) as caught:
        Mongo(MongoSettings(url=SecretStr(url), database=database))
    assert "cr3t" not in str(caught.value)
    assert caught.value.__suppress_context__
