"""Web pages and HTML mail: the text that a person would see, in reading order. Nothing is ever fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from lxml import etree

from extractors.document import Cell
from extractors.errors import Empty
from extractors.readers.draft import Draft, Input
from extractors.readers.encodings import decode
from extractors.readers.layout import OpenTable, TextBuilder, tidy_lines
from extractors.readers.paging import paged
from extractors.readers.text import bounded_bytes

MEDIA_TYPES = frozenset({"text/html", "application/xhtml+xml"})

LARGEST = 10_000_000
"""Characters of a page that is taken apart; an element costs much more memory than it has characters."""

_META_CHARSET = re.compile(
    rb"""<meta\b[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE
)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{2,40})""")
_HIDDEN_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)\b", re.IGNORECASE
)
_DATA_ADDRESS = re.compile(r"data:[a-z/+.-]{0,80};base64,[A-Za-z0-9+/=\s]{200,}")
_UNSEEN = frozenset(
    {
        "script",
        "style",
        "template",
        "iframe",
        "frame",
        "applet",
        "audio",
        "video",
        "canvas",
        "svg",
        "math-error",
    }
)
_PARAGRAPHS = frozenset(
    {
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "dl",
        "blockquote",
        "pre",
        "table",
        "figure",
        "form",
    }
)
_BLOCKS = frozenset(
    {
        *(
            "address",
            "article",
            "aside",
            "body",
            "caption",
            "center",
            "dd",
            "details",
            "dialog",
            "div",
            "dt",
            "fieldset",
        ),
        *(
            "figcaption",
            "footer",
            "header",
            "hgroup",
            "hr",
            "legend",
            "li",
            "main",
            "nav",
            "option",
            "search",
        ),
        *("section", "summary", "tbody", "tfoot", "thead", "title", "tr"),
    }
)
_DEEPEST_TABLE = 12
"""Tables nested deeper are taken as plain blocks: they lay out a page."""


@dataclass(frozen=True)
class HtmlText:
    """The visible text, its table cells as slices, the page's title, and what was left out."""

    text: str
    cells: tuple[Cell, ...] = ()
    title: str | None = None
    notes: tuple[str, ...] = ()


def read(source: Input) -> Draft:
    """The visible text. Raises Empty when there is none, TooLarge beyond the limits."""
    data = bounded_bytes(source, min(4 * source.limits.text_chars, source.limits.memory // 8), "memory_mib")
    decoded = decode(data, declared_charset(data))
    page = html_text(decoded.text)
    if not page.text.strip() and not page.title:
        raise Empty(f"{source.untrusted_name}: the page shows no text")
    pages = paged(page.text or page.title or "", source.untrusted_name, source.limits, page.cells)
    return Draft(source.media_type, pages, notes=decoded.notes + page.notes, title=page.title)


def declared_charset(data: bytes) -> str | None:
    """What the page says of its own encoding (HTML Standard, 13.2.3.2): looked for in the first 4096 bytes."""
    found = _META_CHARSET.search(data[:4096]) or _XML_ENCODING.match(data[:400])
    return found[1].decode("ascii") if found else None


def html_text(html: str) -> HtmlText:
    """The visible text of HTML that is decoded already."""
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    clean = _DATA_ADDRESS.sub("data:", re.sub("[\0\ud800-\udfff]", "\ufffd", html))
    if len(clean) > LARGEST:
        return HtmlText(_without_tags(clean), notes=("a very large page: read as text without its tables",))
    if not clean.strip():
        return HtmlText("")
    try:
        root = etree.fromstring(clean.encode("utf-8"), parser)
    except etree.LxmlError:
        return HtmlText(_without_tags(clean), notes=("broken HTML: read as text without its tables",))
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        return HtmlText(
            _without_tags(clean), notes=("tags nested too deeply: read as text without its tables",)
        )
    return HtmlText("") if root is None else _Walk().over(root)


def _without_tags(html: str) -> str:
    """All text between tags, in order: what remains possible where the parser gave up."""
    bare = re.sub(
        r"<(script|style)\b.*?(?:</\1[^<>]*>?|\Z)|<!--.*?(?:-->|\Z)",
        " ",
        html,
        flags=re.DOTALL | re.IGNORECASE,
    )
    return tidy_lines(unescape(re.sub(r"<[^<>]*>", " ", bare)).splitlines())


class _Walk:
    """One pass over the tree. `_out` is the builder in use: each table cell gets its own until its row ends."""

    def __init__(self) -> None:
        self._out = TextBuilder()
        self._outer: list[TextBuilder] = []
        self._tables: list[OpenTable | None] = []
        self._exact = 0
        self._lists: list[int | None] = []
        self._hidden = 0
        self._title = ""

    def over(self, root: Any) -> HtmlText:
        for opening, node in _visible(root, self._note_hidden):
            if opening:
                self._open(node)
            else:
                self._close(node)
                if node.tail and node is not root:
                    self._out.add(node.tail, exact=self._exact > 0)
        notes = (f"{self._hidden} hidden elements were left out",) if self._hidden else ()
        title = " ".join(self._title.split()) or None
        return HtmlText(self._out.text().strip("\n"), _shifted(self._out), title, notes)

    def _note_hidden(self, node: Any) -> None:
        self._hidden += bool("".join(node.itertext()).strip())

    def _open(self, node: Any) -> None:
        tag = node.tag
        if tag == "title":
            self._title = self._title or "".join(node.itertext())
            return
        self._begin(tag, node)
        if node.text and tag not in ("head", "html"):
            self._out.add(node.text, exact=self._exact > 0)

    def _begin(self, tag: str, node: Any) -> None:
        if tag in _PARAGRAPHS:
            self._out.newline() if tag in ("ul", "ol") and self._lists else self._out.paragraph()
        elif tag in _BLOCKS:
            self._out.newline()
        if tag == "br":
            self._out.line_break()
        elif tag in ("pre", "textarea"):
            self._exact += 1
        elif tag in ("ul", "ol"):
            self._lists.append(_start_of(node) if tag == "ol" else None)
        elif tag == "li":
            self._out.add(self._marker())
            self._out.add(" ")
        elif tag in ("img", "input"):
            self._shown_attribute(node)
        else:
            self._begin_table_part(tag)

    def _begin_table_part(self, tag: str) -> None:
        if tag == "table":
            deep = len(self._tables) >= _DEEPEST_TABLE
            self._tables.append(None if deep else OpenTable(self._out.new_table()))
        elif tag == "tr" and (table := self._table()):
            table.end_row(self._out)
        elif tag in ("td", "th") and (table := self._table()):
            self._outer.append(self._out)
            self._out = TextBuilder()
        elif tag in ("td", "th"):
            self._out.newline()

    def _close(self, node: Any) -> None:
        tag = node.tag
        if tag in ("pre", "textarea"):
            self._exact -= 1
        elif tag in ("ul", "ol"):
            self._lists.pop()
        elif tag in ("td", "th") and (table := self._table()):
            table.cells.append(self._out)
            self._out = self._outer.pop()
        elif (tag == "tr" and (table := self._table())) or (tag == "table" and (table := self._tables.pop())):
            table.end_row(self._out)
        if tag in _PARAGRAPHS and not (tag in ("ul", "ol") and self._lists):
            self._out.paragraph()
        elif tag in _BLOCKS:
            self._out.newline()

    def _table(self) -> OpenTable | None:
        return self._tables[-1] if self._tables else None

    def _marker(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "•"
        self._lists[-1] = number + 1
        return f"{number}."

    def _shown_attribute(self, node: Any) -> None:
        """A picture's description, or what stands in a form's field."""
        is_field = node.tag == "input" and (node.get("type") or "text").lower() in (
            "text",
            "email",
            "date",
            "number",
            "tel",
            "url",
        )
        shown = node.get("alt") if node.tag == "img" else node.get("value") if is_field else None
        if shown and shown.strip():
            self._out.add(f" {shown} ")


def _visible(root: Any, on_hidden: Any) -> Iterator[tuple[bool, Any]]:
    """(True, element) where one opens and (False, element) where it closes; what is not shown only closes."""
    walk = etree.iterwalk(root, events=("start", "end"))
    skipped: Any = None
    for event, node in walk:
        if skipped is None and event == "start" and _is_unseen(node):
            if _is_hidden(node):
                on_hidden(node)
            skipped = node
            walk.skip_subtree()
        elif skipped is None:
            yield event == "start", node
        elif event == "end" and node is skipped:
            skipped = None
            yield False, _Closed(node.tail)


@dataclass(frozen=True, slots=True)
class _Closed:
    """Stands for an element that is not shown; only the text behind it counts."""

    tail: str | None
    tag: str = ""


def _is_unseen(node: Any) -> bool:
    return not isinstance(node.tag, str) or node.tag in _UNSEEN or _is_hidden(node)


def _is_hidden(node: Any) -> bool:
    if not isinstance(node.tag, str) or node.tag in ("html", "body"):
        return False
    return node.get("hidden") is not None or bool(_HIDDEN_STYLE.search(node.get("style") or ""))


def _start_of(node: Any) -> int:
    start = node.get("start") or "1"
    return int(start) if re.fullmatch(r"-?\d{1,6}", start) else 1


def _shifted(out: TextBuilder) -> tuple[Cell, ...]:
    lead = len(out.text()) - len(out.text().lstrip("\n"))
    return tuple(Cell(c.table, c.row, c.column, c.start - lead, c.end - lead) for c in out.cells)
