"""Page numbers, printed on every page where a reader looks for them, however the page lies."""

from __future__ import annotations

from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from reportlab.pdfgen.canvas import Canvas

from pipeline.bundle.typeset import INK, Style, draw, width
from pipeline.renditions.geometry import View

_SIZE = 10.0
_PAPER = 595.0
_SMALLEST, _LARGEST = 0.35, 6.0
_ASIDE, _UP, _PAD = 30.0, 22.0, 3.0


class Stamper:
    """Prints numbers on pages of `pdf`, all in one embedded font. `form` is such as "Page {n}" (ASCII)."""

    def __init__(self, pdf: Pdf, form: str) -> None:
        self.pdf = pdf
        self.form = form
        self.font, self.name = _ascii_font(pdf)

    def stamp(self, page: pikepdf.Page, number: int) -> None:
        """Prints the number bottom right as the page is seen, on white, in proportion to the page's size."""
        view = View.of(page)
        scale = min(max(min(view.width, view.height) / _PAPER, _SMALLEST), _LARGEST)
        text = self.form.format(n=number)
        style = Style(_SIZE * scale, _SIZE * scale, color=INK)
        wide = width(text, style)
        x, y, pad = view.width - _ASIDE * scale - wide, _UP * scale, _PAD * scale
        resources = page.obj.Resources
        if Name.Font not in resources:
            resources.Font = Dictionary()
        resources.Font[self.name] = self.font
        matrix = " ".join(f"{v:.3f}" for v in view.matrix)
        page.contents_add(
            f"q {matrix} cm 1 g {x - pad:.2f} {y - pad:.2f} {wide + 2 * pad:.2f} {style.size + 1.2 * pad:.2f} re f "
            f"0.1 0.1 0.12 rg BT {self.name} {style.size:.2f} Tf {x:.2f} {y:.2f} Td ({text}) Tj ET Q\n".encode()
        )


def _ascii_font(pdf: Pdf) -> tuple[pikepdf.Object, Name]:
    """The embedded font in `pdf`, with its ASCII characters at their own codes, and the name to call it by."""
    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    draw(canvas, 0, 0, "".join(map(chr, range(33, 127))), Style(_SIZE, _SIZE))
    canvas.save()
    with pikepdf.open(BytesIO(out.getvalue())) as drawn:
        fonts = drawn.pages[0].obj.Resources.Font
        font = next(font for _, font in fonts.items() if font.Subtype == Name.TrueType)
        return pdf.copy_foreign(font), Name("/ClaimtrailStamp")


def destination(page: pikepdf.Page) -> Array:
    """The top left of the page as it is seen; the reader's zoom stays as it is."""
    view = View.of(page)
    x, y = view.point(0, view.height)
    return Array([page.obj, Name.XYZ, round(x, 2), round(y, 2), None])
