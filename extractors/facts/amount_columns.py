"""The heads of tables: which columns hold sums, which hold rates and counts, in cells and in plain lines of text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from extractors.document import Cell, Document, lines_of
from extractors.facts.amount_labels import columns, head_words, squeezed
from extractors.facts.amount_rows import Row
from extractors.facts.date_words import alternatives

SUMS = ("line", "assessed", "claimed", "tax")
"""What a column of money can hold: the items' sums, what was granted of them, what was asked for, their tax."""
_LONGEST_HEAD = 40
_LONGEST_LINE = 100
_FURTHEST = 500
"""How many characters may lie between two rows of one table."""
_LAST_HEAD_ROW = 12
_MONEY = re.compile(
    r"(?<![a-z])(?:us ?\$|hk ?\$|usd|eur|gbp|cny|rmb|myr|sgd|hkd|aud|rm|[$€£¥])(?![a-z])|[(] ?(?:万|千)?元 ?[)]"
)
_MONEY_END = re.compile(rf"(?:{_MONEY.pattern})\s*\Z")
_PERCENT = re.compile(r"\d ?%")
_RATE_HEAD = re.compile(r"[税费收]率|(?:vat|tax|gst) (?:rate|%)")
_IN_TEN_THOUSANDS = re.compile(r"万 ?元")
_NO_HEAD = re.compile(r"\d[\d,]{0,24}\.\d\d(?!\d)|[.;。；] ?\w|date|日期")


@dataclass(frozen=True, slots=True)
class Column:
    """What the figures of a column are; `words` is its head, `scale` is 10000 under 万元."""

    role: str
    words: str
    scale: Decimal = Decimal(1)


@cache
def _heads() -> re.Pattern[str]:
    groups = "|".join(f"(?P<{role}>{alternatives(words)})" for role, words in _by_length())
    return re.compile(rf"(?<![a-z])(?:{groups})(?![a-z])")


@cache
def _some_head() -> re.Pattern[str]:
    return re.compile(alternatives(word for _, words in _by_length() for word in words))


@cache
def _by_length() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every word with its role by falling length, so that `net amount` is found before `net`."""
    pairs = [(role, word) for role, words in head_words().items() for word in words]
    return tuple(
        (f"{role}_{n}", (word,)) for n, (role, word) in enumerate(sorted(pairs, key=lambda p: -len(p[1])))
    )


def _columns(text: str) -> list[Column]:
    """The columns of figures that a folded head or line of heads names, from left to right."""
    if not _some_head().search(text):  # nearly all lines; told in a tenth of the time
        return []
    return [
        Column((m.lastgroup or "").rpartition("_")[0], m[0], _scale(text[m.end() : m.end() + 8]))
        for m in _heads().finditer(text)
    ]


def _scale(behind: str) -> Decimal:
    return Decimal(10000) if re.match(r" ?[(]? ?万 ?元", behind) else Decimal(1)


def cell_heads(plain: str, cells: Sequence[Cell]) -> dict[tuple[int, int], tuple[int, Column]]:
    """(table, column): its head's row and what its figures are; columns without a head of figures are left out."""
    heads: dict[tuple[int, int], tuple[int, Column]] = {}
    for cell in cells:
        if cell.row > _LAST_HEAD_ROW or not 0 < cell.end - cell.start <= _LONGEST_HEAD:
            continue
        column = _cell_column(plain[cell.start : cell.end])
        if column:
            heads.setdefault((cell.table, cell.column), (cell.row, column))
    return heads


def _cell_column(text: str) -> Column | None:
    if _NO_HEAD.search(text) or any(c.isdecimal() for c in text):
        return None
    scale = Decimal(10000) if _IN_TEN_THOUSANDS.search(text) else Decimal(1)
    if squeezed(text) in columns():
        return Column("line", text.strip(), scale)
    found = _columns(text)
    if found:
        return replace(found[-1], words=text.strip(), scale=scale)
    if _MONEY_END.search(text) and any(c.isalpha() for c in text):
        return Column("line", text.strip(), scale)
    return None


def with_columns(document: Document, plain: str, rows: Sequence[Row]) -> list[Row]:
    """`rows`, those below a line of heads with the columns that their figures stand in, counted from the right."""
    if not any(row.figures and not row.columns for row in rows):
        return list(rows)
    heads = [(start, found) for start, found in _text_heads(document, plain) if found]
    if not heads:
        return list(rows)
    result: list[Row] = []
    at, last = -1, 0
    for row in rows:
        while at + 1 < len(heads) and heads[at + 1][0] <= row.start:
            at, last = at + 1, heads[at + 1][0]
        if at < 0 or row.columns or row.start - last > _FURTHEST or not row.figures:
            result.append(row)
            continue
        last = row.end
        result.append(_placed(row, _without_rates(heads[at][1], plain[row.start : row.end])))
        if row.label and row.label.role == "total" and row.label.strength >= 3:
            last = -_FURTHEST * 2
    return result


def _without_rates(found: Sequence[Column], line: str) -> list[Column]:
    """The columns that hold figures of a line: `13%` under 税率 is none of them."""
    percent = bool(_PERCENT.search(line))
    return [column for column in found if not (percent and _RATE_HEAD.search(column.words))]


def _placed(row: Row, found: Sequence[Column]) -> Row:
    width = len(row.figures)
    roles = [column.role for column in found][-width:]
    return replace(row, columns=(*[""] * (width - len(roles)), *roles))


def _text_heads(document: Document, plain: str) -> Iterator[tuple[int, list[Column]]]:
    """(where it ends, its columns) of each line that names columns of figures, a column of sums among them."""
    for page in document.pages:
        for start, end in lines_of(plain, page.start, page.end):
            if 4 <= end - start <= _LONGEST_LINE:
                line = plain[start:end]
                found = _line_columns(line)
                if found:
                    yield end, found


def _line_columns(line: str) -> list[Column]:
    if _NO_HEAD.search(line):
        return []
    found = _columns(line)
    money = _MONEY.search(line)
    if any(column.role in SUMS for column in found) and (len(found) > 1 or money):
        return found
    short = len(line.split()) <= 4 and _MONEY_END.search(line) and line[:1].isalpha()
    return [Column("line", line.strip())] if short and not found else []


def roles_of(heads: Mapping[tuple[int, int], tuple[int, Column]], cell: Cell) -> Column | None:
    """What the figures of a cell's column are, where its head stands above it."""
    row, column = heads.get((cell.table, cell.column), (cell.row, None))
    return column if row < cell.row else None
