"""Blocks to a typed PDF: letterheads, paragraphs, tables, marks."""

from __future__ import annotations

import io
import re
from functools import partial

from reportlab.lib.colors import Color, HexColor, black
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    HRFlowable,
    PageBreak,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from sample_docs._blocks import Block, cell_text
from sample_docs._fonts import is_wide, register
from sample_docs._marks import Drawn, Mark, Scribble, Seal, Stamp
from sample_docs._text import Look, Text

NUMERIC = re.compile(r"^[\s(（-]*(?:[A-Z]{3}|US\$|[$£€¥￥])?\s*[\d,.]+\s*[%％)）]?$")


def typed_pdf(blocks: list[Block], look: Look, title: str = "", author: str = "") -> bytes:
    """The blocks as a PDF with a text layer; the same blocks give the same bytes."""
    return _built(blocks, look, title, author)[0]


def drawn_marks(blocks: list[Block], look: Look) -> list[Drawn]:
    """The seals, stamps and signatures on the pages of `typed_pdf`."""
    size = _size(look)
    return [
        Drawn(mark.kind, mark.page, [(x / size[0], 1 - y / size[1]) for x, y in mark.corners], size)
        for mark in _built(blocks, look)[1]
    ]


def _size(look: Look) -> tuple[float, float]:
    return LETTER if look.paper == "letter" else A4


def _built(blocks: list[Block], look: Look, title: str = "", author: str = "") -> tuple[bytes, list[Mark]]:
    register()
    buffer = io.BytesIO()
    size = _size(look)
    document = SimpleDocTemplate(
        buffer, pagesize=size, leftMargin=look.margin, rightMargin=look.margin, topMargin=look.margin * 0.8,
        bottomMargin=look.margin * 0.85, title=title, author=author, invariant=1,
    )  # fmt: skip
    room = size[0] - 2 * look.margin - 12  # a frame pads each side by 6
    story = [flow for block in blocks for flow in _flows(block, look, room)]
    marks = [flow for flow in story if isinstance(flow, Mark)]
    paint = partial(_running_foot, look=look, size=size)
    document.build(story, onFirstPage=paint, onLaterPages=paint)
    return buffer.getvalue(), marks


def _running_foot(canvas: Canvas, document: SimpleDocTemplate, look: Look, size: tuple[float, float]) -> None:
    small = Look(look.family, 7.5)
    for text, y in ((look.foot, 30), (look.number.replace("#", str(document.page)), 18)):
        if not text:
            continue
        line = Text(text, small, align="centre", colour=HexColor("#555555"))
        line.wrap(size[0] - 80, 20)
        line.drawOn(canvas, 40, y)


def _flows(block: Block, look: Look, room: float) -> list[Flowable]:
    make = DIRECTIVES.get(block.kind)
    if make is None:
        raise ValueError(f"unknown directive @{block.kind}")
    return make(block, look, room)


def _paragraph(block: Block, look: Look, _room: float) -> list[Flowable]:
    chinese = sum(map(is_wide, block.text)) * 2 > len(block.text)
    indent = (
        2 * look.size
        if chinese and look.indent and not re.match(r"^[\d（(一二三四五六七八九十]+[.、．）)]", block.text)
        else 0
    )
    return [Text(block.text, look, indent=indent), Spacer(1, look.gap)]


def _bold(block: Block, look: Look, _room: float) -> list[Flowable]:
    return [Text(block.text, look, bold=True, underline=block.kind == "u"), Spacer(1, look.gap)]


def _title(block: Block, look: Look, _room: float) -> list[Flowable]:
    size = look.size + (5 if block.kind == "title" else 1)
    align = "centre" if block.kind == "title" else "left"
    space = [CondPageBreak(60)] if block.kind == "h" else []
    return [
        *space,
        Spacer(1, 4),
        Text(block.text, look, bold=True, size=size, align=align),
        Spacer(1, look.gap),
    ]


def _kept(block: Block, look: Look, _room: float) -> list[Flowable]:
    align = {"right": "right", "centre": "centre"}.get(block.kind, "left")
    size = look.size - 2 if block.kind == "small" else look.size
    return [*(Text(line, look, align=align, size=size) for line in block.lines), Spacer(1, look.gap)]


def _hand(block: Block, look: Look, _room: float) -> list[Flowable]:
    pen = Look("dejavu", look.size + 0.5)
    blue = HexColor("#1b2f77")
    return [*(Text(line, pen, weight="italic", colour=blue) for line in block.lines), Spacer(1, look.gap)]


def _head(block: Block, look: Look, room: float) -> list[Flowable]:
    accent = HexColor(look.accent)
    if block.args == "split":
        return _split_head(block, look, room)
    align = {"centre": "centre", "right": "right"}.get(block.args, "left")
    name = Text(block.lines[0], look, bold=True, size=look.size + 6, align=align, colour=accent)
    rest = [Text(line, look, size=look.size - 2, align=align) for line in block.lines[1:]]
    if block.args == "band":
        return _band_head(block, look, room)
    return [
        name,
        Spacer(1, 3),
        *rest,
        Spacer(1, 4),
        HRFlowable(width="100%", thickness=1.2, color=accent),
        Spacer(1, 10),
    ]


def _split_head(block: Block, look: Look, room: float) -> list[Flowable]:
    pairs = [line.partition("||") for line in block.lines]
    left = [
        Text(a.strip(), look, bold=i == 0, size=look.size + (4 if i == 0 else -1.5))
        for i, (a, _, _) in enumerate(pairs)
    ]
    right = [Text(b.strip(), look, size=look.size - 1.5, align="right") for _, _, b in pairs]
    table = Table([[left, right]], colWidths=[room * 0.55, room * 0.45])
    table.setStyle(
        TableStyle(
            [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.8, HexColor(look.accent))]
        )
    )
    return [table, Spacer(1, 12)]


def _band_head(block: Block, look: Look, room: float) -> list[Flowable]:
    white = HexColor("#ffffff")
    cells = [[Text(block.lines[0], look, bold=True, size=look.size + 6, colour=white)]]
    cells += [[Text(line, look, size=look.size - 2, colour=white)] for line in block.lines[1:]]
    table = Table(cells, colWidths=[room])
    table.setStyle(
        TableStyle(
            [("BACKGROUND", (0, 0), (-1, -1), HexColor(look.accent)), ("TOPPADDING", (0, 0), (-1, -1), 2)]
        )
    )
    return [table, Spacer(1, 14)]


def _fields(block: Block, look: Look, room: float) -> list[Flowable]:
    rows = block.rows
    count = max(map(len, rows))
    size = float(block.options.get("fs", look.size))
    cells = [
        [
            Text(cell, look, bold=i % 2 == 0, size=size)
            for i, cell in enumerate(row + [""] * (count - len(row)))
        ]
        for row in rows
    ]
    shares = _shares(block, [1, 3] if count == 2 else [1, 2] * (count // 2) + [1] * (count % 2))
    table = Table(cells, colWidths=[room * s for s in shares])
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 1),
            ]
        )
    )
    return [table, Spacer(1, look.gap)]


def _shares(block: Block, default: list[int]) -> list[float]:
    parts = (
        [float(w) for w in block.options["w"].split(",")]
        if "w" in block.options
        else [float(d) for d in default]
    )
    return [p / sum(parts) for p in parts]


def _table(block: Block, look: Look, room: float) -> list[Flowable]:
    rows = block.rows
    count = max(map(len, rows))
    size = float(block.options.get("fs", look.size - 1.5))
    head = "head" in block.args
    cells = [
        [_cell(c, look, size, bold=head and i == 0) for c in row + [""] * (count - len(row))]
        for i, row in enumerate(rows)
    ]
    shares = _shares(block, [1] * count)
    table = Table(cells, colWidths=[room * s for s in shares], repeatRows=1 if head else 0)
    table.setStyle(
        TableStyle(
            _rules(block, rows, HexColor(block.options["colour"]) if "colour" in block.options else black)
        )
    )
    return [table, Spacer(1, float(block.options.get("gap", look.gap)))]


def _cell(text: str, look: Look, size: float, *, bold: bool) -> Text:
    text, starred = cell_text(text)
    align = "right" if NUMERIC.match(text) else "left"
    return Text(text, look, size=size, bold=bold or starred, align="centre" if bold else align)


def _rules(block: Block, rows: list[list[str]], colour: Color) -> list[tuple[object, ...]]:
    first, last = (0, 0), (-1, -1)
    rules: list[tuple[object, ...]] = [
        ("VALIGN", first, last, "MIDDLE"),
        ("TOPPADDING", first, last, 2),
        ("BOTTOMPADDING", first, last, 3),
    ]
    for i, row in enumerate(rows):
        if len(row) < max(map(len, rows)):
            rules.append(("SPAN", (len(row) - 1, i), (-1, i)))
    style = block.args.split()[0] if block.args else "grid"
    drawn: dict[str, list[tuple[object, ...]]] = {
        "grid": [("GRID", first, last, 0.6, colour)],
        "lines": [
            ("LINEABOVE", first, (-1, 0), 0.9, colour),
            ("LINEBELOW", first, (-1, 0), 0.9, colour),
            ("LINEBELOW", (0, -1), last, 0.9, colour),
        ],
        "box": [("BOX", first, last, 0.8, colour)],
        "none": [],
    }
    return rules + drawn[style]


def _columns(block: Block, look: Look, room: float) -> list[Flowable]:
    half = (len(block.lines) + 1) // 2
    sides = [
        [flow for line in part for flow in (Text(line, look, size=look.size - 1), Spacer(1, 5))]
        for part in (block.lines[:half], block.lines[half:])
    ]
    table = Table([sides], colWidths=[room / 2, room / 2])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return [table, Spacer(1, look.gap)]


def _sign(block: Block, look: Look, _room: float) -> list[Flowable]:
    name = block.args
    lines = [Text(line, look) for line in block.lines]
    return [
        CondPageBreak(110),
        Spacer(1, 30),
        Scribble(name),
        Text(name, look, bold=True),
        *lines,
        Spacer(1, look.gap),
    ]


def _seal(block: Block, _look: Look, _room: float) -> list[Flowable]:
    offset, words = _placed(block.args, (0.56, 30.0))
    firm, _, caption = words.partition("|")
    return [Seal(firm.strip(), caption.strip(), offset)]


def _stamp(block: Block, _look: Look, _room: float) -> list[Flowable]:
    offset, words = _placed(block.args, (0.62, 8.0))
    return [Stamp([part.strip() for part in words.split(" / ")], offset, -4.0)]


def _placed(args: str, default: tuple[float, float]) -> tuple[tuple[float, float], str]:
    """`at=X,Y WORDS` as an offset (share of the width, points upwards) and the words."""
    match = re.match(r"at=([\d.]+),(-?[\d.]+)\s+", args)
    return ((float(match[1]), float(match[2])), args[match.end() :]) if match else (default, args)


DIRECTIVES = {
    "p": _paragraph, "b": _bold, "u": _bold, "title": _title, "h": _title, "to": _kept, "right": _kept,
    "centre": _kept, "small": _kept, "hand": _hand, "head": _head, "fields": _fields, "table": _table,
    "columns": _columns, "list": _kept, "sign": _sign, "seal": _seal, "stamp": _stamp,
    "rule": lambda _b, _l, _r: [HRFlowable(width="100%", thickness=0.7, color=black), Spacer(1, 5)],
    "page": lambda _b, _l, _r: [PageBreak()],
    "space": lambda b, _l, _r: [Spacer(1, float(b.args or 10))],
}  # fmt: skip
