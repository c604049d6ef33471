"""Bytes to text, as a browser would, but for one thing: bytes that are UTF-8 are read as UTF-8.

The order is the WHATWG one (byte-order mark, header, `<meta>`, a look at the bytes), with the label
tables of turbohtml (`latin1` is windows-1252, `gb2312` is GBK).  Servers that say `iso-8859-1` about
UTF-8 are far more common than pages in another charset whose every byte sequence is valid UTF-8 by
accident, so validity beats the label; and a label that turns out wrong for the bytes is not believed.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from turbohtml.detect import detect

_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_META: Final = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_XML: Final = re.compile(rb"^\s*<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.:-]+)", re.I)
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEAD: Final = 16_384
_MAGIC: Final = (
    b"%PDF-",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"\x00\x00",
)
_BINARY: Final = ("image/", "audio/", "video/", "font/")
_TEXTUAL: Final = re.compile(
    r"text/|application/(?:[\w.-]+\+)?(?:json|xml|xhtml|javascript|x-javascript|ld)|image/svg"
)


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a body, whatever was said about it.  Never raises; what cannot be read is U+FFFD."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    if not _hides_in_ascii(body, content_type):
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    for label in _labels(body, content_type):
        text = _decoded(body, label)
        if text is not None and _plausible(text):
            return text
    return _sniffed(body)


def is_binary_type(content_type: str) -> bool:
    """Whether the header alone says that this is no text."""
    kind = content_type.partition(";")[0].strip().lower()
    if not kind or _TEXTUAL.match(kind) or kind in ("application/octet-stream", "binary/octet-stream"):
        return False
    return kind.startswith((*_BINARY, "application/")) and "x-www" not in kind


def looks_binary(body: bytes) -> bool:
    """Whether the bytes are no text, whatever the header said."""
    head = body[:1024]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    return head.startswith(_MAGIC) or (b"\x00" in head and not _looks_utf16(head))


def _hides_in_ascii(body: bytes, content_type: str) -> bool:
    """UTF-16 and ISO-2022-JP are made of bytes that are valid UTF-8 too; zeros and escapes give them away."""
    return b"\x1b" in body or b"\x00" in body[:64] or "utf-16" in content_type.lower()


def _looks_utf16(head: bytes) -> bool:
    """UTF-16 without a mark: markup has a zero in every second byte, on one side only."""
    return b"<\x00" in head[:64] or b"\x00<" in head[:64]


def _labels(body: bytes, content_type: str) -> list[str]:
    """What the header, the markup and the zeros say, in the order they are believed."""
    labels = []
    if match := _CHARSET.search(content_type):
        labels.append(match[1])
    head = body[:_HEAD]
    for pattern in (_XML, _META):
        if found := pattern.search(head):
            # A meta tag that could be read as ASCII proves that the page is not UTF-16 (WHATWG).
            label = found[1].decode("ascii", "replace")
            labels.append("utf-8" if label.lower().startswith("utf-16") else label)
    if b"\x00" in head[:64] and _looks_utf16(head):
        labels.append("utf-16be" if head[:1] == b"\x00" else "utf-16le")
    return [label.lower() for label in labels]


def _decoded(body: bytes, label: str) -> str | None:
    try:
        return body.decode(f"whatwg-{label}", "replace")
    except (LookupError, UnicodeError):
        return None


def _plausible(text: str) -> bool:
    """A wrong label makes most of what is not ASCII unreadable; a cut or a stray byte only a little."""
    faults = text.count("\ufffd")
    return faults == 0 or faults * 3 <= sum(not char.isascii() for char in text[:200_000]) or faults < 3


def _sniffed(body: bytes) -> str:
    codec = detect(body[:200_000]).codec or "whatwg-windows-1252"
    return _decoded(body, codec.removeprefix("whatwg-")) or body.decode("cp1252", "replace")
