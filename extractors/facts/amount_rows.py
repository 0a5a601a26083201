"""The lines of invoices and receipts as rows of a label and figures, told apart in text and on the page."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from extractors.document import Page, Word, lines_of, words_within
from extractors.facts.amount_labels import Label, label_of
from extractors.facts.numerals import decimal_of

_FIGURE = re.compile(
    r"(?<![\w.,/#-])(?<!\d:)(?P<sign>[-(] ?)?(?P<mark>(?:rm|us\$|hk\$|s\$|[$€£¥@]|eur|usd|rs\.?) ?)?"
    r"(?P<raw>\d{1,3}(?: \d{3})+,\d\d|[\doil|s]{1,3}(?:[,.'][\doil|]{3})*(?: ?[.,] ?[\dolis]{2})"
    r"|[\doils]{1,7} ?[.,] ?[\dolis]{2}|\d{1,3}(?:[,'.]\d{3})+|\d{1,6}\.\d|\d{1,9})"
    r"(?P<minus>-)?(?![\d%°]|[.,/:-]\d| ?%| ?(?:kg|pcs|hrs?|days?|items?|g|ml|km|m2|m3|units?|nos?)\b)"
)
_DIGITS = str.maketrans("oil|s", "01115")
_DATE_LIKE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}:\d{2}")
_LOOSE_MARK = re.compile(r" ?([.,]) ?")
_COMMA_CENTS = re.compile(r",(\d\d)$")
_LIKE_MONEY = re.compile(r"[.,]\d\d$|[,'.]\d{3}$")
_RATE_BELOW = re.compile(r" *\n\s{0,3}%")
"""The sign of a rate that OCR put on the next line."""
_NEXT_LABEL = re.compile(r"(?<=[\d%])\s+(?=[^\d\s:][^\d:\n]{1,28}: ?(?:[a-z]{0,3}[$¥€£] ?)?-?\d)")
_LARGEST_RATE = 100
LONGEST_LINE = 240


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a row: its value, its place, and whether it has two decimals or thousands set apart."""

    value: Decimal
    start: int
    end: int
    decimals: bool
    mended: bool = False
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a page: what its words say it is, and its figures from left to right."""

    start: int
    end: int
    page: int
    label: Label | None
    figures: tuple[Figure, ...]
    lead: str
    aside: bool = False
    """Whether the figures stand elsewhere in the text, though level with the label on the page or in its turn."""
    columns: tuple[str, ...] = ()
    """What the columns of the figures hold (see amount_columns), "" where not known; empty outside of tables."""

    def column_of(self, figure: Figure) -> str:
        """What the column of one of its figures holds."""
        places = [f.start for f in self.figures]
        return self.columns[places.index(figure.start)] if self.columns else ""


def rows_of(page: Page, plain: str) -> list[Row]:
    """The rows of a page's lines; labels without a figure have been given the figures level with them."""
    found = [
        _row(plain, *part, page.number)
        for start, end in lines_of(plain, page.start, page.end)
        if end > start
        for part in _parts(plain, start, end)
    ]
    return _paired(_levelled(page, [row for row in found if row]))


def _parts(plain: str, start: int, end: int) -> list[tuple[int, int]]:
    """A line with several labels, each with its sum behind a colon, as so many rows; else the whole of it."""
    if end - start > LONGEST_LINE or plain.count(":", start, end) < 2:
        return [(start, end)]
    breaks = [match.end() for match in _NEXT_LABEL.finditer(plain, start, end)]
    parts = list(pairwise([start, *breaks, end]))
    named = [part for part in parts if label_of(plain[slice(*part)].partition(":")[0])]
    return parts if len(named) > 1 else [(start, end)]


def _row(plain: str, start: int, end: int, page: int) -> Row | None:
    line = plain[start : min(end, start + LONGEST_LINE)]
    figures = tuple(_figures(line, start))
    if figures and figures[-1].value < _LARGEST_RATE and _RATE_BELOW.match(plain, figures[-1].end):
        figures = figures[:-1]
    lead = line[: figures[0].start - start] if figures else line
    label = label_of(lead)
    if label is None and figures:
        label = label_of(line[figures[-1].end - start :]) if len(lead.strip()) < 2 else None
    if not figures and label is None:
        return None
    if label and label.role == "total":
        figures = tuple(_behind_dash(figure, line[: figure.start - start]) for figure in figures)
    return Row(start, end, page, label, figures, lead)


def _behind_dash(figure: Figure, before: str) -> Figure:
    """The figure of a total; the dash of `Total - 106.00` is no sign."""
    return replace(figure, value=abs(figure.value)) if before.endswith(" - ") else figure


def _figures(line: str, offset: int) -> list[Figure]:
    found: list[Figure] = []
    dates = [m.span() for m in _DATE_LIKE.finditer(line)]
    for match in _FIGURE.finditer(line):
        if any(a < match.end("raw") and match.start("raw") < b for a, b in dates):
            continue
        figure = _figure(match, offset)
        if figure:
            found.append(figure)
    return found


def _figure(match: re.Match[str], offset: int) -> Figure | None:
    raw = match["raw"]
    if sum(c.isdigit() for c in raw) * 2 < sum(c.isalnum() for c in raw) or not raw.strip("oil|s., "):
        return None
    clean = _LOOSE_MARK.sub(r"\1", raw.translate(_DIGITS))
    value = decimal_of(_COMMA_CENTS.sub(r".\1", clean))
    if value is None:
        return None
    negative = bool(match["minus"]) or bool(
        match["sign"] and (match["sign"][0] == "-" or match.string[match.end() : match.end() + 1] == ")")
    )
    decimals = bool(_LIKE_MONEY.search(clean))
    mended = clean != raw.replace(" ", "") or " " in raw
    return Figure(
        -value if negative else value,
        offset + match.start("raw"),
        offset + match.end("raw"),
        decimals,
        mended,
    )


def _levelled(page: Page, rows: list[Row]) -> list[Row]:
    """Labels without sums take those that stand level with them to their right on the page."""
    if not page.words or not any(_lacking(row) for row in rows):
        return rows
    figures = [(figure, box) for row in rows for figure in row.figures if (box := _word_at(page, figure))]
    return [_with_level(page, row, figures) if _lacking(row) else row for row in rows]


def _lacking(row: Row) -> bool:
    """Whether a row has a label and no sum; a small number may be a rate (`Total incl. VAT 6`)."""
    return row.label is not None and not any(f.decimals or f.value >= 100 for f in row.figures)


def _word_at(page: Page, figure: Figure) -> Word | None:
    found = words_within(page.words, figure.start, figure.end)
    return found[-1] if found else None


def _with_level(page: Page, row: Row, figures: Sequence[tuple[Figure, Word]]) -> Row:
    words = words_within(page.words, row.start, row.end)
    own = {figure.start for figure in row.figures}
    if not words:
        return row
    box = words[-1].box
    middle, height = (box.y0 + box.y1) / 2, max(box.y1 - box.y0, 0.004)
    level = [
        figure
        for figure, word in figures
        if figure.start not in own
        and word.box.x0 >= box.x1
        and abs((word.box.y0 + word.box.y1) / 2 - middle) < 0.6 * height
    ]
    return replace(row, figures=tuple(sorted(level, key=lambda f: f.start)), aside=True) if level else row


def _paired(rows: list[Row]) -> list[Row]:
    """Labels one below the other, followed by as many lines of one figure each: the first to the first, and so on."""
    result = list(rows)
    starts = [row.start for row in rows]
    index = 0
    while index < len(rows):
        labels = _run(rows, index, lambda row: row.label is not None and not row.figures)
        if not labels:
            index += 1
            continue
        after = bisect_left(starts, rows[index + labels - 1].end)
        figures = _run(
            rows, after, lambda row: len(row.figures) == 1 and not row.label and row.figures[0].decimals
        )
        if figures and (figures == labels or labels == 1):
            for k in range(labels):
                result[index + k] = replace(rows[index + k], figures=rows[after + k].figures, aside=True)
        index += labels
    return result


def _run(rows: Sequence[Row], start: int, fits: Callable[[Row], bool]) -> int:
    count = 0
    while start + count < len(rows) and fits(rows[start + count]):
        count += 1
    return count
