"""Process settings from the environment; read by a function, never at import."""

import re
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AnyHttpUrl,
    BeforeValidator,
    Field,
    FilePath,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]


def _seconds(value: object) -> object:
    # A bare number in the environment arrives as text, which pydantic would read as ISO 8601 only.
    return float(value) if isinstance(value, str) and value.replace(".", "", 1).isdigit() else value


Duration = Annotated[timedelta, BeforeValidator(_seconds)]
"""A `timedelta`, written in the environment as seconds (`2.5`) or as ISO 8601 (`PT2.5S`)."""


class KafkaSettings(BaseSettings):
    """How a process reaches Kafka and how it waits for it."""

    model_config = SettingsConfigDict(env_prefix="KAFKA_", frozen=True, extra="forbid")

    bootstrap_servers: str = Field(description="Brokers to start from, `host:port`, comma-separated.")
    security_protocol: SecurityProtocol = Field("PLAINTEXT", description="How the connection is secured.")
    sasl_username: str = Field("", description="SCRAM-SHA-512 user, for the SASL protocols.")
    sasl_password: SecretStr = Field(SecretStr(""), description="SCRAM-SHA-512 password.")
    ssl_ca_file: FilePath | None = Field(None, description="CA certificate of the brokers (PEM), if not the system's.")
    ssl_certificate_file: FilePath | None = Field(None, description="Client certificate (PEM), for mutual TLS.")
    ssl_key_file: FilePath | None = Field(None, description="Key of the client certificate (PEM).")
    topic_prefix: str = Field("", description="Put before every topic and group name; only for tests.")
    publish_timeout: Duration = Field(
        timedelta(seconds=10), description="How long a publish may wait for Kafka's acknowledgement."
    )
    graceful_timeout: Duration = Field(
        timedelta(seconds=30), gt=timedelta(0), description="How long a stopping process waits for the handler in hand."
    )
    rebalance_timeout: Duration = Field(
        timedelta(seconds=60), description="How long a rebalance waits for the handler in hand; above its longest call."
    )
    locked_up_after: Duration = Field(
        timedelta(minutes=5),
        description="A consumer that has records to read and fetches none for so long, with no handler at work, makes "
        "`/livez` fail; above `KAFKA_REBALANCE_TIMEOUT`.",
    )
    session_timeout: Duration = Field(
        timedelta(seconds=10), description="After how long without a heartbeat a dead process loses its partitions."
    )
    retry_longest: Duration = Field(
        timedelta(seconds=30), description="Longest pause of a partition whose record is tried again in place."
    )
    metadata_age: Duration = Field(
        timedelta(seconds=30),
        description="How old a process's knowledge of a topic's partitions may be; the same for all processes.",
    )
    unexpected_attempts: int = Field(
        5, ge=1, description="Attempts at a record whose handler fails unexpectedly before it goes to dead-letters."
    )
    max_message_bytes: int = Field(
        4 * 1024 * 1024, ge=1024, description="Largest record; the topics' `max.message.bytes` must allow it."
    )

    @field_validator("locked_up_after")
    @classmethod
    def _above_a_rebalance(cls, value: timedelta, info: ValidationInfo) -> timedelta:
        rebalance = info.data.get("rebalance_timeout")  # missing when it is wrong itself
        if rebalance is not None and value <= rebalance:
            raise ValueError("must be above KAFKA_REBALANCE_TIMEOUT, during which nothing is fetched")
        return value


class MongoSettings(BaseSettings):
    """How a process reaches MongoDB."""

    model_config = SettingsConfigDict(env_prefix="MONGO_", frozen=True, extra="forbid")

    url: SecretStr = Field(description="Connection string; MongoDB must be a replica set (transactions).")
    database: str = Field("hoadon", description="Database name.")
    timeout: Duration = Field(
        timedelta(seconds=10), description="Deadline of one operation, choosing a server included (`timeoutMS`)."
    )


class HttpSettings(BaseSettings):
    """Where a process answers HTTP."""

    model_config = SettingsConfigDict(env_prefix="HOADON_HTTP_", frozen=True, extra="forbid")

    host: IPv4Address | IPv6Address = Field(IPv4Address("127.0.0.1"), description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one and logs it.")
    shutdown_timeout: Duration = Field(
        timedelta(seconds=10), description="How long a stopping process lets running requests finish."
    )
    drain_delay: Duration = Field(
        timedelta(0), description="Pause between readiness off and the end of listening, for load balancers."
    )
    ping_timeout: Duration = Field(timedelta(seconds=2), description="Deadline of each part's ping in `/readyz`.")
    stuck_after: Duration = Field(timedelta(minutes=10), description="A handler that runs longer makes `/livez` fail.")


class TelemetrySettings(BaseSettings):
    """What a process tells about itself."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    log_level: LogLevel = Field("INFO", validation_alias="HOADON_LOG_LEVEL", description="Least severe level logged.")
    otlp_endpoint: AnyHttpUrl | None = Field(
        None,
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="OTLP over HTTP base URL (`/v1/traces` is appended); without it no trace leaves the process.",
    )


class SecretSettings(BaseSettings):
    """Keys for the secrets kept in MongoDB."""

    model_config = SettingsConfigDict(env_prefix="HOADON_SECRET_", frozen=True, extra="forbid")

    keys: SecretStr = Field(
        description="Fernet keys, comma-separated; the first encrypts, all decrypt. "
        "`python -m runtime.secrets` makes one."
    )


class ExchangeSettings(BaseSettings):
    """How long and how much of each HTTP exchange with a vendor is kept."""

    model_config = SettingsConfigDict(env_prefix="HOADON_EXCHANGES_", frozen=True, extra="forbid")

    keep: Duration = Field(
        timedelta(days=90),
        gt=timedelta(0),
        le=timedelta(days=24_855),  # MongoDB's longest time to live is 2³¹ - 1 seconds
        description="How long exchanges are kept, at most 24,855 days.",
    )
    body_length: int = Field(1024 * 1024, ge=0, description="Longest body kept, in characters; the rest is cut.")


class ServiceSettings(BaseSettings):
    """What every service needs; a service adds its own fields under its own prefix."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid")

    kafka: KafkaSettings = Field(default_factory=lambda: KafkaSettings())  # noqa: PLW0108  (mypy: fields come from env)
    mongo: MongoSettings = Field(default_factory=lambda: MongoSettings())  # noqa: PLW0108  (the same)
    http: HttpSettings = Field(default_factory=HttpSettings)
    telemetry: TelemetrySettings = Field(default_factory=TelemetrySettings)
    exchanges: ExchangeSettings = Field(default_factory=ExchangeSettings)
    secret: SecretSettings = Field(default_factory=lambda: SecretSettings())  # noqa: PLW0108  (the same)


S = TypeVar("S", bound=BaseSettings)


class InvalidSettingsError(ValueError):
    """The environment lacks a setting or holds a wrong one; the message names each variable, never its value."""


def read_settings(settings_type: type[S]) -> S:
    """Read settings from the environment.

    Raises:
        InvalidSettingsError: with one line per wrong variable.
    """
    try:
        return settings_type()
    except ValidationError as error:
        wrong = [f"{_variable(error.title, item['loc'])}: {item['msg']}" for item in error.errors(include_input=False)]
        raise InvalidSettingsError("; ".join(wrong)) from None
    except SettingsError as error:  # says which field, and nothing of its value
        found = re.search(r'field "(\w+)"', str(error))
        name = _variable(settings_type.__name__, (found[1],)) if found else settings_type.__name__
        raise InvalidSettingsError(f"{name}: must be JSON, such as [5, 60]") from None


def _variable(title: str, location: tuple[int | str, ...]) -> str:
    known = {kind.__name__: kind for kind in _kinds(BaseSettings)}
    kind = known.get(title)
    name = str(location[0]) if location else title
    return environment_name(kind, name) if kind is not None and name in kind.model_fields else name.upper()


def _kinds(base: type[BaseSettings]) -> list[type[BaseSettings]]:
    return [kind for child in base.__subclasses__() for kind in (child, *_kinds(child))]


def environment_name(kind: type[BaseSettings], field: str) -> str:
    """Name of the environment variable that sets a field."""
    alias = kind.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else f"{kind.model_config.get('env_prefix', '')}{field}".upper()
