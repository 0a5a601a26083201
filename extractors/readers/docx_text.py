"""From WordprocessingML (ECMA-376, 17) to text: what a reader of the final version sees, in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from extractors.readers.docx_numbering import Numbering
from extractors.readers.layout import OpenTable, TextBuilder
from extractors.readers.ooxml import attribute, child, local

_SKIPPED = frozenset(
    {
        "del",
        "moveFrom",
        "delText",
        "instrText",
        "delInstrText",
        "Fallback",
        "pPrChange",
        "rPrChange",
        "rt",
        "sectPrChange",
    }
)
"""Deleted and moved text, field codes, second forms of a drawing, former formats, pronunciation."""
_CHARACTERS = {"tab": "\t", "ptab": "\t", "noBreakHyphen": "-", "cr": "\n"}
_DEEPEST_TABLE = 12


class DocxText:
    """One pass over a part. `out` holds its text, page breaks as form feeds."""

    def __init__(self, numbering: Numbering) -> None:
        self.out = TextBuilder()
        self.hidden = 0
        self._numbering = numbering
        self._outer: list[TextBuilder] = []
        self._boxes: list[TextBuilder] = []
        self._tables: list[OpenTable | None] = []
        self._page_has_text = False
        self._label = ""
        self._run: Any = None
        self._run_is_hidden = False

    def read(self, root: Any) -> DocxText:
        """Takes in a whole part."""
        for opening, node in _kept(root):
            if opening:
                self._open(local(node.tag), node)
            else:
                self._close(local(node.tag), node)
        return self

    def _open(self, tag: str, node: Any) -> None:
        if tag == "t":
            self._say(node)
        elif tag in _CHARACTERS and local(node.getparent().tag) == "r":
            self.out.add(_CHARACTERS[tag], exact=True)
        elif tag == "p":
            self._begin_paragraph(node)
        elif tag == "br":
            self._page_break() if attribute(node, "type") == "page" else self.out.line_break()
        elif tag == "lastRenderedPageBreak":
            self._page_break()
        elif tag in ("footnoteReference", "endnoteReference"):
            self.out.add(f"[{attribute(node, 'id')}]")
        elif tag == "txbxContent":
            self._outer.append(self.out)
            self.out = TextBuilder()
        else:
            self._open_table_part(tag)

    def _open_table_part(self, tag: str) -> None:
        if tag == "tbl":
            self.out.newline()
            deep = len(self._tables) >= _DEEPEST_TABLE
            self._tables.append(None if deep else OpenTable(self.out.new_table()))
        elif tag == "tc" and self._tables and self._tables[-1]:
            self._outer.append(self.out)
            self.out = TextBuilder()

    def _close(self, tag: str, node: Any) -> None:
        if tag == "p":
            self._end_paragraph(node)
        elif tag == "txbxContent":
            self._boxes.append(self.out)
            self.out = self._outer.pop()
        elif tag == "tc" and self._tables and (table := self._tables[-1]):
            table.cells.append(self.out)
            self.out = self._outer.pop()
        elif tag == "tr" and self._tables and (table := self._tables[-1]):
            table.end_row(self.out)
        elif tag == "tbl":
            self._tables.pop()
            self.out.newline()

    def _say(self, node: Any) -> None:
        run = node.getparent()
        if run is not self._run:
            self._run, self._run_is_hidden = run, _is_on(child(run, "rPr", "vanish"))
        if self._run_is_hidden:
            self.hidden += 1
        elif node.text:
            self.out.add(f"{self._label} {node.text}" if self._label else node.text, exact=True)
            self._label = ""
            self._page_has_text = True

    def _begin_paragraph(self, node: Any) -> None:
        properties = child(node, "pPr")
        if properties is not None and _is_on(child(properties, "pageBreakBefore")):
            self._page_break()
        self._label = self._numbering.label(properties)

    def _end_paragraph(self, node: Any) -> None:
        self.out.line_break()
        if not self._outer:
            boxes, self._boxes = self._boxes, []
            for box in boxes:
                self.out.include(box)
        section = child(node, "pPr", "sectPr")
        if section is not None:
            kind = child(section, "type")
            if kind is None or attribute(kind, "val") != "continuous":
                self._page_break()

    def _page_break(self) -> None:
        """A break that Word noted as it laid out the page stands beside the one that the writer asked for."""
        if self._page_has_text and not self._outer:
            self.out.newline()
            self.out.add("\f", exact=True)
            self._page_has_text = False


def _kept(root: Any) -> Iterator[tuple[bool, Any]]:
    """(True, element) where one opens and (False, element) where it closes, without what is skipped."""
    walk = etree.iterwalk(root, events=("start", "end"))
    skipped: Any = None
    for event, node in walk:
        if skipped is not None:
            skipped = None if node is skipped else skipped
        elif event == "start" and _is_skipped(node):
            skipped = node
            walk.skip_subtree()
        else:
            yield event == "start", node


def _is_skipped(node: Any) -> bool:
    return not isinstance(node.tag, str) or local(node.tag) in _SKIPPED


def _is_on(node: Any) -> bool:
    """A toggle property: on when it is there, unless its value says otherwise (ECMA-376, 17.17.4)."""
    return node is not None and (attribute(node, "val") or "1") not in ("0", "false", "off")
