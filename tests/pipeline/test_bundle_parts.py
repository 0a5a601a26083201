"""The small parts: names, cells, lines of text, order, and where a page number goes."""

from __future__ import annotations

import dataclasses
import datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pikepdf import Array

from pipeline import harmless
from pipeline.bundle import Exhibit, FontMissing, build, check, fonts, typeset
from pipeline.bundle.order import ordered
from pipeline.bundle.plan import natural
from pipeline.bundle.profile import profile
from pipeline.bundle.stamp import Stamper
from pipeline.bundle.typeset import Style, clean, width, wrap
from pipeline.harmless import safe_name
from tests.pipeline.bundle_cases import case_of, exhibit, pdf

NAMES = st.text(st.characters(codec=None), max_size=80) | st.sampled_from(
    [
        "..",
        ".",
        "",
        "CON",
        "a/b",
        "..\\..\\x",
        "C:\\x.pdf",
        "名" * 200 + ".pdf",
        "x" * 300,
        "a\r\nb%0A.txt",
        "\u202efdp.exe",
    ]
)


@given(NAMES)
def test_safe_names_are_safe(name: str) -> None:
    safe = safe_name(name)
    assert safe not in {"", ".", ".."}
    assert not set(safe) & set('/\\:*?"<>|%\r\n\0\u202e')
    assert len(safe.encode()) <= 130
    assert safe_name(safe) == safe


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("L-0145.pdf", "L-0145.pdf"),
        ("letters/L 1.pdf", "letters_L 1.pdf"),
        ("关于工期.docx", "关于工期.docx"),
        (".htaccess", "htaccess"),
        ("a\r\nb.txt", "a__b.txt"),
        ("e\u0301.txt", "é.txt"),
        ("...", "file"),
        ("bad\udcff.txt", "bad_.txt"),
    ],
)
def test_safe_name_table(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@settings(max_examples=12, deadline=None)
@example(name="\ud800", title="\ud800 \udcff")
@example(name=";@", title="")
@example(name="\xa0", title="")
@given(name=NAMES, title=NAMES)
def test_no_name_breaks_a_bundle(tmp_path_factory: pytest.TempPathFactory, name: str, title: str) -> None:
    folder = tmp_path_factory.mktemp("names")
    one = exhibit(pdf(folder / "a.pdf", ["text"]), "application/pdf", name=name, title=title)
    report = build(case_of(one, title=title), folder / "bundle")
    assert check(report.path).faults == ()


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-cmd", "'-cmd"),
        ("@SUM", "'@SUM"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("a=1", "a=1"),
        ("", ""),
        (None, ""),
        (12, "12"),
        (datetime.date(2023, 3, 14), "2023-03-14"),
    ],
)
def test_cells_are_inert(cell: object, safe: str) -> None:
    assert harmless.cell(cell) == safe


@settings(deadline=None)
@given(
    st.text(st.sampled_from("abc ABC,.-/()“”工期延误，。（）\n\t😀é"), max_size=120),
    st.floats(12, 300),
    st.booleans(),
)
def test_lines_fit_and_nothing_is_lost(text: str, room: float, bold: bool) -> None:
    style = Style(10, 14, bold)
    lines = wrap(text, style, room)
    assert all(width(line, style) <= room + 1e-6 for line in lines)
    assert "".join("".join(lines).split()) == "".join(clean(text).split())


@pytest.mark.parametrize("text", ["工期延误，索赔。" * 5, "（工期）延误“索赔”" * 5])
def test_no_line_begins_with_closing_punctuation(text: str) -> None:
    lines = wrap(text, Style(10, 14), 75)
    assert len(lines) > 3
    assert not any(line[0] in "，。）”" for line in lines)


def test_ellipsis_when_there_is_no_room() -> None:
    lines = wrap("工期延误 " * 40, Style(10, 14), 100, most=2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert width(lines[1], Style(10, 14)) <= 100


def test_natural_order() -> None:
    names = ["E10", "E2", "E1", "E02", "a", "10", "9"]
    assert sorted(names, key=natural) == ["9", "10", "E1", "E2", "E02", "E10", "a"]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9) | st.none()), max_size=10))
def test_order_loses_nobody_even_in_mad_families(found: list[tuple[int, int | None]]) -> None:
    exhibits = tuple(
        Exhibit(
            id=str(at),
            sha256="",
            name=f"{at}.pdf",
            original=Path(),
            media_type="",
            date=datetime.date(2023, 1, 1 + day),
            parent=None if parent is None else str(parent),
        )
        for at, (day, parent) in enumerate(found)
    )
    found = [row.exhibit for row in ordered(case_of(*exhibits), profile("uk"))]
    assert sorted(e.id for e in found) == sorted(e.id for e in exhibits)
    alone = [e for e in found if e.parent is None]
    assert [e.date for e in alone] == sorted(e.date for e in alone if e.date)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("origin", [(0, 0), (100, -40)])
@pytest.mark.parametrize(
    ("corner", "text", "where"),
    [
        ("bottom-right", "Page 7", np.s_[900:, 400:]),
        ("top-right", "88-1", np.s_[:100, 400:]),
        ("bottom-centre", "第 7 页", np.s_[900:, 200:400]),
    ],
)
def test_the_number_is_seen_in_the_same_place_however_the_page_lies(
    turn: int, origin: tuple[int, int], corner: str, text: str, where: tuple[slice, slice]
) -> None:
    x, y = origin
    wide, high = (300, 500) if turn % 180 == 0 else (500, 300)
    with pikepdf.new() as file:
        for box, rotate in (([0, 0, 300, 500], 0), ([x, y, x + wide, y + high], turn)):
            file.add_blank_page()
            file.pages[-1].MediaBox = Array(box)
            file.pages[-1].Rotate = rotate
        stamper = Stamper(file, corner)
        for page in file.pages:
            stamper.stamp(page, text)
        out = BytesIO()
        file.save(out)
    document = pypdfium2.PdfDocument(out.getvalue())
    upright, turned = (np.asarray(page.render(scale=2).to_pil().convert("L"), dtype=int) for page in document)
    document.close()
    assert upright.shape == turned.shape
    assert upright[where].min() < 100
    assert abs(upright - turned).mean() < 0.5


def test_without_a_chinese_font_english_works_and_chinese_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = tmp_path / "fonts.yaml"
    nowhere.write_text("latin: []\nhan:\n  - {path: /nowhere/font.ttc, face: 0}\n")
    caches = (fonts.latin, fonts.han, fonts._places, typeset._glyph)
    monkeypatch.setattr(fonts, "_PLACES", nowhere)
    for cached in caches:
        cached.cache_clear()
    try:
        one = exhibit(pdf(tmp_path / "a.pdf", ["text"]), "application/pdf", title="Letter 😀")
        assert check(build(case_of(one), tmp_path / "english").path).ok
        with pytest.raises(FontMissing) as caught:
            build(case_of(dataclasses.replace(one, title="工期")), tmp_path / "chinese")
        assert "fonts-wqy-zenhei" in caught.value.remedy
        assert not (tmp_path / "chinese").exists()
    finally:
        for cached in caches:
            cached.cache_clear()
