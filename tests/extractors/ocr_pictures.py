"""Pictures of pages for the tests of OCR, and what was read from them as text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from extractors.document import Box, text_of_lines
from extractors.ocr.engine import OcrImage, Recognised

HAN_FONT = "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"
LATIN_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
ENGLISH = [
    "Notice of claim for late possession of Area B",
    "We refer to your letter dated 14 March 2023 and",
    "give notice that access was refused on site.",
    "The additional cost amounts to USD 1,250,000.00",
    "and the works were delayed by thirty days.",
    "Yours faithfully, Harbour Civil Limited",
]
CHINESE = [
    "关于工期延误的索赔通知书",
    "致：东湾置业发展有限公司",
    "我方于二〇二三年三月十四日收到贵方来函，",
    "现就场地移交延误一事提出索赔如下。",
    "合同编号：HG-2020-108，索赔金额为人民币",
    "1,250,000.00元，工期顺延三十天。",
]
TRADITIONAL = ["關於工程延誤的索賠通知書", "保險公司應於三十日內賠償損失。", "總承包商：東灣建築有限公司"]
MIXED = ["Invoice No. 发票号码 76453392", "Total 合计 RMB 96,382.30", "付款日期 Date of payment 2023"]
RECEIPT = [
    ("Ready mix concrete", "1,250.00"),
    ("Steel bars", "96.50"),
    ("Transport", "8.00"),
    ("TOTAL", "1,354.50"),
]
LEFT = [
    "The Contractor shall give the",
    "Engineer notice within a period",
    "of twenty eight days after he",
    "became aware of the event, and",
    "shall keep such records as may",
    "be needed to prove the claim.",
]
RIGHT = [
    "The Employer shall pay all of",
    "the amounts that were certified",
    "within fifty six days after the",
    "statement has been received, or",
    "else financing charges shall be",
    "compounded monthly until paid.",
]


def sheet(
    lines: Sequence[str], font: str = LATIN_FONT, size: int = 30, ink: int = 0, paper: int = 255
) -> Image.Image:
    """One line below the other, 1000 x 700 pixels."""
    picture = Image.new("L", (1000, 700), paper)
    for number, line in enumerate(lines):
        write(picture, (80, 60 + number * 80), line, font, size, ink)
    return picture


def side_by_side(rows: Sequence[tuple[str, str]], at: tuple[int, int], size: int = 26) -> Image.Image:
    """Two texts on each line, which begin at the two places `at`; 1100 pixels wide."""
    picture = Image.new("L", (1100, 120 + 50 * len(rows)), 255)
    for number, row in enumerate(rows):
        for x, text in zip(at, row, strict=True):
            write(picture, (x, 60 + number * 50), text, LATIN_FONT, size)
    return picture


def write(picture: Image.Image, at: tuple[int, int], text: str, font: str, size: int, ink: int = 0) -> None:
    """Draws a text into the picture."""
    ImageDraw.Draw(picture).text(at, text, font=ImageFont.truetype(font, size), fill=ink)


def saved(picture: Image.Image, folder: Path, page: int = 1) -> OcrImage:
    """The picture as a file, ready for OCR."""
    path = folder / f"page-{page}.png"
    picture.save(path)
    return OcrImage(path, page, 150)


def text_of(found: Recognised) -> str:
    """The words, with single spaces."""
    return " ".join(word for word, _, _ in found.words)


def lines_of(found: Recognised) -> list[str]:
    """The text of each line, as a document has it; without empty lines."""
    return [line for line in text_of_lines(found.lines)[0].splitlines() if line]


def box_of(found: Recognised, word: str) -> Box:
    """Where the first such word stands."""
    return next(box for text, box, _ in found.words if text == word)
