"""XML of other programs: parsed without anything from outside, and mended where they wrote what XML does not allow."""

from __future__ import annotations

import codecs
import re
from typing import IO, Any

from lxml import etree

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})""")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,16})|([0-9]{1,16}));")
_LONGEST_REFERENCE = 24
_FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CHUNK = 256 * 1024


def parsed(data: bytes, huge: bool = False) -> tuple[Any, bool]:
    """The root element, and whether only a part of it could be read. Nothing is fetched, no entity is expanded.

    Characters that XML does not know (halves of characters, controls) are replaced: some programs write them.
    Raises etree.LxmlError when nothing can be read.
    """
    repaired = None
    for recover in (False, False, True):
        try:
            root = etree.fromstring(repaired if repaired is not None else data, _parser(recover, huge))
            if root is not None:
                return root, recover
        except etree.LxmlError:
            if recover:
                raise
        repaired = mended(data) if repaired is None else repaired
    raise etree.XMLSyntaxError("there is no element", 0, 0, 0)


def _parser(recover: bool, huge: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=recover, huge_tree=huge
    )


def mended(data: bytes) -> bytes:
    """The bytes with U+FFFD for what is no character of XML (1.0, production 2); other encodings than UTF-8 stay."""
    if not _is_utf8(data[:400]):
        return data
    return _sound(data.decode("utf-8", "replace")).encode("utf-8")


class MendedStream:
    """A stream of XML that gives what `mended` would."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._kept = ""
        self._head = stream.read(_CHUNK)
        self._mends = _is_utf8(self._head[:400])

    def read(self, _size: int = -1) -> bytes:
        """The next bytes, some more or less than asked for; empty at the end."""
        while True:
            raw, self._head = self._head or self._stream.read(_CHUNK), b""
            if not self._mends or (not raw and not self._kept):
                return raw
            text = self._kept + self._decode(raw, not raw)
            cut = text.rfind("&", max(0, len(text) - _LONGEST_REFERENCE)) if raw else -1
            text, self._kept = (text[:cut], text[cut:]) if cut >= 0 else (text, "")
            if text:
                return _sound(text).encode("utf-8")


def _is_utf8(head: bytes) -> bool:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in head[:4]:
        return False
    declared = _DECLARED.search(head)
    return declared is None or declared[1].lower() in (b"utf-8", b"utf8", b"us-ascii")


def _sound(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", _REFERENCE.sub(_reference, text))


def _reference(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else int(found[2])
    is_known = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    return found[0] if is_known or 0x10000 <= code <= 0x10FFFF else "\ufffd"
