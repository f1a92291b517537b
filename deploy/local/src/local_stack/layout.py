"""Where the stack keeps its files: data and logs under one folder of the project, downloads in the user's cache."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

TOPICS_FILE = Path(__file__).resolve().parents[3] / "k8s" / "base" / "kafka" / "topics.yaml"
"""The one declaration of topics, shared with the Kubernetes manifests."""

_LONGEST_SOCKET_PATH = 90  # the kernel's limit is 108 bytes, and supervisor appends its process id


@dataclass(frozen=True, slots=True)
class Layout:
    """Folders below `.hoadon`; everything in them can be deleted with `make clean`."""

    root: Path

    @property
    def data(self) -> Path:
        """Kafka's and MongoDB's files and what the sandboxes remember."""
        return self.root / "data"

    @property
    def logs(self) -> Path:
        """One rotated file per process."""
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """What belongs to a running stack: configuration, locks, control socket."""
        return self.root / "run"

    @property
    def ports(self) -> Path:
        """Ports of the last run, so that addresses stay the same."""
        return self.root / "ports.json"

    @property
    def environment(self) -> Path:
        """Shell lines that point the `hoadon` command at this stack."""
        return self.root / "env"

    @property
    def control_socket(self) -> Path:
        """The process manager's socket; in the temporary folder where the project's path is too long for one."""
        inside = self.run / "control.sock"
        if len(os.fsencode(inside)) <= _LONGEST_SOCKET_PATH:
            return inside
        name = sha256(os.fsencode(self.root)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"hoadon-{os.getuid()}-{name}.sock"

    def lock(self, name: str) -> Path:
        """The file that a process holds locked for as long as it lives."""
        return self.run / f"{name}.lock"

    def create(self) -> None:
        """Make the folders, readable by their owner only: they hold keys and passwords."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (self.data, self.logs, self.run):
            folder.mkdir(exist_ok=True, mode=0o700)


def layout(home: Path) -> Layout:
    """The layout below `home`, which need not exist yet."""
    return Layout(root=home.resolve())


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Where downloads are kept for every checkout: `HOADON_CACHE`, else `hoadon` in the user's cache folder."""
    if given := environment.get("HOADON_CACHE"):
        return Path(given).expanduser().resolve()
    base = environment.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "hoadon"
