"""Page numbers, printed on every page where a reader looks for them, however the page lies."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from reportlab.pdfbase.ttfonts import TTFont

from pipeline.bundle import fonts
from pipeline.bundle.corners import CORNERS, Ink, place, scale_of
from pipeline.bundle.typeset import canvas, clean
from pipeline.renditions.geometry import Quad, View

_SIZE = 10.0
_PAD = 3.0


@dataclass(frozen=True, slots=True)
class Stamped:
    """Where a stamp was printed, in the page's own coordinates, and whether it had to cover ink."""

    rect: Quad
    covers: bool


class Stamper:
    """Prints labels on pages of `pdf` in one of `CORNERS`; the fonts are embedded once."""

    def __init__(self, pdf: Pdf, corner: str) -> None:
        if corner not in CORNERS:
            raise ValueError(f"{corner!r} is none of {CORNERS}")
        self.pdf = pdf
        self.corner = corner
        self._fonts: dict[str, _Font] = {}

    def stamp(self, page: pikepdf.Page, text: str, ink: Ink | None = None) -> Stamped:
        """Prints the text as the page is seen, on white, in proportion to the page's size.

        Where `ink` tells of something in the corner, another place is taken if there is one without.
        """
        view = View.of(page)
        scale = scale_of(view)
        font = self._font(text)
        size, pad = _SIZE * scale, _PAD * scale
        wide = font.width(text) * size
        put = place(view, (wide + 2 * pad, size + 1.2 * pad), self.corner, ink)
        x, y = put.x + pad, put.y + pad
        _fonts_of(page)[font.name] = font.object
        matrix = " ".join(f"{v:.3f}" for v in view.matrix)
        page.contents_add(
            f"q {matrix} cm 1 g {put.x:.2f} {put.y:.2f} {wide + 2 * pad:.2f} {size + 1.2 * pad:.2f} re f "
            f"0.1 0.1 0.12 rg BT {font.name} {size:.2f} Tf {x:.2f} {y:.2f} Td {font.string(text)} Tj ET Q\n".encode()
        )
        corners = view.point(put.x, put.y), view.point(put.x + wide + 2 * pad, put.y + size + 1.2 * pad)
        (x0, x1), (y0, y1) = (sorted(values) for values in zip(*corners, strict=True))
        return Stamped((x0, y0, x1, y1), put.covers)

    def _font(self, text: str) -> _Font:
        """The font for a text: the Latin one, or the Han one for all of it, so that it stays one piece."""
        strange = "".join(sorted({char for char in clean(text) if not char.isascii()}))
        if strange not in self._fonts:
            self._fonts[strange] = _Font.embedded(self.pdf, strange, len(self._fonts))
        return self._fonts[strange]


@dataclass(frozen=True, slots=True)
class _Font:
    """An embedded font: its name on a page, and the code of each of its characters."""

    name: Name
    object: pikepdf.Object
    face: TTFont
    code: dict[str, int]

    @classmethod
    def embedded(cls, pdf: Pdf, strange: str, number: int) -> _Font:
        """The font with all visible characters of ASCII and the `strange` ones."""
        face = fonts.han() if strange else fonts.latin()[0]
        chars = [char for char in map(chr, range(32, 127)) if ord(char) in face.face.charToGlyph]
        chars += [char for char in strange if ord(char) in face.face.charToGlyph]
        out = BytesIO()
        sheet = canvas(out, font=face)
        sheet.setFont(face.fontName, _SIZE)
        sheet.drawString(0, 0, "".join(chars))
        # The document's own table of codes, which reportlab offers to whoever draws text past its canvas.
        pieces = {char: face.splitString(char, sheet._doc)[0] for char in chars}
        sheet.save()
        code = {char: piece[1][0] for char, piece in pieces.items() if piece[0] == 0}
        with pikepdf.open(BytesIO(out.getvalue())) as drawn:
            found = drawn.pages[0].obj.Resources.Font
            (font,) = (font for _, font in found.items())
            return cls(Name(f"/ClaimtrailStamp{number}"), pdf.copy_foreign(font), face, code)

    def string(self, text: str) -> str:
        """The text as a string of PDF, in this font's codes; a character that the font lacks is a question mark."""
        codes = bytes(self.code.get(char, self.code["?"]) for char in clean(text))
        plain = codes.isascii() and not set(codes) & set(b"()\\")
        return f"({codes.decode('ascii')})" if plain else f"<{codes.hex()}>"

    def width(self, text: str) -> float:
        """The width of the text at size 1."""
        shown = (char if char in self.code else "?" for char in clean(text))
        widths, usual = self.face.face.charWidths, self.face.face.defaultWidth
        return sum(float(widths.get(ord(char), usual)) for char in shown) / 1000


def _fonts_of(page: pikepdf.Page) -> pikepdf.Object:
    """The page's own table of fonts, made if it has none."""
    if Name.Resources not in page.obj:
        page.obj.Resources = Dictionary()
    resources = page.obj.Resources
    if Name.Font not in resources:
        resources.Font = Dictionary()
    return resources.Font


def destination(page: pikepdf.Page) -> Array:
    """The top left of the page as it is seen; the reader's zoom stays as it is."""
    view = View.of(page)
    x, y = view.point(0, view.height)
    return Array([page.obj, Name.XYZ, round(x, 2), round(y, 2), None])
