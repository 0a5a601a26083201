from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.document import Box, PageText, Word, assemble, is_han, lines_of, text_of_lines

HALF = Box(0.1, 0.1, 0.5, 0.2)
OTHER = Box(0.5, 0.1, 0.9, 0.3)


def page(text: str, *words: tuple[int, int, Box]) -> PageText:
    return PageText(text, 595.0, 842.0, words=tuple(Word(*word) for word in words))


def test_where_is_the_box_around_the_words_of_a_slice() -> None:
    document = assemble([page("one"), page("14 March", (0, 2, HALF), (3, 8, OTHER))], "text/plain")
    start = document.text.index("14 March")
    place = document.where(start, start + 8)
    assert (place.page, place.box) == (2, Box(0.1, 0.1, 0.9, 0.3))
    assert document.where(start + 3, start + 5).box == OTHER


def test_a_format_without_layout_has_no_box() -> None:
    document = assemble([page("one two")], "text/plain")
    assert document.where(0, 3) == document.where(4, 7)
    assert document.where(0, 3).box is None


def test_pages_are_slices_of_one_string() -> None:
    texts = ["first", "", "third\nline"]
    document = assemble([page(text) for text in texts], "text/plain")
    assert [document.page_text(n) for n in (1, 2, 3)] == texts
    assert [p.number for p in document.pages] == [1, 2, 3]


def test_metadata_belongs_to_page_one_and_has_no_box() -> None:
    document = assemble(
        [page("a", (0, 1, HALF)), page("b", (0, 1, HALF))], "image/jpeg", [("EXIF Make", "Leica")]
    )
    (meta,) = document.metadata
    assert document.text[meta.start : meta.end] == "Leica" == document.meta("EXIF Make")
    assert (document.where(meta.start, meta.end).page, document.where(meta.start, meta.end).box) == (1, None)
    assert "Leica" not in document.page_text(2)


@pytest.mark.parametrize("box", [(0.5, 0, 0.4, 1), (-0.1, 0, 1, 1), (0, 0, 1.1, 1), (float("nan"), 0, 1, 1)])
def test_a_box_off_the_page_is_refused(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="not a box"):
        Box(*box)


@given(*[st.floats(-5, 5)] * 4)
def test_clamped_boxes_lie_on_the_page(x0: float, y0: float, x1: float, y1: float) -> None:
    box = Box.clamped(x0, y0, x1, y1)
    assert 0 <= box.x0 <= box.x1 <= 1
    assert 0 <= box.y0 <= box.y1 <= 1


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["Area", "B"], "Area B\n"),
        (["工期", "延误"], "工期延误\n"),
        (["工期", "delay", "延误"], "工期 delay 延误\n"),
        (["合同", "（", "2023", "）"], "合同（ 2023 ）\n"),
        ([], "\n"),
        (["", "x"], "x\n"),
    ],
)
def test_han_is_joined_without_spaces(words: list[str], text: str) -> None:
    assert text_of_lines([[(word, HALF, None) for word in words]])[0] == text


@given(
    st.lists(st.lists(st.text(st.characters(blacklist_characters="\n"), min_size=1), max_size=5), max_size=5)
)
def test_words_are_slices_of_the_text(lines: list[list[str]]) -> None:
    text, words = text_of_lines([[(word, HALF, None) for word in line] for line in lines])
    assert [text[w.start : w.end] for w in words] == [word for line in lines for word in line]


def test_lines_of_gives_offsets() -> None:
    text = "a\n\nbc"
    assert [text[start:end] for start, end in lines_of(text)] == ["a", "", "bc"]


@pytest.mark.parametrize(
    ("char", "han"), [("工", True), ("，", True), ("（", True), ("a", False), ("é", False)]
)
def test_is_han(char: str, han: bool) -> None:
    assert is_han(char) is han
