"""Pages whose text layer tells the truth, and pages whose layer does not, for the tests of both."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import pikepdf
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from extractors.readers.pdf_fonts import meanings
from tests.extractors.ocr_pictures import HAN_FONT, LATIN_FONT

SERIF_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf"
CODED_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"
WIDE, HIGH = 420, 300
SIZE, LEADING, LEFT, TOP = 12, 20, 36, 262
ENGLISH = [
    "Notice of claim for late possession of Area B",
    "We refer to your letter dated 14 March 2023 and",
    "give notice that access was refused on the site.",
    "The additional cost amounts to 1257800 dollars",
    "and the works were delayed by thirty days.",
    "The delay was recorded in the diary of the site,",
    "and the plant stood idle from 7 August 2023.",
    "Yours faithfully, Harbour Civil Limited",
]
OTHERS = [
    "Minutes of the annual meeting about gardening",
    "Tulips are planted in October by every member",
    "and the bulbs are watered twice in a fortnight",
    "The treasurer reported a balance of 3946 pounds",
    "which was carried by a show of raised hands",
    "Mrs Holloway proposed a visit to Kew next spring,",
    "the chairman thanked all of the helpers warmly",
    "Closed at nine with coffee and ginger biscuits",
]
CHINESE = [
    "关于工期延误的索赔通知书",
    "致：东湾置业发展有限公司",
    "我方于三月十四日收到贵方来函，现就场地",
    "移交延误一事提出索赔如下：因贵方未能按照",
    "合同约定的日期移交施工现场，导致机械设备",
    "闲置，人员窝工，工期顺延三十天，由此增加的",
    "费用应当由贵方承担，请予以书面确认并支付。",
    "港务土木工程有限公司项目经理部",
]
HAN = "".join(sorted({char for line in CHINESE for char in line if "\u4e00" <= char <= "\u9fff"}))
Draw = Callable[[Canvas], object]
Edit = Callable[[pikepdf.Pdf], object]


@dataclass(frozen=True)
class Sheet:
    """A page: how it is drawn, and what is done to the file of it afterwards."""

    draw: Draw
    edit: Edit = lambda _pdf: None


def register_fonts() -> None:
    """The fonts by the names that `typed` takes, all written as subsets; "Coded" numbers its glyphs by first use."""
    pdfmetrics.registerFont(TTFont("Coded", CODED_FONT, asciiReadable=False))
    pdfmetrics.registerFont(TTFont("Latin", SERIF_FONT, asciiReadable=True))
    pdfmetrics.registerFont(TTFont("Han", HAN_FONT, subfontIndex=0))


def typed(
    lines: Sequence[str] = ENGLISH,
    font: str = "Helvetica",
    mode: int = 0,
    size: float = SIZE,
    at: tuple[float, float] = (LEFT, TOP),
    white: bool = False,
) -> Draw:
    """Lines of text as a program writes them; `mode` is the text rendering mode (3 is invisible)."""

    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        text = canvas.beginText(*at)
        text.setFont(font, size, LEADING * size / SIZE)
        text.setTextRenderMode(mode)
        if white:
            text.setFillColorRGB(1, 1, 1)
        for line in lines:
            text.textLine(line)
        text.setTextRenderMode(0)
        canvas.drawText(text)
        canvas.restoreState()

    return draw


def scan(lines: Sequence[str] = ENGLISH, font: str = LATIN_FONT, dpi: int = 200, quarters: int = 0) -> Draw:
    """The same lines as a scanner sees them, at the same place; turned so many quarters counterclockwise."""
    scale = dpi / 72
    picture = Image.new("L", (round(WIDE * scale), round(HIGH * scale)), 250)
    pen, letters = ImageDraw.Draw(picture), ImageFont.truetype(font, round(SIZE * scale))
    for number, line in enumerate(lines):
        pen.text(
            (LEFT * scale, (HIGH - TOP + number * LEADING) * scale), line, fill=20, font=letters, anchor="ls"
        )
    turned = picture.rotate(90 * quarters, expand=True)
    return lambda canvas: canvas.drawImage(ImageReader(turned), 0, 0, WIDE, HIGH)


def pasted(lines: Sequence[str], low: float, high: float) -> Draw:
    """A cutting of a scan across the page, from `low` to `high` points above its foot."""
    scale = 200 / 72
    picture = Image.new("L", (round((WIDE - 2 * LEFT) * scale), round((high - low) * scale)), 250)
    pen, letters = ImageDraw.Draw(picture), ImageFont.truetype(LATIN_FONT, round(SIZE * scale))
    for number, line in enumerate(lines):
        pen.text((5, (LEADING * (number + 1)) * scale), line, fill=20, font=letters, anchor="ls")
    return lambda canvas: canvas.drawImage(ImageReader(picture), LEFT, low, WIDE - 2 * LEFT, high - low)


def outlines(lines: Sequence[str]) -> Draw:
    """The lines as filled shapes, a path for each letter, as a drawing program exports them."""
    scale = 4
    picture = Image.new("L", (WIDE * scale, HIGH * scale), 0)
    pen, letters = ImageDraw.Draw(picture), ImageFont.truetype(LATIN_FONT, SIZE * scale)
    for number, line in enumerate(lines):
        pen.text(
            (LEFT * scale, (HIGH - TOP + number * LEADING) * scale), line, fill=255, font=letters, anchor="ls"
        )
    ink = (np.asarray(picture) > 127).astype(np.uint8)
    count, parts = cv2.connectedComponents(ink, connectivity=8)

    def draw(canvas: Canvas) -> None:
        for number in range(1, count):
            shape = (parts == number).astype(np.uint8)
            path = canvas.beginPath()
            for ring in cv2.findContours(shape, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)[0]:
                (x, y), *rest = [(p[0][0] / scale, HIGH - p[0][1] / scale) for p in ring]
                path.moveTo(x, y)
                for x, y in rest:
                    path.lineTo(x, y)
                path.close()
            canvas.drawPath(path, stroke=0, fill=1, fillMode=0)

    return draw


def box(x: float, y: float, wide: float, high: float, grey: float) -> Draw:
    """A filled rectangle."""

    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.setFillGray(grey)
        canvas.rect(x, y, wide, high, stroke=0, fill=1)
        canvas.restoreState()

    return draw


def both(*draws: Draw) -> Draw:
    """One over the other."""
    return lambda canvas: [draw(canvas) for draw in draws]


def clipped(draw: Draw) -> Draw:
    """Drawn within a clip that lies elsewhere."""

    def clip(canvas: Canvas) -> None:
        canvas.saveState()
        path = canvas.beginPath()
        path.rect(0, 0, 20, 20)
        canvas.clipPath(path, stroke=0, fill=0)
        draw(canvas)
        canvas.restoreState()

    return clip


def turned(pdf: pikepdf.Pdf) -> None:
    """The page as a scanner stores it that took it sideways: turned by its content, turned back by its /Rotate."""
    page = pdf.pages[0]
    page.MediaBox = [0, 0, HIGH, WIDE]
    page.contents_add(f"q 0 1 -1 0 {HIGH} 0 cm".encode(), prepend=True)
    page.contents_add(b"Q")
    page.rotate(90, relative=False)


def exchanged(chars: Mapping[str, str]) -> Edit:
    """Makes the fonts say of each of these characters that it is the other, while the page looks as before."""

    def edit(pdf: pikepdf.Pdf) -> None:
        for font in pdf.pages[0].Resources.Font.values():
            if "/ToUnicode" in font:
                means = meanings(font.ToUnicode.read_bytes())
                font.ToUnicode = pdf.make_stream(_table({c: chars.get(t, t) for c, t in means.items()}))

    return edit


def _table(means: Mapping[int, str]) -> bytes:
    rows = "\n".join(
        f"<{code:02X}> <{text.encode('utf-16-be').hex()}>" for code, text in means.items() if text
    )
    head = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def"
    codes = "1 begincodespacerange <00> <FF> endcodespacerange"
    end = "endcmap CMapName currentdict /CMap defineresource pop end end"
    return f"{head}\n{codes}\n{len(means)} beginbfchar\n{rows}\nendbfchar\n{end}".encode()


def shifted(alphabet: str, by: int = 3) -> dict[str, str]:
    """Each character of the alphabet for one further on."""
    return dict(zip(alphabet, alphabet[by:] + alphabet[:by], strict=True))


def file_of(*sheets: Sheet) -> bytes:
    """The pages as one PDF."""
    whole = pikepdf.new()
    parts = []
    for sheet in sheets:
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=(WIDE, HIGH))
        sheet.draw(canvas)
        canvas.showPage()
        canvas.save()
        part = pikepdf.open(io.BytesIO(buffer.getvalue()))
        sheet.edit(part)
        parts.append(part)
        whole.pages.extend(part.pages)
    out = io.BytesIO()
    whole.save(out)
    return out.getvalue()
