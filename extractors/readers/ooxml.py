"""The package around Office files (ECMA-376 part 2): its parts, their relations, and guards before any parsing."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from lxml import etree

from extractors.errors import Corrupt, Encrypted, TooLarge
from extractors.readers.archive import MEMBER_ERRORS, open_zip
from extractors.readers.draft import Input
from extractors.readers.xml_repair import parsed

_TREE_COST = 12
"""Bytes of memory that a byte of XML takes as a tree, roughly."""
PROLOG = 64 * 1024
"""Bytes of an XML part within which its root element must begin."""
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(?:\s|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
"""What may stand before the root element: instructions and comments (XML 1.0, production 22)."""
_CORE = (
    ("creator", "author"),
    ("created", "created"),
    ("modified", "modified"),
    ("lastModifiedBy", "last modified by"),
)
_RASTER = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part says of another: `kind` is the last word of its type ("image"), `target` a part's name."""

    id: str
    kind: str
    target: str
    external: bool


class Package:
    """An Office file's parts by name. Names are compared without regard to case (part 2, 6.2.2.3)."""

    def __init__(self, source: Input, archive: zipfile.ZipFile) -> None:
        self._source = source
        self._archive = archive
        self._members = {_part_name(info.filename): info for info in archive.infolist()}
        self.damaged: list[str] = []
        self._check_size()

    def __contains__(self, name: str) -> bool:
        return _part_name(name) in self._members

    def names(self, folder: str) -> list[str]:
        """The parts in a folder, sorted."""
        return sorted(name for name in self._members if name.startswith(folder) and not name.endswith("/"))

    def size(self, name: str) -> int:
        """Bytes that the part unpacks to at most; 0 when there is none."""
        info = self._members.get(_part_name(name))
        return info.file_size if info else 0

    def stream(self, name: str) -> IO[bytes]:
        """The part's bytes as a stream. Raises Corrupt or Encrypted when they cannot be unpacked."""
        info = self._members.get(_part_name(name))
        if info is None:
            raise Corrupt(f"{self._source.untrusted_name}: its part {name} is missing")
        if info.flag_bits & 0x1:
            raise Encrypted(f"{self._source.untrusted_name}: the file is protected with a password")
        try:
            return self._archive.open(info)
        except (*MEMBER_ERRORS, NotImplementedError) as error:
            raise self._corrupt(name, error) from error

    def data(self, name: str) -> bytes:
        """The part's bytes. Raises as `stream` does."""
        with self.stream(name) as file:
            try:
                return file.read()
            except MEMBER_ERRORS as error:
                raise self._corrupt(name, error) from error

    def tree(self, name: str) -> Any:
        """The part as an XML tree. XML that breaks off is read as far as it goes, and named in `damaged`.

        Raises TooLarge when the tree would not fit into memory, Corrupt when nothing can be read of it.
        """
        most = self._source.limits.memory // _TREE_COST
        if self.size(name) > most:
            raise TooLarge(
                f"{self._source.untrusted_name}: its part {name} is too large for the limit memory_mib"
            )
        data = self.data(name)
        check_declarations(data, self._source.untrusted_name)
        try:
            root, is_part = parsed(data)
        except etree.LxmlError as error:
            raise Corrupt(f"{self._source.untrusted_name}: its part {name} is not XML") from error
        self.damaged += [name] if is_part else []
        return root

    def optional_tree(self, name: str) -> Any:
        """The part as an XML tree; None without the part, or when nothing can be read of it (see `damaged`)."""
        if name not in self:
            return None
        try:
            return self.tree(name)
        except Corrupt:
            self.damaged.append(name)
            return None

    def relations(self, part: str = "") -> Iterator[Relation]:
        """What the part, or the package itself, relates to. A part with a broken list relates to nothing."""
        folder, name = posixpath.split(part)
        root = self.optional_tree(f"{folder}/_rels/{name}.rels".lstrip("/"))
        for item in root if root is not None else ():
            target = item.get("Target") or ""
            external = item.get("TargetMode") == "External"
            kind = (item.get("Type") or "").rpartition("/")[2]
            yield Relation(
                item.get("Id") or "", kind, target if external else _resolved(folder, target), external
            )

    def main_part(self, usual: str) -> str:
        """The name of the part that the package is about."""
        told = (r.target for r in self.relations() if r.kind == "officeDocument" and r.target in self)
        return next(told, usual)

    def _check_size(self) -> None:
        """Before anything is unpacked: `zipfile` never gives more bytes than the directory says."""
        limits, name = self._source.limits, self._source.untrusted_name
        total = sum(info.file_size for info in self._members.values())
        if len(self._members) > limits.archive_members:
            raise TooLarge(f"{name}: more parts than the limit archive_members ({limits.archive_members})")
        packed = max(1, self._source.path.stat().st_size)
        is_bomb = total > limits.archive_grace and total > limits.archive_ratio * packed
        if is_bomb or total > limits.archive_bytes:
            raise TooLarge(
                f"{name}: its parts unpack to {total} bytes, beyond the limits archive_ratio or archive_mib"
            )

    def _corrupt(self, name: str, error: BaseException) -> Corrupt:
        return Corrupt(f"{self._source.untrusted_name}: its part {name} cannot be unpacked ({error})")


def open_package(source: Input) -> Package:
    """The package in an Office file. Raises Corrupt, and TooLarge when it would unpack beyond the limits."""
    return Package(source, open_zip(source))


def check_declarations(head: bytes, name: str) -> None:
    """Raises Corrupt when a document type is declared before the root element, or when no root element begins
    in the first PROLOG bytes: Office files declare none (ECMA-376 part 2, 6.2.5); one that does means harm."""
    plain = head[:PROLOG].replace(b"\0", b"")
    begin = _PROLOG.match(plain)
    rest = plain[begin.end() if begin else 0 :]
    if rest.startswith(b"<!") or (not rest and len(head) >= PROLOG):
        raise Corrupt(f"{name}: its XML declares a document type, which Office files never do")


def core_properties(package: Package, label: str) -> tuple[str | None, list[tuple[str, str]]]:
    """The title, and author and times as metadata: (`"<label> created"`, "2023-03-14T09:00:00Z") …"""
    root = package.optional_tree("docProps/core.xml")
    texts = {local(e.tag): " ".join((e.text or "").split()) for e in root} if root is not None else {}
    found = [(f"{label} {shown}", texts[key]) for key, shown in _CORE if texts.get(key)]
    return texts.get("title") or None, found


def is_raster(head: bytes) -> bool:
    """Whether a picture's first bytes are those of a format made of pixels."""
    return head.startswith(_RASTER)


def local(tag: Any) -> str:
    """An element's name without its namespace, which differs between the transitional and the strict form."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(node: Any, name: str) -> str | None:
    """An attribute by its name without namespace."""
    return next((value for key, value in node.attrib.items() if local(key) == name), None)


def child(node: Any, *path: str) -> Any:
    """The first child, or child of a child, of these names; None when there is none."""
    for name in path:
        node = next((c for c in node if local(c.tag) == name), None) if node is not None else None
    return node


def _part_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _resolved(folder: str, target: str) -> str:
    target = target.replace("\\", "/")
    path = target if target.startswith("/") else posixpath.join(folder, target)
    return posixpath.normpath(path).lstrip("/")
