"""winmail.dat: Outlook's own wrapping of a mail's text and attachments ([MS-OXTNEF])."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from extractors.errors import Corrupt, TooLarge
from extractors.readers.draft import Draft, Input
from extractors.readers.encodings import decode
from extractors.readers.mapi import (
    BODY,
    CLASS,
    DATA,
    FILE_NAME,
    FIXED_SIZES,
    METHOD,
    SUBJECT,
    UNICODE,
    VARIABLE,
    Attachment,
    Message,
    Properties,
    Value,
    value_of,
)
from extractors.readers.mapi_draft import draft_of
from extractors.readers.text import bounded_bytes

MEDIA_TYPES = frozenset({"application/vnd.ms-tnef", "application/ms-tnef"})

_SIGNATURE = 0x223E9F78
_COPIES = 6
_USUAL_CODE_PAGE = 1252
_PAGE, _PROPERTIES, _RECIPIENTS = 0x9007, 0x9003, 0x9004
_BEGIN_ATTACHMENT, _ATTACHMENT_DATA, _ATTACHMENT_TITLE, _ATTACHMENT = 0x9002, 0x800F, 0x8010, 0x9005
_TEXTS = {0x8004: SUBJECT, 0x8008: CLASS, 0x800C: BODY}
"""Attributes that are plain text, and the properties they stand for ([MS-OXTNEF] 2.1.3.3)."""
_EMBEDDED, _OLE_OBJECT = 5, 6
_INTERFACE = 16
"""Bytes of the interface's number before an object's data ([MS-OXTNEF] 2.1.3.4)."""
_MULTIPLE = 0x1000
_NAMED = 0x8000


def read(source: Input) -> Draft:
    """Head lines and text as of a mail, the attachments as children.

    Raises Empty, TooLarge, and Corrupt when the file does not begin as TNEF or holds no message.
    """
    data = bounded_bytes(source, source.limits.memory // _COPIES, "memory_mib")
    return draft_of(source, message_of(data, source))


def message_of(data: bytes, source: Input, depth: int = 0) -> Message:
    """The message in TNEF bytes. What breaks off is read as far as it goes, and noted."""
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        raise Corrupt(f"{source.untrusted_name}: it does not begin as winmail.dat files do")
    opened = _Tnef(source, depth)
    for attribute, content in _attributes(data, opened.faults):
        opened.take(attribute, content)
    return opened.message()


def _attributes(data: bytes, faults: list[str]) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each attribute: level, number, type, length, data, sum ([MS-OXTNEF] 2.1.3)."""
    at = 6
    while at + 9 <= len(data):
        attribute, _, length = struct.unpack_from("<HHI", data, at + 1)
        content = data[at + 9 : at + 9 + length]
        at += 9 + length + 2
        yield attribute, content
        if len(content) < length:
            faults.append("it breaks off; what follows was not read")
            return


@dataclass
class _Open:
    """An attachment while its attributes come in."""

    title: str = ""
    data: bytes | None = None
    properties: Properties = field(default_factory=dict)


class _Tnef:
    def __init__(self, source: Input, depth: int) -> None:
        self._source, self._depth = source, depth
        self._page = _USUAL_CODE_PAGE
        self._properties: dict[int, Value] = {}
        self._texts: dict[int, bytes] = {}
        self._recipients: tuple[Properties, ...] = ()
        self._attachments: list[_Open] = []
        self.faults: list[str] = []

    def take(self, attribute: int, content: bytes) -> None:
        """Takes in one attribute; those that say nothing here are passed over."""
        if attribute == _PAGE and len(content) >= 4:
            self._page = struct.unpack_from("<I", content)[0] or _USUAL_CODE_PAGE
        elif attribute in _TEXTS:
            self._texts[_TEXTS[attribute]] = content
        elif attribute == _PROPERTIES:
            self._properties |= self._read(content, 0)[0]
        elif attribute == _RECIPIENTS:
            self._recipients = tuple(self._rows(content))
        elif attribute == _BEGIN_ATTACHMENT:
            self._begin()
        elif self._attachments:
            self._take_of_attachment(self._attachments[-1], attribute, content)

    def _begin(self) -> None:
        most = self._source.limits.archive_members
        if len(self._attachments) >= most:
            raise TooLarge(
                f"{self._source.untrusted_name}: more attachments than the limit archive_members ({most})"
            )
        self._attachments.append(_Open())

    def _take_of_attachment(self, attachment: _Open, attribute: int, content: bytes) -> None:
        if attribute == _ATTACHMENT_DATA:
            attachment.data = content
        elif attribute == _ATTACHMENT_TITLE:
            attachment.title = self._text(content)
        elif attribute == _ATTACHMENT:
            attachment.properties = self._read(content, 0)[0]

    def _text(self, content: bytes) -> str:
        return decode(content.rstrip(b"\0"), f"cp{self._page}").text

    def message(self) -> Message:
        """All that was taken in."""
        plain: dict[int, Value] = {key: self._text(raw) for key, raw in self._texts.items()}
        attachments = tuple(self._attachment(a) for a in self._attachments)
        return Message(
            plain | self._properties, self._recipients, attachments, tuple(dict.fromkeys(self.faults))
        )

    def _attachment(self, opened: _Open) -> Attachment:
        properties: dict[int, Value] = {FILE_NAME: opened.title} if opened.title else {}
        properties |= opened.properties
        method, data = properties.get(METHOD), properties.get(DATA)
        content = data if isinstance(data, bytes) else opened.data
        if method == _OLE_OBJECT:
            return Attachment(properties, fault="an object of another program")
        if method == _EMBEDDED and isinstance(data, bytes):
            return self._embedded(properties, data[_INTERFACE:])
        return Attachment(properties, content)

    def _embedded(self, properties: Properties, data: bytes) -> Attachment:
        if self._depth + 1 >= self._source.limits.archive_depth:
            return Attachment(properties, fault="messages within messages beyond the limit archive_depth")
        try:
            return Attachment(properties, message=message_of(data, self._source, self._depth + 1))
        except Corrupt:
            return Attachment(properties, fault="the attached message is damaged")

    def _rows(self, content: bytes) -> Iterator[Properties]:
        """The table of recipients: a count, then properties for each ([MS-OXTNEF] 2.1.3.5)."""
        count = struct.unpack_from("<I", content)[0] if len(content) >= 4 else 0
        at = 4
        for _ in range(min(count, self._source.limits.archive_members)):
            if at >= len(content):
                return
            properties, at = self._read(content, at)
            yield properties

    def _read(self, content: bytes, at: int) -> tuple[dict[int, Value], int]:
        """The properties that begin at `at`, and where they end; damaged ones as far as they go."""
        found: dict[int, Value] = {}
        try:
            count = struct.unpack_from("<I", content, at)[0]
            at += 4
            for _ in range(count):
                kind, key = struct.unpack_from("<HH", content, at)
                at = _after_name(content, at + 4, key)
                raws, at = _values(content, at, kind)
                value = value_of(kind, raws[0], self._page) if raws and not kind & _MULTIPLE else None
                if value is not None and (key not in found or kind == UNICODE):
                    found[key] = value
        except (struct.error, ValueError):
            self.faults.append("its list of properties is damaged; what follows was not read")
            return found, len(content)
        return found, at


def _after_name(content: bytes, at: int, key: int) -> int:
    """Behind the name of a named property: a set's number, then a number or a text ([MS-OXTNEF] 2.1.3.4)."""
    if key < _NAMED:
        return at
    kind, length = struct.unpack_from("<II", content, at + 16)
    return at + 24 + (_padded(length) if kind else 0)


def _values(content: bytes, at: int, kind: int) -> tuple[list[bytes], int]:
    """The bytes of a property's values, and where they end."""
    base = kind & ~_MULTIPLE
    count = 1
    if base in VARIABLE or kind & _MULTIPLE:
        count = struct.unpack_from("<I", content, at)[0]
        at += 4
    raws: list[bytes] = []
    for _ in range(count):
        if base in VARIABLE:
            size = struct.unpack_from("<I", content, at)[0]
            at += 4
        elif base in FIXED_SIZES:
            size = FIXED_SIZES[base]
        else:
            raise ValueError(f"unknown type of property {kind:#06x}")
        if at + size > len(content):
            raise ValueError("a property is cut off")
        raws.append(content[at : at + size])
        at += _padded(size)
    return raws, at


def _padded(size: int) -> int:
    return size + (-size % 4)
