"""Presentations made here, part by part, and then damaged."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.detect import PPTX, media_type
from extractors.document import PageText
from extractors.errors import Corrupt, DocumentError, Empty, TooLarge
from extractors.limits import Limits
from extractors.readers import read as read_any
from extractors.readers.draft import Draft, Input

SPACES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
PICTURE = b"\x89PNG" + b"x" * 30_000


def paragraphs(*lines: str) -> str:
    return "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in lines)


def shape(*lines: str, kind: str = "") -> str:
    place = f'<p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>' if kind else ""
    return f"<p:sp>{place}<p:txBody>{paragraphs(*lines)}</p:txBody></p:sp>"


def slide(inner: str, more: str = "") -> str:
    return f"<p:sld {SPACES} {more}><p:cSld><p:spTree>{inner}</p:spTree></p:cSld></p:sld>"


def relations(items: list[tuple[str, str, str]]) -> str:
    body = "".join(f'<Relationship Id="{i}" Type="{RELATION}{kind}" Target="{t}"/>' for i, kind, t in items)
    return f'<Relationships xmlns="http://x">{body}</Relationships>'


def deck(
    slides: list[str], more: dict[str, str | bytes] | None = None, order: list[int] | None = None
) -> bytes:
    ids = order or list(range(1, len(slides) + 1))
    listed = "".join(f'<p:sldId id="{255 + n}" r:id="rId{n}"/>' for n in ids)
    size = '<p:sldSz cx="12192000" cy="6858000"/>'
    main = f"<p:presentation {SPACES}><p:sldIdLst>{listed}</p:sldIdLst>{size}</p:presentation>"
    links = [(f"rId{n}", "slide", f"slides/slide{n}.xml") for n in range(1, len(slides) + 1)]
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations([("r1", "officeDocument", "ppt/presentation.xml")]),
        "ppt/presentation.xml": main,
        "ppt/_rels/presentation.xml.rels": relations(links),
    }
    parts |= {f"ppt/slides/slide{n}.xml": text for n, text in enumerate(slides, 1)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (parts | (more or {})).items():
            archive.writestr(name, data)
    return buffer.getvalue()


def read(folder: Path, data: bytes, limits: Limits | None = None) -> Draft:
    path = folder / "file"
    path.write_bytes(data)
    kind = media_type(path, "a.pptx")
    return read_any(Input(path, "a.pptx", kind, folder / "scratch", limits or Limits()))


def outcome(folder: Path, data: bytes) -> Draft | DocumentError:
    try:
        return read(folder, data)
    except DocumentError as error:
        return error


def pages(draft: Draft) -> list[PageText]:
    return [page for page in draft.pages if isinstance(page, PageText)]


@pytest.mark.parametrize(
    ("inner", "shown"),
    [
        (shape("Notice of delay", "第二行"), "Notice of delay\n第二行"),
        (shape("body") + shape("Title", kind="title"), "Title\n\nbody"),
        (f"<p:grpSp>{shape('in a group')}</p:grpSp>", "in a group"),
        (
            "<p:sp><p:txBody><a:p><a:r><a:t>a</a:t></a:r><a:br/><a:fld><a:t>b</a:t></a:fld></a:p></p:txBody></p:sp>",
            "a\nb",
        ),
        (
            f'<mc:AlternateContent xmlns:mc="x"><mc:Choice>{shape("new")}</mc:Choice>'
            f"<mc:Fallback>{shape('old')}</mc:Fallback></mc:AlternateContent>",
            "new",
        ),
    ],
)
def test_a_slide_shows_its_shapes(tmp_path: Path, inner: str, shown: str) -> None:
    (page,) = pages(read(tmp_path, deck([slide(inner)])))
    assert page.text.strip() == shown
    assert (page.width, page.height) == (960.0, 540.0)


def test_slides_come_in_the_order_of_the_list(tmp_path: Path) -> None:
    draft = read(tmp_path, deck([slide(shape("one")), slide(shape("two"))], order=[2, 1]))
    assert [page.text.strip() for page in pages(draft)] == ["two", "one"]


def test_tables_keep_their_cells(tmp_path: Path) -> None:
    rows = "".join(
        "<a:tr>" + "".join(f"<a:tc><a:txBody>{paragraphs(t)}</a:txBody></a:tc>" for t in row) + "</a:tr>"
        for row in (("Item", "Amount"), ("Delay", "100.00"))
    )
    table = f"<a:graphic><a:graphicData><a:tbl>{rows}</a:tbl></a:graphicData></a:graphic>"
    frame = f"<p:graphicFrame>{table}</p:graphicFrame>"
    (page,) = pages(read(tmp_path, deck([slide(shape("head") + frame)])))
    assert [(c.row, c.column, page.text[c.start : c.end]) for c in page.cells] == [
        (0, 0, "Item"),
        (0, 1, "Amount"),
        (1, 0, "Delay"),
        (1, 1, "100.00"),
    ]


def test_notes_comments_and_pictures_belong_to_their_slide(tmp_path: Path) -> None:
    notes = slide(shape("spoken words", kind="body") + shape("7", kind="sldNum"))
    comment = f'<p:cmLst {SPACES}><p:cm dt="2023-03-14"><p:text>check this</p:text></p:cm></p:cmLst>'
    more: dict[str, str | bytes] = {
        "ppt/slides/_rels/slide1.xml.rels": relations(
            [
                ("1", "notesSlide", "../notesSlides/n1.xml"),
                ("2", "comments", "../c1.xml"),
                ("3", "image", "../media/a.png"),
            ]
        ),
        "ppt/notesSlides/n1.xml": notes,
        "ppt/c1.xml": comment,
        "ppt/media/a.png": PICTURE,
    }
    draft = read(tmp_path, deck([slide(shape("said")), slide(shape("next"))], more))
    shown = "said Notes: spoken words Comments: [2023-03-14] check this"
    assert " ".join(pages(draft)[0].text.split()) == shown
    assert "spoken" not in pages(draft)[1].text
    assert [child.path.read_bytes() for child in draft.children] == [PICTURE]


def test_hidden_and_missing_slides_are_noted(tmp_path: Path) -> None:
    data = deck([slide(shape("shown")), slide(shape("secret"), 'show="0"'), "no xml"])
    draft = read(tmp_path, data)
    assert draft.notes[0] == "slide 3: its part is missing or damaged, not read"
    assert "slide 2 is hidden; it was read" in draft.notes
    assert [page.text.strip() for page in pages(draft)] == ["shown", "secret", ""]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (deck([slide("")]), Empty),
        (deck(["no xml"]), Corrupt),
        (deck([slide(shape("x"))], {"ppt/presentation.xml": "no xml"}), Corrupt),
        (deck([slide(shape("x"))], {"ppt/presentation.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x/>'}), Corrupt),
        (deck([slide(shape("x"))], {"ppt/media/zeros": b"\0" * 60_000_000}), TooLarge),
        (deck([slide(shape("x"))])[:-30], Corrupt),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, data: bytes, error: type[DocumentError]) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(error):
        read_any(Input(path, "a.pptx", PPTX, tmp_path / "scratch", Limits()))


@pytest.mark.parametrize("limits", [Limits(pages=2), Limits(text_chars=8)])
def test_too_much_is_refused(tmp_path: Path, limits: Limits) -> None:
    with pytest.raises(TooLarge):
        read(tmp_path, deck([slide(shape("words"))] * 3), limits)


BASE = deck([slide(shape("Notice", kind="title")), slide(shape("of delay"))])


@settings(max_examples=80, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), min_size=1, max_size=6))
def test_damage_ends_in_a_draft_or_a_named_error(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(BASE)
    for at, value in changes:
        data[at % len(data)] = value
    assert isinstance(outcome(tmp_path_factory.mktemp("d"), bytes(data)), Draft | DocumentError)
