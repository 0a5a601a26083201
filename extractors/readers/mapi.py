"""Outlook's messages: properties by number ([MS-OXPROPS], [MS-OXCMSG]), whatever container they came in."""

from __future__ import annotations

import datetime
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime, formataddr
from functools import cached_property

from extractors.readers.encodings import decode
from extractors.readers.mime import Part, parse

UNICODE, STRING8, BINARY, OBJECT = 0x001F, 0x001E, 0x0102, 0x000D
VARIABLE = frozenset({UNICODE, STRING8, BINARY, OBJECT})
FIXED_SIZES = {0x0002: 2, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000A: 4, 0x000B: 2}
FIXED_SIZES |= {0x0014: 8, 0x0040: 8, 0x0048: 16}
"""Bytes of the property types of fixed size ([MS-OXCDATA] 2.11.1)."""

SUBJECT, BODY, HTML, RTF = 0x0037, 0x1000, 0x1013, 0x1009
HEADERS, CODE_PAGE, MESSAGE_CODE_PAGE, CLASS = 0x007D, 0x3FDE, 0x3FFD, 0x001A
FILE_NAME, SHORT_FILE_NAME, DATA, DISPLAY_NAME, METHOD = 0x3707, 0x3704, 0x3701, 0x3001, 0x3705
_SENDER = ((0x0042, 0x5D02, 0x0065), (0x0C1A, 0x5D01, 0x0C1F))
"""Name, SMTP address and address in the sender's own system: whom it was sent for, then who sent it."""
_SENT, _DELIVERED = 0x0039, 0x0E06
_SMTP, _ADDRESS, _RECIPIENT_TYPE = 0x39FE, 0x3003, 0x0C15
_DISPLAYED = {"To": 0x0E04, "Cc": 0x0E03}
_RECIPIENT_TYPES = {"To": 1, "Cc": 2}
_IDS = {"Message-ID": 0x1035, "In-Reply-To": 0x1042, "References": 0x1039}
_UTF8 = 65001
_WINDOWS_EPOCH = datetime.datetime(1601, 1, 1, tzinfo=datetime.UTC)

Value = str | bytes | int | datetime.datetime
Properties = Mapping[int, Value]


@dataclass(frozen=True)
class Attachment:
    """A file, or a message, that hangs on a message; `fault` says why its content is missing."""

    properties: Properties
    content: bytes | None = None
    message: Message | None = None
    fault: str | None = None

    @property
    def name(self) -> str:
        """What the sender called it: untrusted. "" when it has no name."""
        names = (text(self.properties, key) for key in (FILE_NAME, SHORT_FILE_NAME, DISPLAY_NAME))
        return re.sub(r"[\x00-\x1f\x7f]", " ", next(filter(None, names), "")).strip()[:200]


@dataclass(frozen=True)
class Message:
    """A message as Outlook keeps it, with header fields as a mail would have them."""

    properties: Properties
    recipients: tuple[Properties, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    faults: tuple[str, ...] = field(default=())

    @cached_property
    def transport(self) -> Part:
        """The header fields that the mail came with; none for a draft or a sent item."""
        return parse(text(self.properties, HEADERS).encode("utf-8", "replace").strip() + b"\r\n\r\n")

    def header(self, name: str) -> str:
        """A header field: as the mail came with it, else made of the properties; "" when there is none."""
        told = ", ".join(filter(None, self.transport.headers(name)))
        return told or " ".join(self._made(name).split())

    def _made(self, name: str) -> str:
        if name == "From":
            return self._sender()
        if name == "Date":
            return self._date()
        if name == "Subject":
            return text(self.properties, SUBJECT)
        if name in _DISPLAYED:
            listed = ", ".join(self._addressees(_RECIPIENT_TYPES[name]))
            return listed or text(self.properties, _DISPLAYED[name]).rstrip("\0")
        return text(self.properties, _IDS[name]) if name in _IDS else ""

    def _sender(self) -> str:
        for name, smtp, own in _SENDER:
            address = text(self.properties, smtp) or text(self.properties, own)
            if shown := _address(text(self.properties, name), address):
                return shown
        return ""

    def _addressees(self, kind: int) -> Iterator[str]:
        for recipient in self.recipients:
            if recipient.get(_RECIPIENT_TYPE) == kind:
                address = text(recipient, _SMTP) or text(recipient, _ADDRESS)
                yield _address(text(recipient, DISPLAY_NAME), address)

    def _date(self) -> str:
        moments = (self.properties.get(key) for key in (_SENT, _DELIVERED))
        return next((format_datetime(m) for m in moments if isinstance(m, datetime.datetime)), "")


def text(properties: Properties, key: int) -> str:
    """A property that is text; "" when it is missing or of another type."""
    value = properties.get(key)
    return value.replace("\0", "").strip() if isinstance(value, str) else ""


def value_of(kind: int, raw: bytes, code_page: int) -> Value | None:
    """A property's value from its bytes; None for types that say nothing here, and for damaged ones."""
    if kind == UNICODE:
        return raw.decode("utf-16-le", "replace")
    if kind == STRING8:
        return decode(raw.rstrip(b"\0"), "utf-8" if code_page == _UTF8 else f"cp{code_page}").text
    if kind in (BINARY, OBJECT):
        return raw
    if len(raw) < FIXED_SIZES.get(kind, 99):
        return None
    if kind == 0x0040:
        return _moment(struct.unpack_from("<Q", raw)[0])
    if kind in (0x0002, 0x0003, 0x000B):
        return int.from_bytes(raw[: FIXED_SIZES[kind]], "little")
    return None


def _moment(ticks: int) -> datetime.datetime | None:
    """Tenths of microseconds since 1601 ([MS-DTYP] 2.3.3)."""
    try:
        return _WINDOWS_EPOCH + datetime.timedelta(microseconds=ticks // 10)
    except OverflowError:
        return None


def _address(name: str, address: str) -> str:
    """ "Name <address>"; an address that is no mail address (of Exchange's own directory) is left out."""
    mail = address if "@" in address else ""
    plain = name.strip("'\" ")
    if not mail or plain == mail:
        return mail or plain
    shown: str = formataddr((plain, mail)) if plain.isascii() else f"{plain} <{mail}>"
    return shown
