"""Reads a request's body as it comes: signature and fingerprint over all of it, memory for only so much."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from haravan.signature import SignatureCheck

from ingest.application.receive import Fingerprint


class BodyTooLargeError(Exception):
    """More bytes than are read at all."""


@dataclass(frozen=True, slots=True)
class ReadBody:
    """A body that was read to its end; `kept` is None when it was larger than what is kept."""

    kept: bytes | None
    fingerprint: Fingerprint


async def read_body(chunks: AsyncIterator[bytes], check: SignatureCheck, *, keep: int, most: int) -> ReadBody:
    """Read all chunks into `check`; keep at most `keep` bytes.

    Raises:
        BodyTooLargeError: as soon as more than `most` bytes have come.
    """
    digest, size, kept = hashlib.sha256(), 0, bytearray()
    async for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise BodyTooLargeError
        check.update(chunk)
        digest.update(chunk)
        if size <= keep:
            kept += chunk
        else:
            kept.clear()
    return ReadBody(bytes(kept) if size <= keep else None, Fingerprint(size, digest.hexdigest()))
