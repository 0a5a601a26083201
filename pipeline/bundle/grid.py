"""What tables and lists of facts are drawn with: headings that come again on every page, cells, linked page numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pipeline.bundle.paper import Paper
from pipeline.bundle.plan import Plan
from pipeline.bundle.profile import Profile
from pipeline.bundle.typeset import GREY, LINK, RULE, Style, draw, width, wrap

HEADING = Style(18, 25, bold=True)
LABEL = Style(9.5, 15, color=GREY)
VALUE = Style(10.5, 15)
CELL = Style(9.5, 13)
STRONG = Style(9.5, 13, bold=True)
_COLUMN = Style(8.5, 12, bold=True, color=GREY)
NUMBER = Style(9.5, 13, color=LINK)
GAP = 5.0
LABELS = 128.0


def fact(paper: Paper, label: str, values: Sequence[str], style: Style = VALUE) -> None:
    """A label with its values beside it, one below the other."""
    lines = [line for value in values for line in wrap(value, style, paper.room - LABELS)]
    for at, line in enumerate(lines):
        paper.need(style.leading)
        if at == 0:
            draw(paper.canvas, paper.left, paper.baseline(LABEL), label, LABEL)
        draw(paper.canvas, paper.left + LABELS, paper.baseline(style), line, style)
        paper.y -= style.leading
    paper.y -= 3


def headed(paper: Paper, heading: str, columns: Sequence[tuple[float, str, bool]]) -> None:
    """A heading, and the heads of a table that come again on every page."""
    paper.write(heading, HEADING, gap=10)
    head = partial(_column_heads, columns=columns)
    head(paper)
    paper.head = head


def _column_heads(paper: Paper, columns: Sequence[tuple[float, str, bool]]) -> None:
    y = paper.baseline(_COLUMN)
    for x, label, to_right in columns:
        if to_right:
            paper.right_aligned(x, y, label, _COLUMN)
        else:
            draw(paper.canvas, x, y, label, _COLUMN)
    paper.y -= _COLUMN.leading + 3
    paper.rule(0.9)
    paper.y -= GAP


def lines(paper: Paper, x: float, found: Sequence[str], style: Style) -> None:
    """Draws lines below each other from the cursor on, which stays."""
    for at, line in enumerate(found):
        draw(paper.canvas, x, paper.baseline(style, at), line, style)


def number(paper: Paper, x: float, page: int, plan: Plan, profile: Profile) -> None:
    """A page's number as a link to it, ending at `x`."""
    printed = plan.label(page)
    say = profile.word("page", n=printed)
    paper.link_text(x - width(printed, NUMBER), paper.baseline(NUMBER), printed, NUMBER, page, say)


def end_row(paper: Paper, below: float) -> None:
    """A fine rule below a row that ends at `below`."""
    paper.y = below - GAP / 2
    paper.rule(0.4, RULE)
    paper.y -= GAP / 2
