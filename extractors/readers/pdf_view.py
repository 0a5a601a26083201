"""A page's text layer parted into what is seen, what lies unseen over something that is, and what is hidden."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from extractors.document import Box
from extractors.readers import pdf_doubt, pdf_ink, pdf_sight
from extractors.readers.pdf_content import Content
from extractors.readers.pdf_ink import Shot
from extractors.readers.pdf_text import Geometry, Layer


@dataclass
class View:
    """`layer` is the text layer without what is hidden (`hidden` words) and what is painted twice; `laid` are the
    numbers of its words that are not seen themselves, but lie over something that is."""

    page: Any
    geometry: Geometry
    layer: Layer
    laid: frozenset[int]
    hidden: int
    _shots: list[Shot] = field(default_factory=list)

    def shot(self) -> Shot:
        """The page drawn small, once."""
        if not self._shots:
            self._shots.append(pdf_ink.shot(self.page, self.geometry.width, self.geometry.height))
        return self._shots[0]

    @cached_property
    def visible(self) -> Layer:
        """The layer without the words that are not seen themselves."""
        return pdf_sight.without(self.layer, self.laid)

    @property
    def laid_text(self) -> str:
        """The text of the words that lie unseen over something."""
        return pdf_sight.without(self.layer, frozenset(range(len(self.layer.words))) - self.laid).text

    @property
    def notes(self) -> tuple[str, ...]:
        """A note for people if text is hidden on the page."""
        if not self.hidden:
            return ()
        words = "1 word" if self.hidden == 1 else f"{self.hidden} words"
        return (f"{words} of hidden text, left out",)

    def give_up_laid(self) -> None:
        """Counts the unseen words as hidden: too few to be what a picture shows, and no picture that will be read."""
        words = (self.layer.words[n] for n in self.laid)
        self.hidden += sum(any(map(str.isalnum, self.layer.text[w.start : w.end])) for w in words)

    def left_out(self, drawn: Content) -> list[Box]:
        """The letters in the page's pictures that no word of the layer stands on, if they are many."""
        for picture in pdf_doubt.pictures_to_look_at(drawn):
            missing = pdf_doubt.left_out(self.shot(), picture.box, self.layer.words)
            if missing:
                return missing
        return []


def view(page: Any, layer: Layer, drawn: Content, geometry: Geometry) -> View:
    """The view of a pdfium page's text layer. The page is drawn only where some word may not be seen."""
    doubts = pdf_sight.doubtful(layer, drawn, geometry)
    found = View(page, geometry, layer, frozenset(), 0)
    sight = pdf_sight.sight(layer, doubts, found.shot() if doubts else None)
    slices = layer.off_page
    hidden = [*slices, *((layer.words[n].start, layer.words[n].end) for n in sight.hidden)]
    found.hidden = sum(any(map(str.isalnum, layer.text[start:end])) for start, end in hidden)
    gone = sight.hidden | sight.twice
    left = [n for n in range(len(layer.words)) if n not in gone]
    found.laid = frozenset(new for new, old in enumerate(left) if old in sight.laid)
    found.layer = pdf_sight.without(layer, gone, slices)
    return found
