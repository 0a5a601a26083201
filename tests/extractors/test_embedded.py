"""Files that other programs put into documents: found whatever the document is, and never lost on the way."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from extractors.detect import media_type
from extractors.errors import Corrupt, Empty
from extractors.limits import Limits
from extractors.readers import read
from extractors.readers.draft import Draft, Input
from tests.extractors import test_legacy, test_office, test_opendocument, test_outlook, test_pptx
from tests.extractors.compound_files import Tree, compound

PDF = b"%PDF-1.4 a bill of costs"
PICTURE = b"\xff\xd8\xff" + bytes(30_000)


def drafted(folder: Path, data: bytes, name: str) -> Draft:
    path = folder / "file"
    path.write_bytes(data)
    (folder / "scratch").mkdir(exist_ok=True)
    return read(Input(path, name, media_type(path, name), folder / "scratch", Limits()))


def contents(draft: Draft) -> list[tuple[str, bytes]]:
    return [(child.untrusted_name, child.path.read_bytes()) for child in draft.children]


def native(name: str, content: bytes) -> bytes:
    """A file as Windows packs it into an object ([MS-OLEDS] 2.3.6)."""
    path = f"C:\\{name}".encode("gbk") + b"\0"
    head = b"\2\0" + name.encode("gbk") + b"\0" + path + struct.pack("<II", 3, len(path)) + path
    body = head + struct.pack("<I", len(content)) + content
    return struct.pack("<I", len(body)) + body


WORD = test_legacy.doc([("inside\r", True)])
OBJECTS: list[tuple[Tree | bytes, list[tuple[str, bytes]]]] = [
    ({"CONTENTS": PDF, "\x01Ole": b"x"}, [("oleobject1", PDF)]),
    ({"\x01Ole10Native": native("账单.pdf", PDF)}, [("账单.pdf", PDF)]),
    ({"Package": b"PK\3\4"}, [("oleobject1", b"PK\3\4")]),
    (WORD, [("oleobject1", WORD)]),
    ({"\x01CompObj": b"an equation"}, []),
    (b"no compound file", []),
    ({"\x01Ole10Native": b"broken"}, []),
]


@pytest.mark.parametrize(("tree", "expected"), OBJECTS)
def test_an_object_in_a_workbook_gives_its_file(
    tmp_path: Path, tree: Tree | bytes, expected: list[tuple[str, bytes]]
) -> None:
    data = tree if isinstance(tree, bytes) else compound(tree)
    book = with_part(test_office.sheet_of("<row><c><v>1</v></c></row>"), "xl/embeddings/oleObject1.bin", data)
    draft = drafted(tmp_path, book, "a.xlsx")
    assert contents(draft) == expected
    assert any("left out" in note for note in draft.notes) is not bool(expected)


def with_part(package: bytes, name: str, data: bytes) -> bytes:
    import io
    import zipfile

    buffer = io.BytesIO(package)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


def test_an_empty_workbook_with_a_file_in_it_is_not_empty(tmp_path: Path) -> None:
    book = with_part(test_office.sheet_of(""), "xl/embeddings/o.bin", compound({"CONTENTS": PDF}))
    assert contents(drafted(tmp_path, book, "a.xlsx")) == [("o", PDF)]


def test_an_object_in_opendocument_gives_its_file(tmp_path: Path) -> None:
    text = with_part(test_opendocument.odt("<text:p>x</text:p>"), "Object 1", compound({"CONTENTS": PDF}))
    assert contents(drafted(tmp_path, text, "a.odt")) == [("object 1", PDF)]


def test_an_object_on_a_mail_gives_its_file(tmp_path: Path) -> None:
    tree = test_outlook.sent_item()
    held = test_outlook.folder(8, p3705=6)
    held["__substg1.0_3701000D"] = {"\x01Ole10Native": native("bill.pdf", PDF)}
    tree["__attach_version1.0_#00000000"] = held
    draft = drafted(tmp_path, compound(tree), "a.msg")
    assert contents(draft) == [("bill.pdf", PDF)]
    assert not draft.notes


def rtf(body: bytes) -> bytes:
    return b"{\\rtf1\\ansi text " + body + b"\\par}"


def ole1(kind: bytes, content: bytes, form: int = 2) -> bytes:
    """An object as RTF holds it ([MS-OLEDS] 2.2.5)."""
    head = struct.pack("<II", 0x501, form) + struct.pack("<I", len(kind) + 1) + kind + b"\0" + bytes(8)
    return head + struct.pack("<I", len(content)) + content


def held(data: bytes) -> bytes:
    """An object in RTF."""
    return b"{\\object\\objemb{\\*\\objdata " + data.hex().encode() + b"}}"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{\\pict\\jpegblip\n" + PICTURE.hex().encode() + b"}", [("picture", PICTURE)]),
        (b"{\\*\\shppict{\\pict{\\*\\picprop}\\jpegblip " + PICTURE.hex().encode() + b"}}", [("picture", PICTURE)]),
        (b"{\\pict\\jpegblip\\bin%d " % len(PICTURE) + PICTURE + b"}", [("picture", PICTURE)]),
        (b"{\\nonshppict{\\pict\\jpegblip " + PICTURE.hex().encode() + b"}}", []),
        (b"{\\pict\\wmetafile8 0100}", []),
        (b"{\\pict\\jpegblip " + PICTURE.hex().encode()[:-1] + b"}", [("picture", PICTURE[:-1])]),
        (held(ole1(b"Package", native("b.pdf", PDF)[4:])), [("b.pdf", PDF)]),
        (held(ole1(b"AcroExch", compound({"CONTENTS": PDF}))), [("embedded", PDF)]),
        (held(ole1(b"Package", PDF, form=1)), []),
        (b"{\\object{\\*\\objdata 0105zz}}", []),
    ],
)  # fmt: skip
def test_pictures_and_files_in_rtf_become_children(
    tmp_path: Path, body: bytes, expected: list[tuple[str, bytes]]
) -> None:
    draft = drafted(tmp_path, rtf(body), "a.rtf")
    assert contents(draft) == expected
    assert "text" in getattr(draft.pages[0], "text", "")


def test_rtf_of_one_picture_is_not_empty(tmp_path: Path) -> None:
    whole = b"{\\rtf1{\\pict\\jpegblip " + PICTURE.hex().encode() + b"}}"
    assert contents(drafted(tmp_path, whole, "a.rtf")) == [("picture", PICTURE)]
    with pytest.raises(Empty):
        drafted(tmp_path, b"{\\rtf1{\\pict 00}}", "a.rtf")


def test_what_libreoffice_does_not_hand_on_is_taken_from_the_original(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    (tmp_path / "ready.xlsx").write_bytes(test_office.sheet_of("<row><c><v>1</v></c></row>"))
    test_legacy.office(programs, f'cp {tmp_path}/ready.xlsx "$out/given.xlsx"')
    tree: Tree = {"Workbook": test_legacy.workbook([(0, 0, "x")]), "MBD1": {"CONTENTS": PDF}}
    with_object = compound(tree)
    draft = drafted(tmp_path, with_object, "a.xls")
    assert contents(draft) == [("embedded", PDF)]
    assert draft.notes[0] == "read by way of LibreOffice"
    assert [path.name for path in (tmp_path / "scratch").iterdir()] == ["child-00001"]


LAYOUT = "ppt/slideLayouts/l.xml"
MASTER = "ppt/slideMasters/m.xml"


@pytest.mark.parametrize(
    ("hides", "shown"),
    [("", ["own Harbour Civil Ltd Confidential", "next"]), ('showMasterSp="0"', ["own", "next"])],
)
def test_what_layout_and_master_show_stands_on_the_first_slide(
    tmp_path: Path, hides: str, shown: list[str]
) -> None:
    head = test_pptx.shape("Harbour Civil Ltd") + test_pptx.shape("Click to edit", kind="title")
    more: dict[str, str | bytes] = {
        **{
            f"ppt/slides/_rels/slide{n}.xml.rels": test_pptx.relations(
                [("1", "slideLayout", "../slideLayouts/l.xml")]
            )
            for n in (1, 2)
        },
        LAYOUT: test_pptx.slide(head),
        "ppt/slideLayouts/_rels/l.xml.rels": test_pptx.relations(
            [("1", "slideMaster", "../slideMasters/m.xml")]
        ),
        MASTER: test_pptx.slide(test_pptx.shape("Confidential")),
    }
    slides = [test_pptx.slide(test_pptx.shape("own"), hides), test_pptx.slide(test_pptx.shape("next"), hides)]
    draft = drafted(tmp_path, test_pptx.deck(slides, more), "a.pptx")
    assert [" ".join(getattr(page, "text", "").split()) for page in draft.pages] == shown


HALF = "&#xD83D;"


@pytest.mark.parametrize("said", [HALF, "&#0;", "\x0b", "&#xFFFE;", "&#x1F600;&#55357;"])
def test_a_character_that_xml_does_not_know_costs_only_itself(tmp_path: Path, said: str) -> None:
    broken, whole = test_office.paragraph(f"before {said} after"), test_office.paragraph("the end")
    draft = drafted(tmp_path, test_office.docx_of(broken + whole), "a.docx")
    (text,) = test_office.texts_of(draft)
    assert text.startswith("before ")
    assert "\ufffd" in text
    assert text.rstrip().endswith("after\nthe end")
    assert not draft.notes
    strings = f'<sst xmlns="{test_office.S}"><si><t>{said}</t></si><si><t>second</t></si></sst>'
    book = test_office.sheet_of('<row><c t="s"><v>1</v></c></row>', sharedStrings=strings)
    assert "second" in test_office.texts_of(drafted(tmp_path, book, "a.xlsx"))[0]


@pytest.mark.parametrize("lead", ["", "<!-- " + "x" * 9000 + " -->", "<?a b?>" * 900, "\n" * 5000])
def test_a_document_type_is_refused_wherever_it_stands(tmp_path: Path, lead: str) -> None:
    head = f'{lead}<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    with pytest.raises(Corrupt, match="document type"):
        drafted(tmp_path, test_office.docx_of(test_office.paragraph("&a;"), head=head), "a.docx")


def test_words_that_look_like_a_document_type_are_words(tmp_path: Path) -> None:
    body = "<w:p><w:r><w:t><![CDATA[<!DOCTYPE html>]]></w:t></w:r></w:p>"
    draft = drafted(tmp_path, test_office.docx_of(body), "a.docx")
    assert test_office.texts_of(draft)[0].strip() == "<!DOCTYPE html>"


def test_a_drawing_gives_its_words(tmp_path: Path) -> None:
    drawing = (
        '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "x" "http://127.0.0.1/svg.dtd"><!-- plan --><svg>'
        "<title>Plan 4</title><style>text { x }</style><script>alert(1)</script>"
        "<g><text>Area <tspan>B</tspan></text></g><path d='M0'/></svg>"
    )
    draft = drafted(tmp_path, drawing.encode(), "plan.svg")
    assert draft.media_type == "image/svg+xml"
    assert getattr(draft.pages[0], "text", "") == "Plan 4\nArea B"
    with pytest.raises(Empty):
        drafted(tmp_path, b"<svg><path/></svg>", "plan.svg")
