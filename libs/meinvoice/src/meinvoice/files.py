"""Reads links and files out of answers (meInvoice Open API §4, §7, §8, §12). What cannot be read is never guessed.

Observed beside the document: XML as raw text instead of base64, `All` as a ZIP archive of both files.
"""

import base64
import binascii
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any
from xml.parsers import expat

from meinvoice.answers import (
    Downloads,
    FileAnswer,
    InvoiceFiles,
    NotMentioned,
    PaperAnswer,
    PaperCopies,
    Refused,
    Unknown,
    Unreadable,
    ViewAnswer,
    ViewLink,
)
from meinvoice.errors import classify
from meinvoice.outcomes import description_of
from meinvoice.parsing import UNREADABLE_CODE, Envelope, code_of, lower_keys, rows_of, text_of

_LINK = re.compile(r"https?://[^\s/?#]+[^\s]*", re.IGNORECASE)
_DATA_URL = re.compile(r"^data:[\w.+-]+/[\w.+-]+;base64,")
_UTF8_MARK = b"\xef\xbb\xbf"
_MOST_FILES = 200
_LARGEST_FILE = 64 * 1024 * 1024


class FileKind(StrEnum):
    """Which files of an invoice to download: `downloadDataType` (§8)."""

    XML = "xml"
    PDF = "pdf"
    ALL = "All"


class _UnreadableError(ValueError):
    """Why something is no file."""


def view_answer(envelope: Envelope) -> ViewAnswer:
    """The link in a successful answer to a view."""
    url = text_of(envelope.data)
    return ViewLink(url) if _LINK.fullmatch(url) else Unknown("success without a link")


def download_answer(rows: Sequence[Any], transaction_ids: Sequence[str], kind: FileKind) -> Downloads:
    """What came for each lookup code."""
    by_id: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        members = lower_keys(row) if isinstance(row, Mapping) else {}
        by_id.setdefault(text_of(members.get("transactionid")), []).append(members)
    return Downloads({one: _files(by_id.get(one.strip(), []), kind) for one in transaction_ids})


def paper_answer(envelope: Envelope) -> PaperAnswer:
    """The paper copies in a successful answer: one base64 text, an archive of several, or a list of either."""
    texts = _texts(envelope.data)
    try:
        contents = [content for text in texts for content in _unpacked(_decoded(text))]
    except _UnreadableError as error:
        return Unknown(f"success with a copy that cannot be read: {error}")
    if not contents or not all(map(_is_pdf, contents)):
        return Unknown("success without a PDF")
    return PaperCopies(tuple(contents))


def _texts(data: object) -> list[str]:
    rows = rows_of(data)
    if rows is None:
        return [text_of(data)]
    return [text_of(lower_keys(row).get("data") if isinstance(row, Mapping) else row) for row in rows]


def _files(found: Sequence[dict[str, Any]], kind: FileKind) -> FileAnswer:
    if not found:
        return NotMentioned()
    for element in found:
        if code := code_of(element.get("errorcode")):
            if code == UNREADABLE_CODE:
                return Unreadable("an error code that cannot be read")
            meaning = classify(code)
            return Refused(meaning.code, description_of(element), meaning)
    try:
        contents = [content for element in found for content in _unpacked(_decoded(text_of(element.get("data"))))]
    except _UnreadableError as error:
        return Unreadable(str(error))
    return _chosen(contents, kind)


def _chosen(contents: Sequence[bytes], kind: FileKind) -> FileAnswer:
    pdfs = [content for content in contents if _is_pdf(content)]
    xmls = [content for content in contents if _is_xml(content)]
    if len(pdfs) > 1 or len(xmls) > 1:
        return Unreadable("several files of one kind came for one invoice")
    files = InvoiceFiles(xml=xmls[0] if xmls else None, pdf=pdfs[0] if pdfs else None)
    missing = {FileKind.XML: [files.xml], FileKind.PDF: [files.pdf], FileKind.ALL: [files.xml, files.pdf]}[kind]
    if any(content is None for content in missing):
        return Unreadable(f"what came is not the {kind.value.lower()} that was asked for")
    return files


def _decoded(text: str) -> bytes:
    """Raw XML or base64, as bytes."""
    if text.lstrip("\ufeff").startswith("<"):
        return text.lstrip("\ufeff").encode()
    try:
        content = base64.b64decode("".join(_DATA_URL.sub("", text).split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _UnreadableError("neither base64 nor XML") from error
    if not content:
        raise _UnreadableError("no content")
    return content


def _unpacked(content: bytes) -> list[bytes]:
    """The files of a ZIP archive, or the content itself."""
    if not content.startswith(b"PK\x03\x04"):
        return [content]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return list(_members(archive))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as error:
        raise _UnreadableError(f"a broken archive ({type(error).__name__})") from error


def _members(archive: zipfile.ZipFile) -> Iterator[bytes]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > _MOST_FILES or sum(info.file_size for info in infos) > _LARGEST_FILE:
        raise _UnreadableError("an archive too large to be an invoice")
    for info in infos:
        yield archive.read(info)


def _is_pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-")


def _is_xml(content: bytes) -> bool:
    """Whether it is a well-formed document, without a DTD, that is no web page."""
    if not content.removeprefix(_UTF8_MARK).lstrip().startswith(b"<"):
        return False
    return is_document(content)


def is_document(content: bytes | str) -> bool:
    """Whether a text is a well-formed XML document that is no web page; documents with a DTD are refused."""
    roots: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _: roots.append(name) if not roots else None
    parser.StartDoctypeDeclHandler = lambda *_: roots.insert(0, "html")
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError):
        return False
    return bool(roots) and roots[0].lower() != "html"
