"""OpenDocument files, packed and flat, made here and then damaged."""

from __future__ import annotations

import base64
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.detect import media_type
from extractors.document import PageText
from extractors.errors import Corrupt, DocumentError, Empty, Encrypted, TooLarge
from extractors.limits import Limits
from extractors.readers import read as read_any
from extractors.readers.draft import Draft, Input

SPACES = (
    " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in {
            "office": "office",
            "text": "text",
            "table": "table",
            "draw": "drawing",
            "style": "style",
            "fo": "xsl-fo-compatible",
            "svg": "svg-compatible",
            "presentation": "presentation",
            "meta": "meta",
        }.items()
    )
    + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
PICTURE = b"\xff\xd8\xff" + b"x" * 30_000
MIME = "application/vnd.oasis.opendocument."


def content(kind: str, body: str, styles: str = "") -> str:
    return (
        f"<office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )


def packed(kind: str, parts: dict[str, str | bytes], mime: str | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", mime or MIME + kind, zipfile.ZIP_STORED)
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def odt(body: str, styles: str = "", **more: str | bytes) -> bytes:
    return packed("text", {"content.xml": content("text", body, styles), **more})


def ods(body: str) -> bytes:
    return packed("spreadsheet", {"content.xml": content("spreadsheet", body)})


def read(folder: Path, data: bytes, limits: Limits | None = None, name: str = "a.odt") -> Draft:
    path = folder / "file"
    path.write_bytes(data)
    return read_any(Input(path, name, media_type(path, name), folder / "scratch", limits or Limits()))


def outcome(folder: Path, data: bytes) -> Draft | DocumentError:
    try:
        return read(folder, data)
    except DocumentError as error:
        return error


def texts(draft: Draft) -> list[str]:
    return [page.text for page in draft.pages if isinstance(page, PageText)]


def cells(draft: Draft, page: int = 0) -> dict[tuple[int, int, int], str]:
    found = draft.pages[page]
    assert isinstance(found, PageText)
    return {(c.table, c.row, c.column): found.text[c.start : c.end] for c in found.cells}


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("<text:h>Notice</text:h><text:p>of\n   delay</text:p>", "Notice\nof delay"),
        ("<text:p>a<text:s text:c='3'/>b<text:tab/>c</text:p>", "a   b\tc"),
        ("<text:p>two<text:line-break/>lines</text:p>", "two\nlines"),
        ("<text:p>of <text:span>14 March</text:span> 2023</text:p>", "of 14 March 2023"),
        ("<text:p>on <text:date>14 March 2023</text:date> at</text:p>", "on 14 March 2023 at"),
        ("<text:p>see <text:title>The Title</text:title></text:p>", "see The Title"),
        ("<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:p>kept</text:p>", "kept"),
        ("<text:p>关于<!-- x -->延期<?y z?>的通知</text:p>", "关于延期的通知"),
        (
            "<text:p>delay<text:note><text:note-citation>1</text:note-citation><text:note-body>"
            "<text:p>of ten days</text:p></text:note-body></text:note>.</text:p>",
            "delay[1].\nof ten days",
        ),
        (
            "<text:p>sum<office:annotation><dc:creator>Li</dc:creator><dc:date>2023-03-14</dc:date>"
            "<text:p>check</text:p></office:annotation> due</text:p>",
            "sum due\n[Li, 2023-03-14] check",
        ),
        (
            "<text:p><draw:frame><draw:text-box><text:p>boxed</text:p></draw:text-box>"
            "<svg:title>unseen</svg:title></draw:frame></text:p>",
            "boxed",
        ),
        ("<text:list><text:list-item><text:p>one</text:p></text:list-item></text:list>", "one"),
    ],
)
def test_text_is_what_a_reader_sees(tmp_path: Path, body: str, shown: str) -> None:
    assert [text.strip() for text in texts(read(tmp_path, odt(body)))] == [shown]


def test_tables_keep_their_cells(tmp_path: Path) -> None:
    row = "".join(f"<table:table-cell><text:p>{t}</text:p></table:table-cell>" for t in ("Item", "", "金额"))
    draft = read(tmp_path, odt(f"<table:table><table:table-row>{row}</table:table-row></table:table>"))
    assert cells(draft) == {(0, 0, 0): "Item", (0, 0, 2): "金额"}


def test_pages_break_where_the_program_broke_them(tmp_path: Path) -> None:
    styles = '<style:style style:name="P1"><style:paragraph-properties fo:break-before="page"/></style:style>'
    body = (
        "<text:p>one</text:p><text:p text:style-name='P1'>two</text:p>"
        "<text:p>still<text:soft-page-break/> three</text:p>"
    )
    assert [t.split() for t in texts(read(tmp_path, odt(body, styles)))] == [
        ["one"],
        ["two", "still"],
        ["three"],
    ]


def test_heads_title_and_metadata(tmp_path: Path) -> None:
    styles = f"<x {SPACES}><style:header><text:p>Ref 12</text:p></style:header></x>"
    meta = (
        f"<x {SPACES}><office:meta><dc:title>Notice</dc:title><dc:creator>Wang</dc:creator>"
        "<meta:creation-date>2023-03-14T09:00:00</meta:creation-date></office:meta></x>"
    )
    draft = read(tmp_path, odt("<text:p>body</text:p>", **{"styles.xml": styles, "meta.xml": meta}))
    assert texts(draft)[0].split() == ["Ref", "12", "body"]
    assert draft.title == "Notice"
    assert draft.metadata == (("odf author", "Wang"), ("odf created", "2023-03-14T09:00:00"))


def test_large_pictures_are_children(tmp_path: Path) -> None:
    draft = read(tmp_path, odt("", **{"Pictures/a.jpg": PICTURE, "Pictures/b.jpg": b"\xff\xd8\xff"}))
    assert [child.path.read_bytes() for child in draft.children] == [PICTURE]


def test_a_sheet_is_a_page_with_cells(tmp_path: Path) -> None:
    def cell(text: str, more: str = "") -> str:
        return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"

    dated = 'office:value-type="date" office:date-value="2023-04-03T00:00:00"'
    rows = (
        f"<table:table-row>{cell('Day')}<table:table-cell table:number-columns-repeated='2'/>{cell('100.00')}"
        "<table:table-cell table:number-columns-repeated='1000000'/></table:table-row>"
        "<table:table-row table:number-rows-repeated='1000000'><table:table-cell/></table:table-row>"
        f"<table:table-row>{cell('03/04/23', dated)}"
        "</table:table-row>"
    )
    draft = read(tmp_path, ods(f"<table:table table:name='费用'>{rows}</table:table><table:table/>"))
    assert texts(draft)[0].startswith("费用\nDay\t\t\t100.00")
    assert cells(draft) == {(0, 0, 0): "Day", (0, 0, 3): "100.00", (0, 1_000_001, 0): "2023-04-03"}


def test_slides_are_pages_with_their_notes(tmp_path: Path) -> None:
    page = (
        "<draw:page><draw:frame><draw:text-box><text:p>Slide {n}</text:p></draw:text-box></draw:frame>"
        "<presentation:notes><draw:frame><draw:text-box><text:p>said {n}</text:p></draw:text-box></draw:frame>"
        "</presentation:notes></draw:page>"
    )
    body = content("presentation", page.format(n=1) + page.format(n=2))
    draft = read(tmp_path, packed("presentation", {"content.xml": body}))
    assert [text.split("\n")[:2] for text in texts(draft)] == [["Slide 1", "said 1"], ["Slide 2", "said 2"]]


@pytest.mark.parametrize("kind", ["text-template", "spreadsheet-template", "presentation-template"])
def test_templates_are_read(tmp_path: Path, kind: str) -> None:
    data = packed(kind, {"content.xml": content("text", "<text:p>standard form</text:p>")})
    assert texts(read(tmp_path, data))[0].strip() == "standard form"


@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0" encoding="UTF-8"?>\n'])
def test_the_flat_form_is_read(tmp_path: Path, declaration: str) -> None:
    data = base64.b64encode(PICTURE).decode()
    flat = (
        f"{declaration}<office:document {SPACES} office:mimetype='{MIME}text'><office:body><office:text>"
        f"<text:p>Notice<draw:image><office:binary-data>{data}</office:binary-data></draw:image></text:p>"
        "</office:text></office:body></office:document>"
    )
    draft = read(tmp_path, flat.encode(), name="a.fodt")
    assert texts(draft)[0].strip() == "Notice"
    assert [child.path.read_bytes() for child in draft.children] == [PICTURE]


BODY = content("text", "<text:p>words</text:p>")
PROTECTED = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
ENTITY = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + BODY.replace("words", "&a;")


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"content.xml": b"\x8f\x02noise", "META-INF/manifest.xml": PROTECTED}, Encrypted),
        ({"encrypted-package": b"\x8f\x02"}, Encrypted),
        ({"content.xml": ENTITY}, Corrupt),
        ({"content.xml": b"no xml"}, Corrupt),
        ({"content.xml": f"<x {SPACES}/>"}, Corrupt),
        ({}, Corrupt),
        ({"content.xml": content("text", "")}, Empty),
        ({"content.xml": content("spreadsheet", "<table:table/>")}, Empty),
        ({"content.xml": BODY, "Pictures/zeros": b"\0" * 60_000_000}, TooLarge),
    ],
)
def test_what_cannot_be_read_says_why(
    tmp_path: Path, parts: dict[str, str | bytes], error: type[DocumentError]
) -> None:
    with pytest.raises(error):
        read(tmp_path, packed("text", parts))


def test_too_many_cells_are_refused(tmp_path: Path) -> None:
    cell = "<table:table-cell><text:p>x</text:p></table:table-cell>"
    row = f"<table:table-row table:number-rows-repeated='900'>{cell}</table:table-row>"
    with pytest.raises(TooLarge, match="cells"):
        read(tmp_path, ods(f"<table:table>{row * 3}</table:table>"), Limits(cells=2000))


BASE = odt(
    "<text:h>Notice</text:h><table:table><table:table-row><table:table-cell/></table:table-row></table:table>"
)


@settings(max_examples=80, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), min_size=1, max_size=6))
def test_damage_ends_in_a_draft_or_a_named_error(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(BASE)
    for at, value in changes:
        data[at % len(data)] = value
    assert isinstance(outcome(tmp_path_factory.mktemp("d"), bytes(data)), Draft | DocumentError)


@settings(max_examples=60, deadline=None)
@given(
    cut=st.integers(0, len(BODY)),
    tag=st.sampled_from(["table:table-cell", "text:note", "table:table", "text:p"]),
)
def test_elements_in_strange_places_are_survived(
    tmp_path_factory: pytest.TempPathFactory, cut: int, tag: str
) -> None:
    body = f"<{tag}><text:note><{tag}>x</{tag}></text:note></{tag}><table:table><{tag}/>y</table:table>"
    data = packed("text", {"content.xml": content("text", body)[: cut + 800]})
    assert isinstance(outcome(tmp_path_factory.mktemp("d"), data), Draft | DocumentError)
