"""A plain PDF of text lines, without any library: Helvetica, one column, as many pages as it takes."""

import unicodedata
from collections.abc import Iterable

_TOP, _LEFT, _LINE_HEIGHT, _LINES = 800, 50, 14, 52
_WIDTH = 95
"""Characters that fit on a line."""


def plain(text: str) -> str:
    """Vietnamese without its marks: the fonts that every PDF reader has do not know them."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return (
        "".join(each for each in decomposed if not unicodedata.combining(each))
        .encode("latin-1", "replace")
        .decode("latin-1")
    )


def make_pdf(lines: Iterable[str]) -> bytes:
    """A PDF of A4 pages."""
    texts = [line[start : start + _WIDTH] for line in map(plain, lines) for start in range(0, len(line) or 1, _WIDTH)]
    pages = [texts[start : start + _LINES] for start in range(0, len(texts), _LINES)] or [[]]
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for index, page in enumerate(pages):
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
            f" /Contents {5 + 2 * index} 0 R >>"
        )
        stream = _stream(page)
        objects.append(f"<< /Length {len(stream.encode('latin-1'))} >>\nstream\n{stream}\nendstream")
    return _file(objects)


def _stream(lines: list[str]) -> str:
    shown = "\n".join(f"({_escaped(line)}) Tj T*" for line in lines)
    return f"BT /F1 10 Tf {_LINE_HEIGHT} TL {_LEFT} {_TOP} Td\n{shown}\nET"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _file(objects: list[str]) -> bytes:
    body = b"%PDF-1.4\n"
    offsets = []
    for number, text in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    return body + (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    ).encode("latin-1")
