"""OpenDocument text, sheets and slides (ISO/IEC 26300, ODF 1.3), their templates, and the flat XML form."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from lxml import etree

from extractors.document import PageText
from extractors.errors import Corrupt, Empty, Encrypted
from extractors.readers.children import ChildStore
from extractors.readers.draft import Child, Draft, Input
from extractors.readers.embedded import MOST, SMALLEST_PICTURE, take_embedded
from extractors.readers.layout import TextBuilder
from extractors.readers.odf_sheets import sheets
from extractors.readers.odf_text import OdfText, breaking_styles
from extractors.readers.ooxml import Package, check_declarations, child, local, open_package
from extractors.readers.paging import HEIGHT, WIDTH, paged
from extractors.readers.sheets import sheet_pages
from extractors.readers.text import bounded_bytes
from extractors.readers.xml_repair import parsed

_ODF = "application/vnd.oasis.opendocument."
MEDIA_TYPES = frozenset(
    {
        *(f"{_ODF}{kind}" for kind in ("text", "spreadsheet", "presentation", "graphics", "text-master")),
        *(f"{_ODF}{kind}-template" for kind in ("text", "spreadsheet", "presentation", "graphics")),
        *(f"{_ODF}{kind}-flat-xml" for kind in ("text", "spreadsheet", "presentation", "graphics")),
    }
)
_MANIFEST = "META-INF/manifest.xml"
_TREE_COST = 12
"""Bytes of memory that a byte of XML takes as a tree, roughly."""
_METADATA = {
    "creator": "author",
    "creation-date": "created",
    "date": "modified",
    "initial-creator": "made by",
}


def read(source: Input) -> Draft:
    """Text with page breaks, sheets or slides as pages; pictures as children.

    Raises Encrypted (the manifest tells), Corrupt, TooLarge, and Empty without text or a picture.
    """
    opened = _Flat(source) if source.media_type.endswith("-flat-xml") else _Packed(source)
    body = child(opened.content, "body")
    main = next(iter(body), None) if body is not None else None
    if main is None:
        raise Corrupt(f"{source.untrusted_name}: it holds no document (office:body)")
    pages = tuple(_pages(source, opened, main))
    children, notes = opened.pictures()
    if not any(page.text.strip() for page in pages) and not children:
        raise Empty(f"{source.untrusted_name}: there is neither text nor a picture in it")
    title, metadata = _metadata(opened.meta)
    damaged = [f"its part {name} is damaged; it was read as far as it goes" for name in opened.damaged()]
    return Draft(source.media_type, pages, children, tuple(metadata), (*damaged, *notes), title)


class _Packed:
    """A zip package with the document's parts."""

    def __init__(self, source: Input) -> None:
        self._source = source
        self._package: Package = open_package(source)
        if self._is_encrypted():
            raise Encrypted(f"{source.untrusted_name}: the file is protected with a password")
        self.content = self._package.tree("content.xml")
        self.styles = self._package.optional_tree("styles.xml")
        self.meta = child(self._package.optional_tree("meta.xml"), "meta")

    def _is_encrypted(self) -> bool:
        """ODF 1.3 part 2, 4.8.1 (encryption-data); from 1.3 on the whole package may be one encrypted part."""
        if "encrypted-package" in self._package:
            return True
        return _MANIFEST in self._package and b"encryption-data" in self._package.data(_MANIFEST)

    def pictures(self) -> tuple[tuple[Child, ...], tuple[str, ...]]:
        """Pictures as children, and notes on those left out."""
        parts = [("image", name) for name in self._package.names("pictures/")]
        parts += [("oleObject", n) for n in self._package.names("object ") if "/" not in n]
        embedded = take_embedded(self._package, parts, ChildStore(self._source))
        return embedded.children, embedded.notes

    def damaged(self) -> list[str]:
        """Parts of which only the beginning could be read."""
        return list(dict.fromkeys(self._package.damaged))


class _Flat:
    """One XML file that holds all, pictures in base64 (ODF 1.3 part 3, 3.1.2)."""

    def __init__(self, source: Input) -> None:
        self._source = source
        data = bounded_bytes(source, source.limits.memory // _TREE_COST, "memory_mib")
        check_declarations(data, source.untrusted_name)
        try:
            self.content, self._is_part = parsed(data, huge=True)
        except etree.LxmlError as error:
            raise Corrupt(f"{source.untrusted_name}: its XML is broken") from error
        self.styles = self.content
        self.meta = child(self.content, "meta")

    def pictures(self) -> tuple[tuple[Child, ...], tuple[str, ...]]:
        """Pictures as children; those that are no base64 are noted."""
        store, notes = ChildStore(self._source), []
        for node in self.content.iter("{*}binary-data"):
            try:
                data = base64.b64decode(node.text or "", validate=False)
            except binascii.Error:
                notes.append("a picture is damaged, not read")
                continue
            if len(data) >= SMALLEST_PICTURE and len(store.children) < MOST:
                store.keep(f"picture-{len(store.children) + 1}", data)
        return tuple(store.children), tuple(notes)

    def damaged(self) -> list[str]:
        """The file itself, when only its beginning could be read."""
        return ["document"] if self._is_part else []


def _pages(source: Input, opened: _Packed | _Flat, main: Any) -> Iterator[PageText]:
    kind = local(main.tag)
    if kind == "spreadsheet":
        yield from sheet_pages(source, sheets(main))
    elif kind in ("presentation", "drawing"):
        texts = [_text(page) for page in main if local(page.tag) == "page"]
        joined = "\f".join(text.text().replace("\f", "\n") for text in texts)
        if joined.strip("\f \n"):
            paged(joined, source.untrusted_name, source.limits)  # raises beyond the limits
        yield from (PageText(t.text(), WIDTH, HEIGHT, cells=tuple(t.cells)) for t in texts)
    else:
        whole = TextBuilder()
        heads = list(_furniture(opened.styles))
        breaks = breaking_styles(opened.content, opened.styles)
        for part in (*heads[:1], OdfText(breaks).read(main).out, *heads[1:]):
            whole.include(part)
        yield from paged(whole.text(), source.untrusted_name, source.limits, whole.cells)


def _text(node: Any) -> TextBuilder:
    return OdfText(frozenset()).read(node).out


def _furniture(styles: Any) -> Iterator[TextBuilder]:
    """The heads of the pages as one block, then their feet as one, each wording once."""
    for names in (("header", "header-first", "header-left"), ("footer", "footer-first", "footer-left")):
        block = TextBuilder()
        seen: set[str] = set()
        for node in (
            styles.iter("{*}" + names[0], "{*}" + names[1], "{*}" + names[2]) if styles is not None else ()
        ):
            part = _text(node)
            wording = " ".join(part.text().split())
            if wording and wording not in seen:
                seen.add(wording)
                block.include(part)
        yield block


def _metadata(meta: Any) -> tuple[str | None, list[tuple[str, str]]]:
    texts = {local(e.tag): " ".join((e.text or "").split()) for e in meta} if meta is not None else {}
    found = [(f"odf {shown}", texts[key]) for key, shown in _METADATA.items() if texts.get(key)]
    return texts.get("title") or None, found
