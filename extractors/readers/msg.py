"""Outlook items (.msg): an OLE compound file of properties ([MS-OXMSG])."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cached_property

from extractors.errors import Empty, TooLarge
from extractors.readers.compound import OLE_ERRORS, Compound, Path, opened
from extractors.readers.draft import Draft, Input
from extractors.readers.mapi import (
    CODE_PAGE,
    DATA,
    FILE_NAME,
    MESSAGE_CODE_PAGE,
    METHOD,
    UNICODE,
    VARIABLE,
    Attachment,
    Message,
    Properties,
    Value,
    value_of,
)
from extractors.readers.mapi_draft import draft_of

MEDIA_TYPES = frozenset({"application/vnd.ms-outlook"})

_LIST = "__properties_version1.0"
_STREAM = "__substg1.0_"
_EMBEDDED, _OLE_OBJECT, _BY_REFERENCE = 5, 6, frozenset({2, 3, 4, 7})
"""Methods of attaching ([MS-OXCMSG] 2.2.2.9): a message, an object of another program, a mere address."""
_USUAL_CODE_PAGE = 1252


def read(source: Input) -> Draft:
    """Head lines as of a mail, the text, attachments and attached messages as children.

    Raises Empty, Corrupt, and TooLarge beyond archive_members, archive_depth and the limits of children.
    """
    if not source.path.stat().st_size:
        raise Empty(f"{source.untrusted_name}: the file has no bytes")
    with opened(source) as ole:
        message = _Item(source, ole).message((), 0)
    return draft_of(source, message)


class _Item:
    """A compound file that holds a message: its folders by path."""

    def __init__(self, source: Input, ole: Compound) -> None:
        self._source, self._ole = source, ole
        most = source.limits.archive_members
        self._children: dict[Path, list[str]] = {}
        for path in ole.paths(folders=True):
            self._children.setdefault(path[:-1], []).append(path[-1])
        if any(len(self._folders((), kind)) > most for kind in ("__recip", "__attach")):
            raise TooLarge(f"{source.untrusted_name}: more parts than the limit archive_members ({most})")

    def message(self, folder: Path, depth: int) -> Message:
        """The message in a folder, and what hangs on it."""
        faults: list[str] = []
        properties = self._properties(folder, 24 if folder else 32, _USUAL_CODE_PAGE, faults)
        page = _code_page(properties)
        if page != _USUAL_CODE_PAGE:
            properties = self._properties(folder, 24 if folder else 32, page, [])
        recipients = tuple(self._properties(f, 8, page, faults) for f in self._folders(folder, "__recip"))
        attachments = tuple(
            self._attachment(f, page, depth, faults) for f in self._folders(folder, "__attach")
        )
        return Message(properties, recipients, attachments, tuple(dict.fromkeys(faults)))

    def _folders(self, folder: Path, kind: str) -> list[Path]:
        return sorted((*folder, n) for n in self._children.get(folder, ()) if n.lower().startswith(kind))

    def _attachment(self, folder: Path, page: int, depth: int, faults: list[str]) -> Attachment:
        properties = self._properties(folder, 8, page, faults)
        method, content = properties.get(METHOD), properties.get(DATA)
        if method == _EMBEDDED:
            inner = (*folder, f"{_STREAM}3701000D")
            if depth + 1 >= self._source.limits.archive_depth:
                return Attachment(properties, fault="messages within messages beyond the limit archive_depth")
            if inner in self._all:
                return Attachment(properties, message=self.message(inner, depth + 1))
            return Attachment(properties, fault="the attached message is missing")
        if method == _OLE_OBJECT:
            return self._object(properties, (*folder, f"{_STREAM}3701000D"))
        if method in _BY_REFERENCE:
            return Attachment(properties, fault="it was not sent along, only where it lay")
        return Attachment(properties, content if isinstance(content, bytes) else None)

    def _object(self, properties: Properties, folder: Path) -> Attachment:
        """The file that another program's object holds."""
        name, content = next(self._ole.embedded_files(folder), ("", None))
        if content is None:
            return Attachment(properties, fault="an object of another program")
        told = {} if name == "embedded" else {FILE_NAME: name}
        return Attachment({**properties, **told}, content)

    @cached_property
    def _all(self) -> frozenset[Path]:
        return frozenset((*folder, name) for folder, names in self._children.items() for name in names)

    def _properties(self, folder: Path, header: int, page: int, faults: list[str]) -> Properties:
        """Fixed values from the list ([MS-OXMSG] 2.4), the others from a stream each (2.1.3)."""
        found: dict[int, Value] = {}
        for kind, key, raw in self._entries(folder, header, faults):
            if kind in VARIABLE:
                continue
            value = value_of(kind, raw, page)
            if value is not None:
                found[key] = value
        for name in self._children.get(folder, ()):
            kind, key = _numbers(name)
            if kind in VARIABLE and (*folder, name) not in self._children:
                data = self._stream((*folder, name), faults)
                value = value_of(kind, data, page) if data is not None else None
                if value is not None and (key not in found or kind == UNICODE):
                    found[key] = value
        return found

    def _entries(self, folder: Path, header: int, faults: list[str]) -> Iterator[tuple[int, int, bytes]]:
        data = self._stream((*folder, _LIST), faults) or b""
        for at in range(header, len(data) - 15, 16):
            kind, key = struct.unpack_from("<HH", data, at)
            yield kind, key, data[at + 8 : at + 16]

    def _stream(self, path: Path, faults: list[str]) -> bytes | None:
        try:
            return self._ole.content(path)
        except OLE_ERRORS:
            faults.append(f"a property ({path[-1]}) is damaged, not read")
            return None


def _numbers(name: str) -> tuple[int, int]:
    """Type and number of the property in a stream's name ("__substg1.0_0037001F"); zeros for other names."""
    digits = name[len(_STREAM) :] if name.lower().startswith(_STREAM) else ""
    try:
        return int(digits[4:8], 16), int(digits[:4], 16)
    except ValueError:
        return 0, 0


def _code_page(properties: Properties) -> int:
    pages = (properties.get(key) for key in (MESSAGE_CODE_PAGE, CODE_PAGE))
    return next((page for page in pages if isinstance(page, int) and page > 0), _USUAL_CODE_PAGE)
