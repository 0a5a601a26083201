"""How each format comes to pages: nothing that acts, nothing hidden shown, nothing lost, the right way up."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image, ImageOps
from reportlab.pdfgen.canvas import Canvas

from extractors.limits import Limits
from extractors.readers import video
from extractors.readers.draft import Input
from pipeline.bundle import Exhibit, build, check
from tests.extractors.media_files import film, scene, sound
from tests.pipeline.bundle_cases import case_of, exhibit, pdf, sheet_document, text_document


def shown(tmp_path: Path, one: Exhibit) -> Pdf:
    """The pages of a bundle that show the exhibit; the bundle is sound."""
    report = build(case_of(one), tmp_path / "bundle")
    assert check(report.path).faults == ()
    file = pikepdf.open(report.path / "data/bundle.pdf")
    for _ in range(4):
        del file.pages[0]
    return file


def texts(file: Pdf) -> list[str]:
    out = BytesIO()
    file.save(out)
    document = pypdfium2.PdfDocument(out.getvalue())
    found = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return found


def pictures(file: Pdf, scale: float = 1.0) -> list[Image.Image]:
    out = BytesIO()
    file.save(out)
    document = pypdfium2.PdfDocument(out.getvalue())
    found = [page.render(scale=scale).to_pil().convert("RGB") for page in document]
    document.close()
    return found


def changed(path: Path, change: Any) -> Path:
    with pikepdf.open(path, allow_overwriting_input=True) as file:
        change(file)
        file.save(path)
    return path


def acting(file: Pdf) -> None:
    js = Dictionary(S=Name.JavaScript, JS="app.alert(1)")
    file.Root.OpenAction = js
    file.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["x", js])))
    file.attachments["x.exe"] = b"MZ"
    page = file.pages[0]
    page.obj.AA = Dictionary(O=js)
    launch = Dictionary(S=Name.Launch, F="cmd.exe")
    page.obj.Annots = Array(
        [
            Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]), A=launch),
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Link,
                Rect=Array([0, 0, 99, 99]),
                A=Dictionary(S=Name.URI, URI="http://x"),
            ),
        ]
    )


def test_what_acts_is_taken_out(tmp_path: Path) -> None:
    path = changed(pdf(tmp_path / "a.pdf", ["the text stays"]), acting)
    with shown(tmp_path, exhibit(path, "application/pdf")) as file:
        assert "the text stays" in texts(file)[0]
        assert "/AA" not in file.pages[0]
        out = BytesIO()
        file.save(
            out,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    for trace in (b"JavaScript", b"Launch", b"/URI", b"EmbeddedFile", b"cmd.exe"):
        assert trace not in out.getvalue()


def note(kind: str, action: Any = None, **more: Any) -> Any:
    def add(file: Pdf) -> None:
        one = Dictionary(Type=Name.Annot, Subtype=Name(f"/{kind}"), Rect=Array([0, 0, 99, 99]), **more)
        if action is not None:
            one.A = file.make_indirect(action)
        file.pages[0].obj.Annots = Array([one])

    return add


def in_circles(file: Pdf) -> None:
    action = file.make_indirect(Dictionary(S=Name.JavaScript, JS="while (true) {}"))
    action.Next = Array([action] * 40)
    file.pages[0].obj.AA = Dictionary(O=action)


def with_xfa(file: Pdf) -> None:
    file.Root.AcroForm = Dictionary(Fields=Array(), XFA=file.make_stream(b"<xdp/>"))


def nonsense(file: Pdf) -> None:
    file.Root.Names = file.Root.OpenAction = Array([1, 2])
    file.Root.AA = pikepdf.String("x")
    file.pages[0].obj.AA = Dictionary(O=3)
    file.pages[0].obj.Annots = Array([4, Array(), Dictionary(Subtype=5, A=6, AA=7)])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (acting, "actions that start programs, attached files, scripts"),
        (note("Link", Dictionary(S=Name.URI, URI="http://x")), ""),
        (note("Link", Dictionary(S=Name.SubmitForm, F="http://x")), "actions that send data"),
        (
            note("Link", Dictionary(S=Name.GoTo, Next=Dictionary(S=Name.Launch, F="a"))),
            "actions that start programs",
        ),
        (note("FileAttachment", FS=Dictionary(F="a.exe")), "attached files"),
        (note("RichMedia"), "sound or film"),
        (note("3D"), "3D models"),
        (in_circles, "scripts"),
        (with_xfa, "a form that only Adobe's programs show"),
        (nonsense, ""),
        (lambda _: None, ""),
    ],
    ids=[
        "all",
        "web link",
        "sends",
        "starts",
        "attachment",
        "media",
        "3D",
        "circle",
        "XFA",
        "nonsense",
        "none",
    ],
)
def test_what_was_taken_out_is_told(tmp_path: Path, change: Any, told: str) -> None:
    path = changed(pdf(tmp_path / "a.pdf", ["the text stays"]), change)
    report = build(case_of(exhibit(path, "application/pdf")), tmp_path / "bundle")
    assert check(report.path).faults == ()
    before = "1: a.pdf: shown without what acts or travels along in the file: "
    assert report.notes == ((before + told,) if told else ())
    (original,) = (report.path / "data/originals").iterdir()
    assert original.read_bytes() == path.read_bytes()
    with pikepdf.open(report.path / "data/bundle.pdf") as file:
        assert "the text stays" in texts(file)[4]
        assert [link.Subtype for link in file.pages[4].Annots] == [Name.Link]


def test_what_was_filled_into_a_form_stays_on_the_page(tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    canvas = Canvas(str(path))
    canvas.acroForm.textfield(name="sum", value="USD 86,400", x=72, y=600, width=200, height=20)
    canvas.showPage()
    canvas.save()
    with shown(tmp_path, exhibit(path, "application/pdf")) as file:
        assert "USD 86,400" in texts(file)[0]
        assert [note.Subtype for note in file.pages[0].Annots] == [Name.Link]


def test_hidden_layers_stay_hidden(tmp_path: Path) -> None:
    def hide(file: Pdf) -> None:
        layer = file.make_indirect(Dictionary(Type=Name.OCG, Name="draft"))
        file.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
        page = file.pages[0]
        page.Resources.Properties = Dictionary(L=layer)
        page.contents_add(b"/OC /L BDC 0 0 595 842 re f EMC")

    path = changed(pdf(tmp_path / "a.pdf", ["text"]), hide)
    with shown(tmp_path, exhibit(path, "application/pdf")) as file:
        assert np.asarray(pictures(file)[0]).mean() > 240


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"q q 0.01 0 0 0.01 0 0 cm", id="never restored"),
        pytest.param(b"Q Q Q 0.01 0 0 0.01 0 0 cm", id="restored too often"),
        pytest.param(b"BT /F1 12 Tf (abc", id="string without an end"),
        pytest.param(b"0 0 1 1 re W n", id="clipped away"),
        pytest.param(b"BI /W 10 /H 10 /BPC 8 /CS /G ID abc", id="inline image without an end"),
        pytest.param(b"1 1 1 rg 3 Tr /GS1 gs", id="white and invisible"),
    ],
)
def test_no_content_reaches_the_page_number(tmp_path: Path, content: bytes) -> None:
    def spoil(file: Pdf) -> None:
        file.pages[0].Contents = file.make_stream(content)

    path = changed(pdf(tmp_path / "a.pdf", ["text"]), spoil)
    with shown(tmp_path, exhibit(path, "application/pdf")) as file:
        corner = np.asarray(pictures(file)[0].convert("L"))[800:830, 500:590]
        assert corner.min() < 100, "no ink where the page number should be"


@pytest.mark.parametrize(
    "boxes",
    [
        {"/MediaBox": [0, 0, 0, 0]},
        {"/MediaBox": ["x", 0, 1, 2]},
        {"/MediaBox": [595, 842, 0, 0]},
        {"/CropBox": [5000, 5000, 6000, 6000]},
        {"/CropBox": [100, 100, 400, 300], "/Rotate": 270},
        {"/MediaBox": [0, 0, 40, 30]},
        {"/MediaBox": [0, 0, 14400, 14400], "/UserUnit": 2},
        {"/Rotate": 45},
        {"/Rotate": -90},
    ],
    ids=str,
)
def test_odd_boxes_still_give_a_numbered_page(tmp_path: Path, boxes: dict[str, Any]) -> None:
    def odd(file: Pdf) -> None:
        for key, value in boxes.items():
            file.pages[0].obj[key] = Array(value) if isinstance(value, list) else value

    path = changed(pdf(tmp_path / "a.pdf", ["text"]), odd)
    with shown(tmp_path, exhibit(path, "application/pdf")) as file:
        assert len(file.pages) == 1


def test_owner_password_alone_hides_nothing(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", ["may be read"])
    with pikepdf.open(path) as file:
        file.save(tmp_path / "b.pdf", encryption=pikepdf.Encryption(owner="secret", user=""))
    with shown(tmp_path, exhibit(tmp_path / "b.pdf", "application/pdf")) as file:
        assert "may be read" in texts(file)[0]


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"%PDF-1.7\nnothing of a PDF", "application/pdf"),
        (b"", "application/pdf"),
        (b"\xff\xd8\xff\xe0 no picture", "image/jpeg"),
        (b"MZ", "application/x-msdownload"),
    ],
)
def test_what_cannot_be_shown_has_its_sheet(tmp_path: Path, data: bytes, media_type: str) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(data)
    with shown(tmp_path, exhibit(path, media_type)) as file:
        assert len(file.pages) == 0


def test_damaged_pdf_whose_text_was_read_is_shown_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\nbroken")
    one = exhibit(path, "application/pdf", document=text_document(["what was saved of it"]))
    with shown(tmp_path, one) as file:
        assert "what was saved of it" in texts(file)[0]


def quarters(image: Image.Image) -> list[tuple[int, ...]]:
    """The colours in the middle of each quarter, of the part that is not white."""
    data = np.asarray(image.crop((0, 0, image.width, image.height - 80)))
    ys, xs = np.nonzero((data < 200).any(axis=2))
    box = image.crop((int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1))
    return [
        tuple(round(v / 128) for v in box.getpixel((int(box.width * x), int(box.height * y))))  # type: ignore[union-attr]
        for y in (0.25, 0.75)
        for x in (0.25, 0.75)
    ]


def colours() -> Image.Image:
    image = Image.new("RGB", (240, 160))
    for at, colour in enumerate(("red", "lime", "blue", "black")):
        image.paste(colour, (at % 2 * 120, at // 2 * 80, at % 2 * 120 + 120, at // 2 * 80 + 80))
    return image


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_photos_stand_upright(tmp_path: Path, orientation: int, suffix: str) -> None:
    path = tmp_path / f"photo.{suffix}"
    exif = Image.Exif()
    exif[274] = orientation
    colours().save(path, exif=exif)
    with Image.open(path) as image:
        expected = quarters(ImageOps.expand(ImageOps.exif_transpose(image).convert("RGB"), 90, "white"))
    with shown(tmp_path, exhibit(path, f"image/{suffix}")) as file:
        assert quarters(pictures(file)[0]) == expected


def picture_in(file: Pdf, page: int = 0) -> Any:
    return next(iter(file.pages[page].Resources.XObject.values()))


def test_a_jpeg_goes_in_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    colours().save(path)
    with shown(tmp_path, exhibit(path, "image/jpeg")) as file:
        assert picture_in(file).read_raw_bytes() == path.read_bytes()


@pytest.mark.parametrize(("mode", "suffix"), [("RGB", "jpg"), ("1", "png")])
def test_no_more_than_300_dots_per_inch(tmp_path: Path, mode: str, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.effect_noise((300, 325), 90).resize((2400, 2600)).convert(mode).save(path)
    with shown(tmp_path, exhibit(path, f"image/{suffix}")) as file:
        picture = picture_in(file)
        assert 2000 <= picture.Width <= (595.3 - 80) / 72 * 300 * 1.01


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F"])
def test_every_kind_of_picture_in_a_long_tiff(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "scan.tif"
    if mode == "I;16":
        frame = Image.fromarray(np.linspace(0, 60000, 40 * 60, dtype=np.uint16).reshape(60, 40))
    else:
        frame = colours().convert(mode)
    frame.save(path, save_all=True, append_images=[frame.copy(), frame.copy()])
    with shown(tmp_path, exhibit(path, "image/tiff")) as file:
        assert len(file.pages) == 3
        assert all(np.asarray(picture).min() < 128 for picture in pictures(file))


def test_the_good_pictures_of_a_damaged_tiff_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    frame = colours().resize((400, 400))
    frame.save(path, save_all=True, append_images=[frame.copy(), frame.copy()])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    report = build(case_of(exhibit(path, "image/tiff")), tmp_path / "bundle")
    assert check(report.path).ok
    assert report.pages == 5
    assert "damaged" in report.notes[0]


def test_caption_has_name_and_time(tmp_path: Path) -> None:
    path = tmp_path / "北门.jpg"
    exif = Image.Exif()
    exif.get_ifd(0x8769)[36867] = "2023:03:20 10:22:33"
    colours().save(path, exif=exif)
    with shown(tmp_path, exhibit(path, "image/jpeg")) as file:
        assert "北门.jpg · Taken 20 March 2023, 10:22" in texts(file)[0]


def test_a_table_keeps_its_cells_and_a_wide_one_lies_on_its_side(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK")
    rows = [[f"第{row}行第{column}列 cell" for column in range(9)] for row in range(30)]
    rows[3][4] = "long " * 400
    with shown(tmp_path, exhibit(path, "x/y", document=sheet_document(rows))) as file:
        box = [float(v) for v in file.pages[0].MediaBox]
        assert box[2] > box[3]
        told = "".join("".join(texts(file)).split())
    assert told.count("long") == 400
    for row in rows[:3] + rows[4:]:
        assert all("".join(cell.split()) in told for cell in row)


def test_very_many_columns_are_still_all_there(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK")
    rows = [[f"c{column}r{row}" for column in range(120)] for row in range(3)]
    with shown(tmp_path, exhibit(path, "x/y", document=sheet_document(rows))) as file:
        told = " ".join(texts(file)).split()
    assert {cell for row in rows for cell in row} <= set(told)


def test_fonts_are_embedded(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")
    with shown(tmp_path, exhibit(path, "text/plain", document=text_document(["工期延误 delay ✓ é"]))) as file:
        fonts = [font for page in file.pages for font in page.Resources.Font.values()]
        used = [font for font in fonts if font.Subtype == Name.TrueType]
        assert len(used) >= 3
        assert all("/FontFile2" in font.FontDescriptor for font in used)
        assert "工期延误 delay ✓ é" in texts(file)[0]


def filmed(path: Path, frames: int, data: bytes | None = None) -> Exhibit:
    """A video of two scenes, as if its sheet and so many frames had been read from it."""
    path.write_bytes(data or film([scene(1)] * 6 + [scene(2)] * 6, rate=1))
    pages = ["Length: 00:00:12", *(f"00:00:{n:02}\nGATE {n}" for n in range(frames))]
    return exhibit(path, "video/quicktime", document=text_document(pages, "video/quicktime"))


def test_a_video_is_its_sheet_and_its_frames(tmp_path: Path) -> None:
    source = Input(tmp_path / "gate.mov", "gate.mov", "video/quicktime", tmp_path, Limits())
    filmed(source.path, 0)
    frames = video.frames(source)
    with shown(tmp_path, filmed(source.path, len(frames))) as file:
        sheet, *rest = texts(file)
        assert "Length: 00:00:12" in sheet
        assert [f"gate.mov · 00:00:{n:02}" in text for n, text in enumerate(rest)] == [True] * len(frames)
        assert not any("GATE" in text for text in rest)
        first = np.asarray(pictures(file)[1].convert("L"))
        assert (first.min() < 60, first.std() > 20) == (True, True)


@pytest.mark.parametrize(
    ("frames", "data", "why"),
    [(6, None, "other ones were found"), (2, b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "cannot be shown")],
    ids=["chosen otherwise", "damaged since"],
)
def test_a_video_whose_frames_cannot_be_shown_is_its_text(
    tmp_path: Path, frames: int, data: bytes | None, why: str
) -> None:
    one = filmed(tmp_path / "gate.mov", frames, data)
    report = build(case_of(one), tmp_path / "bundle")
    assert check(report.path).faults == ()
    assert why in report.notes[0]
    with pikepdf.open(report.path / "data/bundle.pdf") as file:
        assert any("GATE 0" in text for text in texts(file))


def test_a_sound_recording_is_its_sheet(tmp_path: Path) -> None:
    path = tmp_path / "note.wav"
    path.write_bytes(sound())
    one = exhibit(path, "audio/x-wav", document=text_document(["Sound: PCM"], "audio/x-wav"))
    with shown(tmp_path, one) as file:
        assert "Sound: PCM" in texts(file)[0]
