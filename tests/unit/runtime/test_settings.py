"""Settings come from the environment alone, and what is wrong is named without its value."""

from datetime import timedelta

import pytest
from runtime.settings import InvalidSettingsError, ServiceSettings, read_settings

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
