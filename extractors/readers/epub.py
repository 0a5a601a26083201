"""Electronic books and manuals (.epub, EPUB 3.3): the chapters in reading order, each from a page of its own."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from extractors.document import UNREAD
from extractors.errors import Corrupt, DocumentError, Empty, Encrypted
from extractors.readers.children import ChildStore
from extractors.readers.draft import Draft, Input
from extractors.readers.embedded import take_embedded
from extractors.readers.encodings import decode
from extractors.readers.html import declared_charset, html_text
from extractors.readers.layout import joined
from extractors.readers.ooxml import Package, child, local, open_package
from extractors.readers.paging import paged

MEDIA_TYPES = frozenset({"application/epub+zip"})

_CONTAINER = "META-INF/container.xml"
_RIGHTS = "META-INF/rights.xml"
_METADATA = {"creator": "author", "date": "date", "publisher": "publisher", "identifier": "identifier"}
_PICTURES = ("image/jpeg", "image/png", "image/gif")


def read(source: Input) -> Draft:
    """The chapters' text in the order of the spine (EPUB 3.3, 5.7); large pictures as children.

    Raises Corrupt, Encrypted for books under rights management, TooLarge, and Empty without text or pictures.
    """
    package = open_package(source)
    if _RIGHTS in package:
        raise Encrypted(f"{source.untrusted_name}: the book is under rights management")
    name = _package_document(source, package)
    root = package.tree(name)
    items = dict(_items(root, posixpath.dirname(name)))
    lost: list[str] = []
    blocks = [block for block in _chapters(package, root, items, lost) if block[0].strip()]
    pictures = [
        ("image", target) for target, kind in items.values() if kind in _PICTURES and target in package
    ]
    embedded = take_embedded(package, pictures, ChildStore(source))
    if not blocks and not embedded.children:
        if lost:
            raise Corrupt(f"{source.untrusted_name}: {lost[0]}")
        raise Empty(f"{source.untrusted_name}: there is neither text nor a picture in it")
    text, cells = joined(blocks, between="\f")
    title, metadata = _metadata(root)
    pages = paged(text, source.untrusted_name, source.limits, cells)
    notes = (*lost, *embedded.notes)
    return Draft(source.media_type, pages, embedded.children, tuple(metadata), notes, title)


def _package_document(source: Input, package: Package) -> str:
    """The part that lists all others (EPUB 3.3, 4.2.6.3)."""
    for node in package.tree(_CONTAINER).iter("{*}rootfile"):
        if (path := node.get("full-path") or "") in package:
            return path
    raise Corrupt(f"{source.untrusted_name}: its list of parts is missing")


def _items(root: Any, folder: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """The id of each part, with its name in the package and its media type."""
    manifest = child(root, "manifest")
    for node in manifest if manifest is not None else ():
        if local(node.tag) == "item":
            target = posixpath.normpath(posixpath.join(folder, unquote(node.get("href") or "")))
            yield node.get("id") or "", (target, node.get("media-type") or "")


def _chapters(
    package: Package, root: Any, items: dict[str, tuple[str, str]], lost: list[str]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    spine = child(root, "spine")
    for node in spine if spine is not None else ():
        target, _ = items.get(node.get("idref") or "", ("", ""))
        try:
            data = package.data(target)
        except DocumentError:
            lost.append(f"chapter {target or node.get('idref')}: missing or damaged, {UNREAD}")
            continue
        page = html_text(decode(data, declared_charset(data)).text)
        yield page.text, page.cells


def _metadata(root: Any) -> tuple[str | None, list[tuple[str, str]]]:
    node = child(root, "metadata")
    texts = {local(e.tag): " ".join((e.text or "").split()) for e in node} if node is not None else {}
    found = [(f"epub {shown}", texts[key]) for key, shown in _METADATA.items() if texts.get(key)]
    return texts.get("title") or None, found
