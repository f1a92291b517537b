"""The keys that encrypt secrets at rest: the user's, or one made once and kept with the local data."""

from collections.abc import Mapping
from pathlib import Path

from cryptography.fernet import Fernet

VARIABLE = "HOADON_SECRET_KEYS"


def secret_keys(environment: Mapping[str, str], folder: Path) -> str:
    """`HOADON_SECRET_KEYS`, else the key kept in the folder, made on the first call and readable by its owner only."""
    if given := environment.get(VARIABLE):
        return given
    file = folder / "secret-keys"
    if not file.exists():
        temporary = file.with_suffix(".new")
        temporary.touch(mode=0o600)
        temporary.write_bytes(Fernet.generate_key())
        temporary.replace(file)
    return file.read_text().strip()
