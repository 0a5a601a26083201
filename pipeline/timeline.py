"""The chronology as a picture: events as bars, dated evidence as points below them, on one line of time (SVG, HTML)."""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate

from extractors.document import is_han
from pipeline.chronology import Row
from pipeline.conflicts import Conflict
from pipeline.harmless import csv_text, terminal

COLUMNS = ("date", "end", "event", "doc", "page", "text", "conflicts")
WIDTH, LEFT, RIGHT = 1200, 240, 20
TOP, LANE, GAP, POINT = 44, 26, 14, 5
"""Pixels: above the first lane, of a lane, between events and evidence, of a point's radius."""
MOST_LANES = 40
CLOSEST = 2 * POINT + 2
"""Pixels between two points in one lane."""
TICKS = 14
"""Months, quarters or years at most that are named on the line of time."""
_NOT_IN_XML = {0x0C: " ", 0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
ROOM, DAYS_ROOM = 60, 110
"""Pixels that a month's name takes, and another day beside a row."""
LABEL = 30
"""Letters of an event's name beside its lane; a Han character is as wide as two."""
_STYLE = """
.t{font:12px system-ui,'Noto Sans','Noto Sans CJK SC','WenQuanYi Zen Hei',sans-serif;fill:#1c2733}
.x{fill:#7a4fa0}.c{stroke:#7a4fa0;stroke-dasharray:3 2}
.m{fill:#5b6875}.g{stroke:#d8dee5}.e{fill:#2f6fad}.d{fill:#c0662b}
@media (prefers-color-scheme:dark){.t{fill:#e6ebf0}.m{fill:#9aa7b4}.g{stroke:#3a4653}.e{fill:#6aa9e4}
.d{fill:#e59a63}.x{fill:#b48ad8}.c{stroke:#b48ad8}}
"""
_PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{title}</title>
<style>:root{{color-scheme:light dark}}body{{margin:1.5em;font:15px system-ui,sans-serif}}
table{{border-collapse:collapse}}svg{{max-width:100%;height:auto}}
td,th{{padding:.25em .7em;text-align:left;vertical-align:top;border-bottom:1px solid #8884}}
tr.conflict td:first-child{{border-left:4px solid #7a4fa0}}</style></head>
<body><h1>{title}</h1>{picture}<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></body></html>
"""


@dataclass(frozen=True, slots=True)
class _Scale:
    first: datetime.date
    days: int
    width: int = WIDTH

    def x(self, day: datetime.date) -> float:
        """Pixels from the left edge."""
        return LEFT + (self.width - LEFT - RIGHT) * (day - self.first).days / self.days


def as_csv(rows: Sequence[Row]) -> str:
    """The rows as CSV (RFC 4180), harmless for spreadsheet programs."""
    return csv_text(COLUMNS, (cells(row) for row in rows))


def cells(row: Row) -> list[object]:
    """The row's values in the order of `COLUMNS`; each conflict as its day, its page and its words."""
    told = row.as_json()
    return [
        *(told[column] for column in COLUMNS[:-1]),
        "; ".join(told_conflict(each) for each in row.conflicts),
    ]


def told_conflict(conflict: Conflict) -> str:
    """Another day as people read it: `2023-03-15 [3f9a, 2] Access was refused.`"""
    place = f"{conflict.doc}, {conflict.page}" if conflict.doc else "register"
    return f"{conflict.date} [{place}] {conflict.words}"


def as_svg(rows: Sequence[Row], title: str) -> str:
    """A picture of the rows that needs nothing else; each bar and point tells its row when it is pointed at."""
    return _picture(title, *_drawn(rows, _alone, WIDTH), _STYLE, WIDTH)


def as_part(rows: Sequence[Row], title: str, address: Callable[[Row], str], stretch: int = 1) -> str:
    """The same picture as a part of a page: without styles, and each mark that has a document leads to `address`.

    It is `stretch` times as wide: more months are named, and points that would touch stand apart; letters stay as
    they are.
    """
    width = WIDTH * stretch

    def led(row: Row, mark: str) -> str:
        return f'<a href="{_text(address(row))}">{mark}</a>' if row.doc else mark

    return _picture(title, *_drawn(rows, led, width), "", width)


def _alone(_row: Row, mark: str) -> str:
    return mark


def _drawn(rows: Sequence[Row], led: Callable[[Row, str], str], width: int) -> tuple[list[str], int]:
    """The marks of the picture and its height."""
    if not rows:
        return [], TOP
    scale = _scale(rows, width)
    events = [row for row in rows if row.event is not None]
    lanes = _lanes([row for row in rows if row.event is None], scale)
    below = TOP + LANE * len(events) + GAP
    height = below + LANE * max(1, len(lanes)) + GAP
    marks = [
        *_ticks(scale, height),
        *(led(row, _bar(row, TOP + LANE * number, scale)) for number, row in enumerate(events)),
        *(
            led(row, _point(row, below + LANE * number, scale))
            for number, lane in enumerate(lanes)
            for row in lane
        ),
    ]
    return marks, height


def _picture(title: str, marks: Sequence[str], height: int, style: str, width: int) -> str:
    name = _text(title)
    role = "img" if style else "group"  # what leads somewhere is no picture to be read as one
    style = f"<style>{style}</style>" if style else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="{role}" aria-label="{name}"><title>{name}</title>{style}{"".join(marks)}</svg>\n'
    )


def as_html(rows: Sequence[Row], title: str) -> str:
    """A page with the picture and a table of the rows; a row that is told with other days has them beside it."""
    body = "".join(
        f"<tr{' class=conflict' if row.conflicts else ''}>"
        + "".join(f"<td>{_text(cell)}</td>" for cell in cells(row))
        + "</tr>"
        for row in rows
    )
    heads = "".join(f"<th>{column}</th>" for column in COLUMNS)
    return _PAGE.format(title=_text(title), picture=as_svg(rows, title), heads=heads, rows=body)


def _scale(rows: Sequence[Row], width: int) -> _Scale:
    first = min(row.date for row in rows)
    days = [conflict.date for row in rows for conflict in row.conflicts]
    first = min([first, *days])
    last = max([*(row.end or row.date for row in rows), *days])
    return _Scale(first, max(1, (last - first).days), width)


def _lanes(rows: Sequence[Row], scale: _Scale) -> list[list[Row]]:
    """Points that would touch stand below each other; what no lane has room for stands in the last."""
    lanes: list[list[Row]] = []
    for row in rows:
        free = (lane for lane in lanes if scale.x(row.date) - scale.x(lane[-1].date) >= _room(lane[-1]))
        lane = next(free, None)
        if lane is not None:
            lane.append(row)
        elif len(lanes) < MOST_LANES:
            lanes.append([row])
        else:
            lanes[-1].append(row)
    return lanes


def _room(row: Row) -> int:
    """Pixels that a point takes, with the other days beside it."""
    return CLOSEST + (DAYS_ROOM if row.conflicts else 0)


def _ticks(scale: _Scale, height: int) -> Iterator[str]:
    months = scale.days / 30 * WIDTH / scale.width
    step = next((s for s in (1, 3, 6, 12, 24, 60, 120, 240) if months / s <= TICKS), 600)
    year, month = scale.first.year, 1
    while datetime.date(year, month, 1) <= scale.first + datetime.timedelta(days=scale.days):
        day = datetime.date(year, month, 1)
        if day >= scale.first:
            x = scale.x(day)
            label = str(year) if step >= 12 else f"{year}-{month:02}"
            yield f'<line class="g" x1="{x:.1f}" x2="{x:.1f}" y1="28" y2="{height}"/>'
            if x < scale.width - ROOM:
                yield f'<text class="t m" x="{x + 3:.1f}" y="20">{label}</text>'
        months_on = year * 12 + month - 1 + step
        if months_on // 12 > datetime.MAXYEAR:
            return
        year, month = months_on // 12, months_on % 12 + 1


def _bar(row: Row, y: int, scale: _Scale) -> str:
    x0, x1 = scale.x(row.date), scale.x(row.end or row.date)
    label = f"{(row.event or '').rpartition('/')[2]} {row.text}"
    short = _shortened(label)
    return (
        f"<g><title>{_told(row)}</title>"
        f'<rect class="e" x="{x0:.1f}" y="{y + 5}" width="{max(4.0, x1 - x0):.1f}" height="{LANE - 12}" rx="3"/>'
        f'<text class="t n" x="8" y="{y + 15}">{_text(short)}</text>'
        f"{_disputed(row, max(x1, x0 + 4), y + 12, scale)}</g>"
    )


def _shortened(label: str) -> str:
    wide = list(accumulate(2 if is_han(char) else 1 for char in label))
    if not wide or wide[-1] <= LABEL:
        return label
    return f"{label[: bisect_left(wide, LABEL)]}…"


def _point(row: Row, y: int, scale: _Scale) -> str:
    x0 = scale.x(row.date)
    span = ""
    if row.end:
        span = f'<rect class="d" x="{x0:.1f}" y="{y + 11}" width="{max(1.0, scale.x(row.end) - x0):.1f}" height="2"/>'
    return (
        f'<g><title>{_told(row)}</title>{span}<circle class="d" cx="{x0:.1f}" cy="{y + 12}" r="{POINT}"/>'
        f"{_disputed(row, x0, y + 12, scale)}</g>"
    )


def _disputed(row: Row, x: float, y: int, scale: _Scale) -> str:
    """The other days that are given for a row: named right of it, with a broken line to each."""
    if not row.conflicts:
        return ""
    days = sorted({each.date for each in row.conflicts})
    lines = "".join(
        f'<line class="c" x1="{scale.x(row.date):.1f}" x2="{scale.x(day):.1f}" y1="{y}" y2="{y}"/>'
        for day in days
    )
    told = ", ".join(day.isoformat() for day in days)
    at, anchor = (x + POINT + 4, "start") if x < scale.width - DAYS_ROOM else (x - POINT - 4, "end")
    return f'{lines}<text class="t x" x="{at:.1f}" y="{y + 4}" text-anchor="{anchor}">≠ {told}</text>'


def _told(row: Row) -> str:
    days = f"{row.date.isoformat()} – {row.end.isoformat()}" if row.end else row.date.isoformat()
    place = f" [{row.doc}, {row.page}]" if row.doc else ""
    others = "".join(f" ≠ {told_conflict(each)}" for each in row.conflicts)
    return _text(f"{days}  {row.event or ''} {row.text}{place}{others}")


def _text(value: object) -> str:
    return escape(terminal("" if value is None else str(value)).translate(_NOT_IN_XML))
