"""Presentations (.pptx, .pptm, .ppsx, .potx): every slide a page, with its tables, notes and comments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from extractors.document import UNREAD, PageText
from extractors.errors import Corrupt, Empty, TooLarge
from extractors.readers.children import ChildStore
from extractors.readers.draft import Draft, Input
from extractors.readers.embedded import EMBEDDED_KINDS, take_embedded
from extractors.readers.layout import TextBuilder
from extractors.readers.ooxml import Package, Relation, attribute, child, core_properties, open_package
from extractors.readers.pptx_text import drawn_text, furniture_text, slide_text

MEDIA_TYPES = frozenset(
    {
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
        "application/vnd.openxmlformats-officedocument.presentationml.template",
        "application/vnd.ms-powerpoint.presentation.macroEnabled.12",
        "application/vnd.ms-powerpoint.slideshow.macroEnabled.12",
    }
)
_MAIN = "ppt/presentation.xml"
_USUAL_SIZE = (9_144_000, 6_858_000)
_EMU_PER_POINT = 12_700
_LARGEST_SIDE = 51_206_400
"""EMU, 56 inches: the largest side of a slide (ECMA-376, 19.7.17)."""


def read(source: Input) -> Draft:
    """The slides in the order they are shown; hidden ones too, noted. Pictures and files inside as children.

    Raises Corrupt, Encrypted, TooLarge beyond pages or text_chars, and Empty without text or a picture.
    """
    package = open_package(source)
    main = package.main_part(_MAIN)
    if main not in package:
        raise Corrupt(f"{source.untrusted_name}: it holds no presentation ({_MAIN})")
    deck = _Deck(source, package, main)
    pages = tuple(deck.pages())
    embedded = take_embedded(package, deck.parts, ChildStore(source))
    if not any(page.text.strip() for page in pages) and not embedded.children:
        if deck.unread:
            raise Corrupt(f"{source.untrusted_name}: {deck.unread[0]}")
        raise Empty(f"{source.untrusted_name}: there is neither text nor a picture in it")
    title, metadata = core_properties(package, "pptx")
    return Draft(
        source.media_type,
        pages,
        embedded.children,
        tuple(metadata),
        (*deck.unread, *deck.notes(), *embedded.notes),
        title,
    )


class _Deck:
    """A presentation's slides. `parts` are the pictures and files met so far, `unread` the slides lost."""

    def __init__(self, source: Input, package: Package, main: str) -> None:
        self._source, self._package = source, package
        self._root = package.tree(main)
        self._relations = {r.id: r for r in package.relations(main) if not r.external}
        self._hidden: list[int] = []
        self._furniture: set[str] = set()
        self.parts: list[tuple[str, str]] = []
        self.unread: list[str] = []

    def pages(self) -> Iterator[PageText]:
        """A page for each slide. Raises TooLarge beyond pages or text_chars."""
        limits, name = self._source.limits, self._source.untrusted_name
        width, height = _size(self._root)
        length = 0
        for number, slide in enumerate(self._slides(), 1):
            text = self._slide(slide, number)
            length += len(text)
            if number > limits.pages or length > limits.text_chars:
                raise TooLarge(f"{name}: more slides or text than the limits pages and text_chars allow")
            yield PageText(text.text(), width, height, cells=tuple(text.cells))

    def notes(self) -> Iterator[str]:
        """What is worth knowing about the slides that were read."""
        for number in self._hidden:
            yield f"slide {number} is hidden; it was read"
        for name in dict.fromkeys(self._package.damaged):
            yield f"its part {name} is damaged; it was read as far as it goes"

    def _slides(self) -> Iterator[str]:
        """Parts in the order of the slide list; without a list, all slides by number."""
        listed = child(self._root, "sldIdLst")
        ids = [_relation_id(entry) for entry in listed] if listed is not None else []
        parts = [self._relations[i].target for i in ids if i in self._relations]
        yield from parts or sorted(
            (n for n in self._package.names("ppt/slides/") if n.endswith(".xml")), key=lambda n: (len(n), n)
        )

    def _slide(self, part: str, number: int) -> TextBuilder:
        root = self._package.optional_tree(part)
        if root is None:
            self.unread.append(f"slide {number}: its part is missing or damaged, {UNREAD}")
            return TextBuilder()
        if attribute(root, "show") in ("0", "false"):
            self._hidden.append(number)
        out = slide_text(root)
        relations = [r for r in self._package.relations(part) if not r.external]
        if _shows_master(root):
            self._add_furniture(relations, "slideLayout", out)
        for relation in relations:
            self._take(relation, out)
        return out

    def _add_furniture(self, relations: list[Relation], kind: str, out: TextBuilder) -> None:
        """What the slide's layout, and the layout's master, show on it: on the first slide that shows it."""
        part = next((r.target for r in relations if r.kind == kind), None)
        if part is None or part in self._furniture:
            return
        self._furniture.add(part)
        root = self._package.optional_tree(part)
        if root is None:
            return
        out.include(furniture_text(root))
        own = [r for r in self._package.relations(part) if not r.external]
        self.parts += [(r.kind, r.target) for r in own if r.kind in EMBEDDED_KINDS]
        if kind == "slideLayout" and _shows_master(root):
            self._add_furniture(own, "slideMaster", out)

    def _take(self, relation: Relation, out: TextBuilder) -> None:
        """Pictures and files are kept for later; texts that stand in parts of their own go under the slide."""
        if relation.kind in EMBEDDED_KINDS:
            self.parts.append((relation.kind, relation.target))
        elif relation.kind in ("notesSlide", "comments", "diagramData", "chart"):
            root = self._package.optional_tree(relation.target)
            aside = drawn_text(root, relation.kind) if root is not None else TextBuilder()
            if aside.text().strip():
                out.newline()
                out.line_break()
                out.include(aside)


def _shows_master(root: Any) -> bool:
    """ECMA-376, 19.3.1.38 and 19.3.1.39, showMasterSp."""
    return attribute(root, "showMasterSp") not in ("0", "false")


def _relation_id(entry: Any) -> str:
    """The `r:id` of a slide list's entry, which has an `id` of its own as well."""
    return next((value for key, value in entry.attrib.items() if key.endswith("}id")), "")


def _size(root: Any) -> tuple[float, float]:
    """Width and height in points (ECMA-376, 19.2.1.39)."""
    node = child(root, "sldSz")
    sides = []
    for name, usual in zip(("cx", "cy"), _USUAL_SIZE, strict=True):
        told = (attribute(node, name) if node is not None else None) or ""
        value = int(told) if told.isdecimal() and len(told) < 12 else 0
        sides.append((value if 0 < value <= _LARGEST_SIDE else usual) / _EMU_PER_POINT)
    return sides[0], sides[1]
