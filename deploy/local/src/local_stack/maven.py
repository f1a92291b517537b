"""One jar from Maven Central, by jgo, which knows where that is and checks what arrives."""

from collections.abc import Mapping
from pathlib import Path

from jgo.maven import MavenContext

from local_stack.jars import Download, Jar

_TIMEOUT_SECONDS = 20


def from_maven_central(environment: Mapping[str, str]) -> Download:
    """Fetches by jgo; `HOADON_MAVEN_REPOSITORY` names a mirror for networks that reach no other."""
    mirror = environment.get("HOADON_MAVEN_REPOSITORY")

    def download(jar: Jar, folder: Path) -> Path:
        context = MavenContext(
            repo_cache=folder,
            local_repos=[],
            remote_repos={"mirror": mirror.rstrip("/")} if mirror else None,
            timeout=_TIMEOUT_SECONDS,
        )
        path: Path = context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
        return path

    return download
