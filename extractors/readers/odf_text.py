"""From OpenDocument text (ODF 1.3 part 3, 5, 6 and 9) to text: what a reader of the final version sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from extractors.readers.layout import OpenTable, TextBuilder
from extractors.readers.ooxml import attribute, child, local

_SKIPPED = frozenset(
    {
        *("tracked-changes", "forms", "script", "scripts", "event-listeners", "binary-data", "settings"),
        *("sequence-decls", "variable-decls", "user-field-decls", "ruby-text", "font-face-decls", "styles"),
        *("automatic-styles", "master-styles", "meta", "bibliography-configuration"),
    }
)
"""Deleted text, what is not shown, pronunciation."""
_DRAWING = "svg-compatible:1.0}"
"""How the namespace of descriptions for those who cannot see ends (svg:title, svg:desc)."""
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_BLOCKS = frozenset({"p", "h"})
_DEEPEST_TABLE = 12
_MOST_BLANKS = 200
_MOST_REPEATS = 50
_REPEATED_CHARS = 100
"""A cell with more text is written once, however often it is said to stand there."""


class OdfText:
    """One pass over an element. `out` holds its text, page breaks as form feeds."""

    def __init__(self, breaks: frozenset[str]) -> None:
        self.out = TextBuilder()
        self._breaks = breaks
        self._outer: list[TextBuilder] = []
        self._asides: list[TextBuilder] = []
        self._tables: list[OpenTable | None] = []
        self._has_text = False

    def read(self, root: Any) -> OdfText:
        """Takes in the element and all that stands in it."""
        for opening, node in _kept(root):
            if opening:
                self._open(local(node.tag), node)
            else:
                self._close(local(node.tag), node)
                if node is not root:
                    self._say(node.tail, node.getparent())
        for aside in self._asides:
            self.out.include(aside)
        return self

    def _open(self, tag: str, node: Any) -> None:
        if tag in _BLOCKS and (attribute(node, "style-name") or "") in self._breaks:
            self._page_break()
        if tag == "soft-page-break":
            self._page_break()
        elif tag == "s":
            self.out.add(" " * _count(node, "c", _MOST_BLANKS), exact=True)
        elif tag == "tab":
            self.out.add("\t", exact=True)
        elif tag == "line-break":
            self.out.line_break()
        elif tag in ("note", "annotation"):
            self._begin_aside(tag, node)
        else:
            self._open_table_part(tag)
        self._say(node.text, node)

    def _open_table_part(self, tag: str) -> None:
        if tag == "table":
            self.out.newline()
            deep = len(self._tables) >= _DEEPEST_TABLE
            self._tables.append(None if deep else OpenTable(self.out.new_table()))
        elif tag in ("table-cell", "covered-table-cell") and self._tables and self._tables[-1]:
            self._outer.append(self.out)
            self.out = TextBuilder()

    def _close(self, tag: str, node: Any) -> None:
        if tag in _BLOCKS:
            self.out.line_break()
        elif tag in ("note", "annotation"):
            self._asides.append(self.out)
            self.out = self._outer.pop()
        elif tag in ("table-cell", "covered-table-cell") and self._tables and (table := self._tables[-1]):
            most = _MOST_REPEATS if len(self.out) <= _REPEATED_CHARS else 1
            table.cells += [self.out] * _count(node, "number-columns-repeated", most)
            self.out = self._outer.pop()
        elif tag == "table-row" and self._tables and (table := self._tables[-1]):
            table.end_row(self.out)
        elif tag == "table":
            self._tables.pop()
            self.out.line_break()
        elif tag in ("text-box", "page", "frame", "list"):
            self.out.newline()

    def _begin_aside(self, tag: str, node: Any) -> None:
        """Footnotes and comments go to the end; a footnote's number stays in the text."""
        citation = child(node, "note-citation")
        if citation is not None and citation.text:
            self.out.add(f"[{citation.text.strip()}]")
        self._outer.append(self.out)
        self.out = TextBuilder()
        if tag == "annotation":
            who, when = child(node, "creator"), child(node, "date")
            said = [" ".join((e.text or "").split()) for e in (who, when) if e is not None]
            self.out.add(f"[{', '.join(filter(None, said)) or 'comment'}] ", exact=True)

    def _say(self, text: str | None, parent: Any) -> None:
        """Text between elements counts only inside paragraphs (ODF 1.3 part 3, 6.1.2 for its blanks)."""
        if text and _is_in_paragraph(parent):
            self.out.add(text)
            self._has_text = self._has_text or bool(text.strip())

    def _page_break(self) -> None:
        if self._has_text and not self._outer:
            self.out.newline()
            self.out.add("\f", exact=True)
            self._has_text = False


def breaking_styles(*roots: Any) -> frozenset[str]:
    """The names of paragraph styles before which a new page begins (ODF 1.3 part 3, 20.184)."""
    found: set[str] = set()
    for root in roots:
        for style in root.iter("{*}style") if root is not None else ():
            properties = child(style, "paragraph-properties")
            if properties is not None and attribute(properties, "break-before") == "page":
                found.add(attribute(style, "name") or "")
    return frozenset(found - {""})


def _is_in_paragraph(node: Any) -> bool:
    while node is not None:
        tag = local(node.tag)
        if tag in _BLOCKS:
            return True
        if tag in ("note-citation", "table-cell", "text-box", "note-body", "page") or _is_credit(node):
            return False
        node = node.getparent()
    return False


def _is_credit(node: Any) -> bool:
    """Who made a comment, and when; a date that stands in the text is of another namespace."""
    return isinstance(node.tag, str) and node.tag.startswith(_DUBLIN_CORE)


def _is_skipped(node: Any) -> bool:
    space, _, name = node.tag.rpartition("}")
    return name in _SKIPPED or (name in ("title", "desc") and f"{space}}}".endswith(_DRAWING))


def _count(node: Any, name: str, most: int) -> int:
    told = attribute(node, name) or "1"
    return min(int(told), most) if told.isdecimal() and len(told) < 10 else 1


def _kept(root: Any) -> Iterator[tuple[bool, Any]]:
    """(True, element) where one opens and (False, element) where it closes.

    Of elements that are skipped, comments and instructions only the end is given: text may follow it."""
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    skipped: Any = None
    for event, node in walk:
        if skipped is not None and node is not skipped:
            continue
        if event == "start" and node is not root and _is_skipped(node):
            skipped = node
            walk.skip_subtree()
        else:
            skipped = None
            yield event == "start", node
