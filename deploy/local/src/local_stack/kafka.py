"""Apache Kafka as one local process: broker and controller in one (KRaft), on 127.0.0.1 only."""

import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes

from local_stack.errors import StackError, one_line
from local_stack.ports import HOST

_JVM = ("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")
_FORMAT_SECONDS = 60

_LOGGING = """\
<Configuration status="ERROR">
  <Appenders>
    <Console name="console"><PatternLayout pattern="%d{ISO8601} %-5p %c{1}: %m%n"/></Console>
  </Appenders>
  <Loggers>
    <Root level="WARN"><AppenderRef ref="console"/></Root>
    <Logger name="kafka.server.KafkaRaftServer" level="INFO"/>
  </Loggers>
</Configuration>
"""


@dataclass(frozen=True, slots=True)
class KafkaServer:
    """One broker: where its jars, its Java and its data are, and where it listens."""

    java: Path
    jars: Path
    folder: Path
    port: int
    controller_port: int

    @property
    def bootstrap_servers(self) -> str:
        """Address for clients."""
        return f"{HOST}:{self.port}"

    @property
    def properties_file(self) -> Path:
        """Its `server.properties`."""
        return self.folder / "server.properties"

    @property
    def data(self) -> Path:
        """Its log directory (messages, not text)."""
        return self.folder / "log"

    def command(self) -> list[str]:
        """What starts the broker, once `prepare` has run."""
        return [*self._java(), "kafka.Kafka", str(self.properties_file)]

    def prepare(self) -> None:
        """Write its configuration and, on new data, format its storage.

        Raises:
            StackError: The storage can't be formatted.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.properties_file.write_text(_rendered(self.properties()))
        self._logging_file.write_text(_LOGGING)
        if not (self.data / "meta.properties").exists():
            self._format()

    def properties(self) -> Mapping[str, str | int]:
        """The broker's settings; those that differ from Kafka's defaults are for one node that starts fast."""
        controller = f"{HOST}:{self.controller_port}"
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.bootstrap.servers": controller,
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{self.bootstrap_servers},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap_servers},CONTROLLER://{controller}",
            "inter.broker.listener.name": "PLAINTEXT",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": str(self.data),
            "auto.create.topics.enable": "false",
            "min.insync.replicas": 1,
            **_ONE_NODE,
        }

    def _java(self) -> list[str]:
        # The star is Java's to expand: it must not meet a shell.
        return [str(self.java), *_JVM, f"-Dlog4j2.configurationFile={self._logging_file}", "-cp", f"{self.jars}/*"]

    @property
    def _logging_file(self) -> Path:
        return self.folder / "log4j2.xml"

    def _format(self) -> None:
        cluster = urlsafe_b64encode(token_bytes(16)).rstrip(b"=").decode().replace("-", "A")
        command = [
            *self._java(),
            "kafka.tools.StorageTool",
            "format",
            "--standalone",
            "-t",
            cluster,
            "-c",
            str(self.properties_file),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_FORMAT_SECONDS, check=False)  # noqa: S603 - our own command
        except (OSError, subprocess.TimeoutExpired) as error:
            raise StackError(
                f"Kafka's storage can't be formatted with {self.java} ({one_line(error)}): name another in HOADON_JAVA."
            ) from error
        if done.returncode:
            reason = (done.stderr or done.stdout).strip().splitlines()
            raise StackError(
                f"Kafka's storage in {self.data} can't be formatted "
                f"({reason[-1] if reason else 'no output'}): `make clean` starts afresh."
            )


_NOT_ASCII = 0x80

_ONE_NODE: Mapping[str, str | int] = {
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 8,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 4,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 4,
    "group.initial.rebalance.delay.ms": 0,
    # A member may ask to be missed after two seconds instead of six: tests kill many.
    "group.min.session.timeout.ms": 2000,
    # After a kill, a restart waits until the broker's old session has ended: 12 s with the defaults.
    "broker.session.timeout.ms": 1500,
    "broker.heartbeat.interval.ms": 400,
    "num.network.threads": 2,
    "num.io.threads": 4,
    "num.recovery.threads.per.data.dir": 2,
    "log.cleaner.dedupe.buffer.size": 16777216,
}


def _rendered(properties: Mapping[str, str | int]) -> str:
    return "".join(f"{name}={_escaped(str(value))}\n" for name, value in properties.items())


def _escaped(value: str) -> str:
    """A value as Java reads it: these files are Latin-1, and a folder's name in Vietnamese would become another one."""
    units = value.replace("\\", "\\\\").encode("utf-16-be")
    codes = (int.from_bytes(units[at : at + 2]) for at in range(0, len(units), 2))
    return "".join(chr(code) if code < _NOT_ASCII else f"\\u{code:04x}" for code in codes)
