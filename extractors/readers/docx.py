"""Word documents (.docx, .docm, .dotx). Read from the XML: that also opens what stricter libraries refuse."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.document import Cell
from extractors.errors import Corrupt, Empty
from extractors.readers.children import ChildStore
from extractors.readers.docx_numbering import Numbering
from extractors.readers.docx_text import DocxText
from extractors.readers.draft import Draft, Input
from extractors.readers.embedded import EMBEDDED_KINDS, take_embedded
from extractors.readers.layout import TextBuilder
from extractors.readers.ooxml import Package, Relation, attribute, core_properties, local, open_package
from extractors.readers.paging import paged

MEDIA_TYPES = frozenset(
    {
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
        "application/vnd.ms-word.document.macroEnabled.12",
        "application/vnd.ms-word.template.macroEnabled.12",
    }
)
_BODY = "word/document.xml"


def read(source: Input) -> Draft:
    """Text with tables; heads of pages once before it, feet, notes and comments behind; pictures as children.

    Raises Corrupt, Encrypted, TooLarge, and Empty when there is neither text nor a picture.
    """
    package = open_package(source)
    main = package.main_part(_BODY)
    if main not in package:
        raise Corrupt(f"{source.untrusted_name}: it holds no document ({_BODY})")
    relations = [r for r in package.relations(main) if not r.external]
    text, cells, hidden = _text(package, main, relations)
    store = ChildStore(source)
    embedded = take_embedded(
        package, ((r.kind, r.target) for r in relations if r.kind in EMBEDDED_KINDS), store
    )
    if not text.strip() and not embedded.children:
        raise Empty(f"{source.untrusted_name}: there is neither text nor a picture in it")
    title, metadata = core_properties(package, "docx")
    notes = (*_notes(package, hidden), *embedded.notes)
    pages = paged(text, source.untrusted_name, source.limits, cells)
    return Draft(source.media_type, pages, embedded.children, tuple(metadata), notes, title)


def _text(package: Package, main: str, relations: list[Relation]) -> tuple[str, tuple[Cell, ...], int]:
    numbering = Numbering.of(
        _related(package, relations, "numbering"), _related(package, relations, "styles")
    )
    body = DocxText(numbering).read(package.tree(main))
    heads = list(_once(package, relations, "header"))
    feet = [*_once(package, relations, "footer"), *_asides(package, relations)]
    whole = TextBuilder()
    for part in (*heads, body.out, *feet):
        whole.include(part)
    return whole.text(), tuple(whole.cells), body.hidden


def _related(package: Package, relations: list[Relation], kind: str) -> object:
    name = next((r.target for r in relations if r.kind == kind), None)
    return package.optional_tree(name) if name else None


def _once(package: Package, relations: list[Relation], kind: str) -> Iterator[TextBuilder]:
    """The heads or feet of the pages, each wording once."""
    seen: set[str] = set()
    for relation in relations:
        root = package.optional_tree(relation.target) if relation.kind == kind else None
        if root is None:
            continue
        part = DocxText(Numbering()).read(root).out
        wording = " ".join(part.text().split())
        if wording and wording not in seen:
            seen.add(wording)
            yield part


def _asides(package: Package, relations: list[Relation]) -> Iterator[TextBuilder]:
    """Footnotes and endnotes with the number that stands in the text, and comments with who made them."""
    for relation in relations:
        if relation.kind not in ("footnotes", "endnotes", "comments"):
            continue
        root = package.optional_tree(relation.target)
        for note in root if root is not None else ():
            is_separator = local(note.tag) in ("footnote", "endnote") and attribute(note, "type") is not None
            words = DocxText(Numbering()).read(note).out.text().strip()
            if words and not is_separator:
                aside = TextBuilder()
                aside.add(f"{_label(note)} {words}", exact=True)
                yield aside


def _label(note: object) -> str:
    if local(getattr(note, "tag", "")) == "comment":
        return f"[{attribute(note, 'author') or 'comment'}, {attribute(note, 'date') or ''}]".replace(
            ", ]", "]"
        )
    return f"[{attribute(note, 'id')}]"


def _notes(package: Package, hidden: int) -> Iterator[str]:
    if hidden:
        yield f"{hidden} pieces of hidden text were left out"
    for name in dict.fromkeys(package.damaged):
        yield f"its part {name} is damaged; it was read as far as it goes"
