"""Reading order: lines, columns and paragraphs from boxes alone."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from extractors.ocr.reading_order import Fragment, reading_order

LINE, PITCH = 10.0, 15.0


def cell(x: float, row: float, width: float, height: float = LINE, continues: bool = False) -> Fragment:
    """A fragment that begins at `x` on line `row`."""
    top = row * PITCH + (LINE - height) / 2
    return Fragment(x, top, x + width, top + height, continues)


def column(x: float, rows: range, width: float = 200, shift: float = 0.0) -> list[Fragment]:
    """Running text: all lines full but the last."""
    return [cell(x, row + shift, width if row < rows[-1] else width / 3) for row in rows]


def order(fragments: list[Fragment], columns: bool = True) -> list[tuple[int, ...]]:
    """The rows without those that end paragraphs."""
    return [row for row in reading_order(fragments, columns) if row]


boxes = st.builds(
    lambda x, y, width, height, continues: Fragment(x, y, x + width, y + height, continues),
    st.integers(0, 600).map(float),
    st.integers(0, 800).map(float),
    st.integers(0, 300).map(float),
    st.integers(0, 40).map(float),
    st.booleans(),
)
pages = st.lists(boxes, max_size=40)


@given(pages, st.booleans())
def test_each_fragment_stands_in_just_one_line(fragments: list[Fragment], columns: bool) -> None:
    rows = reading_order(fragments, columns)
    assert sorted(i for row in rows for i in row) == list(range(len(fragments)))
    for row in rows:
        assert [fragments[i].x0 for i in row] == sorted(fragments[i].x0 for i in row)


@given(pages, st.booleans())
def test_paragraphs_end_between_lines_only(fragments: list[Fragment], columns: bool) -> None:
    rows = reading_order(fragments, columns)
    assert all(rows[i] or rows[i + 1] for i in range(len(rows) - 1))
    assert not rows or (rows[0] and rows[-1])


@given(pages, st.booleans(), st.sampled_from([0.25, 2.0, 8.0]), st.integers(-500, 500))
def test_neither_size_nor_place_matters(
    fragments: list[Fragment], columns: bool, scale: float, shift: int
) -> None:
    moved = [
        Fragment(*((v + shift) * scale for v in (f.x0, f.y0, f.x1, f.y1)), f.continues) for f in fragments
    ]
    assert reading_order(moved, columns) == reading_order(fragments, columns)


@given(pages, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_finding_does_not_matter(fragments: list[Fragment], columns: bool, chance) -> None:  # type: ignore[no-untyped-def]
    assume(len({(f.middle, f.x0) for f in fragments}) == len(fragments))
    places = list(range(len(fragments)))
    chance.shuffle(places)
    shuffled = reading_order([fragments[i] for i in places], columns)
    assert [tuple(places[i] for i in row) for row in shuffled] == reading_order(fragments, columns)


@given(st.integers(5, 40), st.integers(120, 400), st.integers(15, 80), st.floats(0, 0.9))
def test_columns_of_running_text_are_read_one_by_one(
    lines: int, width: int, gutter: int, shift: float
) -> None:
    left = column(50, range(lines), width)
    right = column(50 + width + gutter, range(lines), width, shift)
    assert order(left + right) == [(i,) for i in range(2 * lines)]


@given(st.lists(st.tuples(st.integers(20, 260), st.integers(15, 60)), min_size=1, max_size=40))
def test_items_and_their_prices_stand_on_one_line(rows: list[tuple[int, int]]) -> None:
    items = [cell(20, n, item) for n, (item, _) in enumerate(rows)]
    prices = [cell(500 - price, n, price) for n, (_, price) in enumerate(rows)]
    assert order(items + prices) == [(n, n + len(rows)) for n in range(len(rows))]


def test_a_caption_between_columns_is_read_behind_them() -> None:
    lengths = [150 if row in (5, 6, 7) else 200 for row in range(12)]
    left = [cell(0, row, length) for row, length in enumerate(lengths)]
    right = [cell(430 - length, row, length) for row, length in enumerate(lengths)]
    caption = [cell(165, row, 100) for row in (5, 6, 7)]
    found = [i for row in order([*left, *right, *caption]) for i in row]
    assert found == list(range(27))


def test_three_columns() -> None:
    found = order([*column(0, range(8)), *column(230, range(8)), *column(460, range(8))])
    assert [i for row in found for i in row] == list(range(24))


def test_a_heading_stands_above_its_columns_and_parts_them() -> None:
    heading, between = cell(20, 0, 400, 20), cell(20, 8, 400)
    above = column(0, range(2, 7)) + column(230, range(2, 7))
    below = column(0, range(10, 16)) + column(230, range(10, 16))
    found = order([heading, *above, between, *below])
    assert [i for row in found for i in row] == list(range(2 + len(above) + len(below)))


def test_two_lines_below_columns_belong_to_them() -> None:
    found = order(
        [
            *column(0, range(8)),
            *column(230, range(8)),
            cell(0, 9.5, 430),
            cell(0, 11, 200),
            cell(230, 11, 200),
        ]
    )
    assert found[-3:] == [(16,), (17,), (18,)]


def test_ragged_text_is_told_by_sentences_that_go_on() -> None:
    lengths = [200, 110, 95, 118, 105, 100, 112]
    left = [cell(0, row, width, continues=row % 2 == 1) for row, width in enumerate(lengths)]
    right = [cell(230, row, width, continues=row % 2 == 0) for row, width in enumerate(lengths)]
    assert order(left + right) == [(i,) for i in range(14)]


def test_labels_and_values_are_read_line_by_line() -> None:
    labels = [cell(0, n, width) for n, width in enumerate([60, 85, 40, 70, 55, 62])]
    values = [cell(150, n, width) for n, width in enumerate([180, 60, 120, 90, 40, 150])]
    assert order(labels + values) == [(n, n + 6) for n in range(6)]


def test_a_table_is_read_row_by_row() -> None:
    cells = [cell(x, row, 30 + 7 * (row * x % 5)) for row in range(9) for x in (0, 120, 260, 400)]
    assert order(cells) == [tuple(range(4 * row, 4 * row + 4)) for row in range(9)]


def test_a_block_has_no_columns() -> None:
    fragments = column(0, range(6)) + column(230, range(6))
    assert order(fragments, columns=False) == [(n, n + 6) for n in range(6)]


def test_a_large_word_beside_two_small_lines_joins_one_of_them() -> None:
    small = [cell(0, 0, 100), cell(0, 1, 100)]
    large = Fragment(150, -2, 300, 27)
    assert sorted(len(row) for row in order([*small, large])) == [1, 2]


@pytest.mark.parametrize(("blank", "parted"), [(1.0, False), (1.2, False), (2.5, True), (4.0, True)])
def test_a_wide_blank_ends_a_paragraph(blank: float, parted: bool) -> None:
    above = [cell(0, row, 200) for row in range(4)]
    below = [cell(0, 3 + blank + row, 200) for row in range(3)]
    rows = reading_order(above + below)
    assert [len(row) for row in rows] == [1, 1, 1, 1, *([0] if parted else []), 1, 1, 1]


def test_nothing_is_nothing() -> None:
    assert reading_order([]) == []
