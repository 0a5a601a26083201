"""The parts of a mail as slices of its bytes (RFC 5322, 2045, 2046); broken mails are read as far as possible."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from string import ascii_letters, digits
from urllib.parse import unquote_to_bytes

from extractors.readers.encodings import decode

DEEPEST = 30
"""Multiparts nested deeper are taken as text."""
MOST_PARTS = 20_000
"""Parts of one multipart."""
LONGEST_FIELD = 2**20
"""Bytes of one header field; what is longer is cut."""

_BASE64 = (ascii_letters + digits + "+/").encode("ascii")
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64 + b"="))
_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:[ \t]*")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_ENCODED_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_PARAMETER = re.compile(r""";\s*([^\s=;*]+)(?:\*(\d{1,3}))?(\*)?\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)""")
_GUESSED_BOUNDARY = re.compile(rb"(?:\A|[\r\n])--([^\s-][^\r\n]{0,69}?)[ \t]*(?=[\r\n])")


@dataclass(frozen=True)
class Part:
    """A mail or a part of one: `data[start:end]`, its body from `body_start` on."""

    data: bytes = field(repr=False)
    fields: tuple[tuple[str, bytes], ...]
    body_start: int
    end: int
    parts: tuple[Part, ...] = ()
    defects: tuple[str, ...] = ()

    @property
    def raw_body(self) -> bytes:
        """The body as it came, not decoded."""
        return self.data[self.body_start : self.end]

    def header(self, name: str) -> str | None:
        """The first header field of that name, decoded, on one line; None when there is none."""
        return next(self.headers(name), None)

    def headers(self, name: str) -> Iterator[str]:
        """All header fields of that name, decoded."""
        wanted = name.lower()
        return (header_text(value) for key, value in self.fields if key == wanted)

    @cached_property
    def media_type(self) -> str:
        """Of Content-Type, in lower case; text/plain where none is told (RFC 2045, 5.2)."""
        told = (self.header("content-type") or "").split(";")[0].strip().lower()
        return told if re.fullmatch(r"[!-~]+/[!-~]+", told) else "text/plain"

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The parameters of Content-Type."""
        return parameters_of(self.header("content-type") or "")

    @cached_property
    def disposition(self) -> str:
        """ "attachment", "inline" or ""."""
        return (self.header("content-disposition") or "").split(";")[0].strip().lower()

    @cached_property
    def filename(self) -> str | None:
        """The name that the sender gave the part: untrusted."""
        told = parameters_of(self.header("content-disposition") or "").get("filename")
        return told or self.parameters.get("name") or None

    def content(self) -> tuple[bytes, str | None]:
        """The body decoded from its transfer encoding, and what was broken about that, if anything."""
        told = (self.header("content-transfer-encoding") or "").lower()
        kind = re.sub(r"[^a-z0-9]", "", told).removeprefix("x")
        if kind == "base64":
            return base64_bytes(self.raw_body)
        if kind == "quotedprintable":
            return binascii.a2b_qp(self.raw_body), None
        if kind in ("uuencode", "uue"):
            return uu_bytes(self.raw_body), None
        fault = f"unknown transfer encoding {told[:40]!r}, read as it is"
        return self.raw_body, None if kind in ("", "7bit", "8bit", "binary") else fault


def parse(data: bytes) -> Part:
    """The mail in `data`. It never fails: bytes that are no mail give a part without header fields."""
    start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    start += len(data[start : start + 4096]) - len(data[start : start + 4096].lstrip())
    if re.match(rb">?From ", data[start : start + 6]):
        start = _line_end(data, start, len(data))
    return _part(data, start, len(data), depth=0, default="text/plain")


def _part(data: bytes, start: int, end: int, depth: int, default: str) -> Part:
    fields, body = _fields(data, start, end)
    if default != "text/plain" and not any(key == "content-type" for key, _ in fields):
        fields = (*fields, ("content-type", default.encode()))
    is_cut = any(len(value) == LONGEST_FIELD for _, value in fields)
    bare = Part(
        data, fields, body, end, defects=("a header field of great length was cut",) if is_cut else ()
    )
    if not bare.media_type.startswith("multipart/"):
        return bare
    if depth >= DEEPEST:
        return _as_text(bare, "parts nested too deeply were read as text")
    return _multipart(bare, depth)


def _multipart(bare: Part, depth: int) -> Part:
    told = bare.parameters.get("boundary", "").encode("utf-8", "surrogateescape").rstrip()
    spans = _spans(bare, told) if told else []
    guessed = _GUESSED_BOUNDARY.search(bare.data, bare.body_start, bare.end) if not spans else None
    if guessed:
        spans = _spans(bare, guessed[1])
    if len(spans) > MOST_PARTS:
        return _as_text(bare, f"more than {MOST_PARTS} parts: read as text")
    if not spans:
        return _as_text(bare, "its parts are not marked: read as text")
    default = "message/rfc822" if bare.media_type == "multipart/digest" else "text/plain"
    parts = tuple(_part(bare.data, start, end, depth + 1, default) for start, end in spans)
    return Part(bare.data, bare.fields, bare.body_start, bare.end, parts, bare.defects)


def _as_text(bare: Part, defect: str) -> Part:
    fields = tuple(each for each in bare.fields if each[0] != "content-type")
    return Part(bare.data, fields, bare.body_start, bare.end, defects=(*bare.defects, defect))


def _spans(part: Part, boundary: bytes) -> list[tuple[int, int]]:
    """Where the parts between boundary lines begin and end (RFC 2046, 5.1.1); an open end is the body's."""
    line = re.compile(rb"--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r\n|\r|\n|\Z)")
    spans: list[tuple[int, int]] = []
    begin = -1
    for mark in line.finditer(part.data, part.body_start, part.end):
        if mark.start() and part.data[mark.start() - 1] not in b"\r\n":
            continue
        if begin >= 0:
            spans.append((begin, _before_line_end(part.data, begin, mark.start())))
        begin = -1 if mark[1] else mark.end()
    if begin >= 0:
        spans.append((begin, part.end))
    return spans


def _before_line_end(data: bytes, begin: int, position: int) -> int:
    """The line break before a boundary belongs to the boundary."""
    if position > begin and data[position - 1 : position] == b"\n":
        position -= 1
    if position > begin and data[position - 1 : position] == b"\r":
        position -= 1
    return position


def _line_end(data: bytes, start: int, end: int) -> int:
    found = _LINE.match(data, start, end)
    return found.end() if found else end


def _fields(data: bytes, start: int, end: int) -> tuple[tuple[tuple[str, bytes], ...], int]:
    """The header fields, and where the body begins: behind an empty line, or at a line that is no field."""
    fields: list[tuple[str, list[bytes]]] = []
    position = start
    body = end
    while position < end:
        stop = _line_end(data, position, end)
        line = data[position:stop]
        field_name = _FIELD.match(line)
        if not line.strip():
            body = stop
            break
        if line[:1] in b" \t" and fields:
            fields[-1][1].append(line.strip())
        elif field_name:
            fields.append((field_name[1].decode("ascii").lower(), [line[field_name.end() :].strip()]))
        elif not (fields and _FIELD.match(data, stop, _line_end(data, stop, end))):
            body = position
            break
        position = stop
    return tuple((name, b" ".join(lines)[:LONGEST_FIELD]) for name, lines in fields), body


def header_text(value: bytes) -> str:
    """A header field's value with its encoded words (RFC 2047) decoded, on one line."""
    text = decode(value).text
    if "=?" in text:
        text = "".join(_decoded_words(text))
    return " ".join(text.split())


def _decoded_words(text: str) -> Iterator[str]:
    """Neighbours of one charset are joined before they are decoded: mailers cut characters in two."""
    position, charset = 0, ""
    pending: list[bytes] = []
    for word in _ENCODED_WORD.finditer(text):
        between = text[position : word.start()]
        if pending and (between.strip() or charset != word[1].lower()):
            yield decode(b"".join(pending), charset).text
            pending = []
        if between.strip() or position == 0:
            yield between
        charset = word[1].lower()
        pending.append(_word_bytes(word[2], word[3]))
        position = word.end()
    yield decode(b"".join(pending), charset).text
    yield text[position:]


def _word_bytes(scheme: str, payload: str) -> bytes:
    raw = payload.encode("utf-8", "replace")
    return base64_bytes(raw)[0] if scheme in "bB" else binascii.a2b_qp(raw, header=True)


def parameters_of(value: str) -> dict[str, str]:
    """The parameters of a header field; pieces and percent-encoding (RFC 2231) are put together."""
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, number, encoded, raw in _PARAMETER.findall(value):
        text = re.sub(r'\\(["\\])', r"\1", raw[1:].removesuffix('"')) if raw.startswith('"') else raw.strip()
        pieces.setdefault(name.lower(), []).append((int(number or 0), bool(encoded), text))
    return {name: _whole(sorted(found, key=lambda piece: piece[0])) for name, found in pieces.items()}


def _whole(pieces: list[tuple[int, bool, str]]) -> str:
    if not any(encoded for _, encoded, _ in pieces):
        return (
            pieces[0][2] if len({number for number, _, _ in pieces}) == 1 else "".join(p[2] for p in pieces)
        )
    charset, _, rest = pieces[0][2].partition("'")
    first = rest.partition("'")[2] if "'" in rest else pieces[0][2]
    texts = [first, *(text for _, _, text in pieces[1:])]
    raw = b"".join(
        unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
        for text, (_, encoded, _) in zip(texts, pieces, strict=True)
    )
    return decode(raw, charset or None).text


def base64_bytes(raw: bytes) -> tuple[bytes, str | None]:
    """Base64 with foreign characters ignored and a broken end cut, and a note when it was broken."""
    broken = bool(raw.translate(None, _BASE64 + b"= \t\r\n"))
    kept = raw.translate(None, _NOT_BASE64)
    decoded: list[bytes] = []
    for run in filter(None, kept.split(b"=")):
        broken = broken or len(run) % 4 == 1
        whole = run[:-1] if len(run) % 4 == 1 else run
        decoded.append(binascii.a2b_base64(whole + b"=" * (-len(whole) % 4)))
    return b"".join(decoded), "broken base64, read as far as it goes" if broken else None


def uu_bytes(raw: bytes) -> bytes:
    """What stands between `begin` and `end` in uuencoded lines; lines that are broken are left out."""
    decoded: list[bytes] = []
    for line in raw.splitlines():
        if line.startswith(b"begin ") or line.strip() in (b"end", b"`", b""):
            continue
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(decoded)
