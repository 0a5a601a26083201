"""Drawings in SVG (2.0): the words in them. Nothing that they refer to is fetched, nothing in them runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from extractors.errors import Corrupt, Empty
from extractors.readers.draft import Draft, Input
from extractors.readers.layout import tidy_lines
from extractors.readers.ooxml import local
from extractors.readers.paging import paged
from extractors.readers.text import bounded_bytes
from extractors.readers.xml_repair import parsed

MEDIA_TYPES = frozenset({"image/svg+xml"})

_TREE_COST = 12
"""Bytes of memory that a byte of XML takes as a tree, roughly."""
_WORDS = ("title", "desc", "text", "flowRoot")


def read(source: Input) -> Draft:
    """A line for each text, title and description, in the order of the file.

    Raises Empty for a drawing without words, TooLarge, and Corrupt when it is no XML.
    """
    data = bounded_bytes(source, source.limits.memory // _TREE_COST, "memory")
    try:
        root, is_part = parsed(data)
    except etree.LxmlError as error:
        raise Corrupt(f"{source.untrusted_name}: its XML is broken") from error
    text = tidy_lines(_lines(root))
    if not text.strip():
        raise Empty(f"{source.untrusted_name}: there are no words in the drawing")
    notes = ("the drawing is damaged; it was read as far as it goes",) if is_part else ()
    return Draft(source.media_type, paged(text, source.untrusted_name, source.limits), notes=notes)


def _lines(root: Any) -> Iterator[str]:
    walk = etree.iterwalk(root, events=("start",))
    for _, node in walk:
        if local(node.tag) in _WORDS:
            yield " ".join("".join(node.itertext()).split())
            walk.skip_subtree()
