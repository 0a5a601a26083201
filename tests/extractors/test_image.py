"""Pictures: upright, with what the camera wrote, and never decoded beyond the limits."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational

from extractors.errors import Corrupt, DocumentError, TooLarge
from extractors.limits import Limits
from extractors.readers import read
from extractors.readers.draft import Draft, Input, PendingPage


def drawn(size: tuple[int, int] = (400, 300), mode: str = "RGB") -> Image.Image:
    """A picture whose top left corner is dark, so that its turning can be seen."""
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 4, size[1] // 4), fill="black")
    return picture.convert(mode)


def stored(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def drafted(data: bytes, folder: Path, kind: str = "image/jpeg", limits: Limits | None = None) -> Draft:
    file = folder / "stored"
    file.write_bytes(data)
    return read(Input(file, "photo", kind, folder, limits or Limits()))


def page_of(draft: Draft, number: int = 1) -> PendingPage:
    page = draft.pages[number - 1]
    assert isinstance(page, PendingPage)
    return page


@pytest.mark.parametrize(
    ("kind", "media"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("TIFF", "image/tiff"),
        ("WEBP", "image/webp"),
        ("BMP", "image/bmp"),
        ("GIF", "image/gif"),
    ],
)
def test_each_format_gives_a_page_for_ocr(tmp_path: Path, kind: str, media: str) -> None:
    page = page_of(drafted(stored(drawn(), kind), tmp_path, media))
    with Image.open(page.image) as picture:
        assert (picture.size, picture.mode) == ((400, 300), "L")
        assert picture.getpixel((10, 10)) < 60
        assert picture.getpixel((390, 290)) > 200


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK", "I;16", "F"])
def test_each_way_of_storing_colours_ends_grey(tmp_path: Path, mode: str) -> None:
    picture = drawn(mode=mode) if mode != "I;16" else drawn(mode="I").point(lambda v: v * 200).convert("I;16")
    page = page_of(drafted(stored(picture, "TIFF"), tmp_path, "image/tiff"))
    with Image.open(page.image) as grey:
        assert grey.getpixel((10, 10)) < 60 < 200 < grey.getpixel((390, 290))


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    page = page_of(drafted(stored(picture, "PNG"), tmp_path, "image/png"))
    with Image.open(page.image) as grey:
        assert grey.getextrema() == (255, 255)


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, "top left"), (2, "top right"), (3, "bottom right"), (4, "bottom left"),
     (5, "top left"), (6, "top right"), (7, "bottom right"), (8, "bottom left")],
)  # fmt: skip
def test_a_picture_is_turned_upright(tmp_path: Path, orientation: int, corner: str) -> None:
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    page = page_of(drafted(stored(drawn(), "JPEG", exif=exif), tmp_path))
    assert (page.width < page.height) is (orientation >= 5)
    with Image.open(page.image) as picture:
        x = 10 if "left" in corner else picture.width - 10
        y = 10 if "top" in corner else picture.height - 10
        assert picture.getpixel((x, y)) < 60


def test_what_the_camera_wrote_is_metadata(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model] = "Canon\0", " EOS 40D "
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2023:03:14 09:12:44"
    place = exif.get_ifd(IFD.GPSInfo)
    place[GPS.GPSLatitudeRef], place[GPS.GPSLatitude] = "S", (22.0, 19.0, 9.48)
    place[GPS.GPSLongitudeRef], place[GPS.GPSLongitude] = "E", (114.0, 10.0, 9.84)
    found = dict(drafted(stored(drawn(), "JPEG", exif=exif), tmp_path).metadata)
    assert found == {
        "EXIF DateTimeOriginal": "2023:03:14 09:12:44",
        "EXIF Make": "Canon",
        "EXIF Model": "EOS 40D",
        "EXIF GPS": "-22.319300,114.169400",
    }


@pytest.mark.parametrize("latitude", [(91.0, 0.0, 0.0), (1.0,), (22.0, 19.0, IFDRational(1, 0))])
def test_a_place_that_cannot_be_is_left_out(tmp_path: Path, latitude: object) -> None:
    exif = Image.Exif()
    place = exif.get_ifd(IFD.GPSInfo)
    place[GPS.GPSLatitude], place[GPS.GPSLongitude] = latitude, (114.0, 10.0, 9.84)
    assert drafted(stored(drawn(), "JPEG", exif=exif), tmp_path).metadata == ()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.binary(max_size=120))
def test_broken_exif_never_hinders(tmp_path: Path, junk: bytes) -> None:
    data = stored(drawn(), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0" + junk)
    assert len(drafted(data, tmp_path).pages) == 1


@pytest.mark.parametrize(
    ("dpi", "width"),
    [(200, 144.0), (72, 842.0), (1, 842.0), (5000, 842.0), (600, 842.0)],
)
def test_a_page_has_its_stated_size_if_it_can_be_believed(tmp_path: Path, dpi: int, width: float) -> None:
    page = page_of(drafted(stored(drawn(), "JPEG", dpi=(dpi, dpi)), tmp_path))
    assert page.width == pytest.approx(width, rel=0.01)
    assert page.height == pytest.approx(width * 0.75, rel=0.01)


def test_a_large_photo_is_made_smaller_for_ocr_but_not_its_page(tmp_path: Path) -> None:
    page = page_of(drafted(stored(drawn((7200, 3600), "L"), "PNG", dpi=(300, 300)), tmp_path, "image/png"))
    assert (round(page.width), round(page.height)) == (1728, 864)
    with Image.open(page.image) as picture:
        assert picture.width < 7200
        assert picture.width / page.dpi == pytest.approx(24, rel=0.01)


def test_each_page_of_a_tiff_is_a_page(tmp_path: Path) -> None:
    sheets = [drawn((100 * n, 200), "1") for n in (1, 2, 3)]
    draft = drafted(
        stored(sheets[0], "TIFF", save_all=True, append_images=sheets[1:]), tmp_path, "image/tiff"
    )
    assert len(draft.pages) == 3
    assert page_of(draft, 3).image != page_of(draft, 2).image
    with Image.open(page_of(draft, 3).image) as picture:
        assert picture.width == 300


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    data = stored(drawn(), "TIFF", save_all=True, append_images=[drawn()] * 3)
    with pytest.raises(TooLarge, match=r"limits\.pages"):
        drafted(data, tmp_path, "image/tiff", Limits(pages=2))


def test_of_an_animation_the_first_picture_is_read_and_that_is_said(tmp_path: Path) -> None:
    frames = [drawn((50, 50)), Image.new("RGB", (50, 50), "red")]
    draft = drafted(stored(frames[0], "GIF", save_all=True, append_images=frames[1:]), tmp_path, "image/gif")
    assert len(draft.pages) == 1
    assert "animated" in draft.notes[0]


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is so large, and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + rows + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [16_000, 100_000])
def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path, side: int) -> None:
    with pytest.raises(TooLarge, match=r"limits\.megapixels \(250\)"):
        drafted(bomb(side, side), tmp_path, "image/png")


def test_the_setting_counts_and_not_the_limit_of_the_library(tmp_path: Path) -> None:
    """Pillow refuses from 179 megapixels on."""
    flat = Image.new("1", (16_000, 11_500), 1)
    draft = drafted(stored(flat, "TIFF", compression="group4"), tmp_path, "image/tiff")
    assert page_of(draft).width == pytest.approx(842, rel=0.01)


LITTLE = Limits(memory=10 * 2**20)
"""A picture of 1800 x 1600 pixels in colour takes 11 MiB decoded whole."""


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits"])
@pytest.mark.parametrize("mode", ["RGB", "CMYK"])
def test_a_tiff_in_strips_is_read_without_ever_lying_in_memory_whole(
    tmp_path: Path, mode: str, compression: str | None
) -> None:
    data = stored(drawn((1800, 1600), mode), "TIFF", compression=compression, dpi=(200, 200))
    greys = []
    for name, limits in (("whole", Limits()), ("little", LITTLE)):
        (tmp_path / name).mkdir()
        page = page_of(drafted(data, tmp_path / name, "image/tiff", limits))
        assert (page.width, page.height) == (648, 576)
        with Image.open(page.image) as picture:
            greys.append(picture.convert("L"))
    assert ImageChops.difference(*greys).getextrema()[1] <= 2


def test_what_does_not_fit_into_memory_is_refused_by_the_name_of_the_limit(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match=r"limits\.memory_mib \(10\)"):
        drafted(stored(drawn((1800, 1600)), "PNG"), tmp_path, "image/png", LITTLE)


def test_a_progressive_jpeg_takes_more_memory(tmp_path: Path) -> None:
    picture = drawn((1800, 1600), "L")
    assert drafted(stored(picture, "JPEG"), tmp_path, limits=LITTLE).pages
    with pytest.raises(TooLarge, match=r"limits\.memory_mib"):
        drafted(stored(picture, "JPEG", progressive=True), tmp_path, limits=Limits(memory=6 * 2**20))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_very_large_sheet_keeps_its_size_on_paper(tmp_path: Path, kind: str) -> None:
    data = stored(drawn((14_500, 500)), kind, dpi=(300, 300))
    page = page_of(drafted(data, tmp_path, f"image/{kind.lower()}"))
    assert (page.width, page.height) == pytest.approx((3480, 120), rel=0.001)
    with Image.open(page.image) as picture:
        assert picture.size == (4800, 166)
        assert picture.getpixel((600, 20)) < 60 < 200 < picture.getpixel((4700, 150))


def noisy() -> Image.Image:
    return Image.effect_noise((400, 400), 80)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_cut_off_picture_is_read_as_far_as_it_goes(tmp_path: Path, kind: str) -> None:
    data = stored(noisy(), kind)
    draft = drafted(data[: int(len(data) * 0.8)], tmp_path, f"image/{kind.lower()}")
    assert len(draft.pages) == 1
    assert "as far as it goes" in draft.notes[0]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "GIF"])
@pytest.mark.parametrize("share", [0.02, 0.3])
def test_of_a_stump_nothing_is_read(tmp_path: Path, kind: str, share: float) -> None:
    data = stored(noisy(), kind)
    with pytest.raises(Corrupt, match="photo"):
        drafted(data[: int(len(data) * share)], tmp_path, f"image/{kind.lower()}")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "HEIC"]),
    at=st.floats(0, 0.99),
    junk=st.binary(min_size=1, max_size=30),
)
def test_damage_never_leads_to_another_error(tmp_path: Path, kind: str, at: float, junk: bytes) -> None:
    whole = (
        stored(drawn((40, 30)), kind) if kind != "HEIC" else b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99)
    )
    start = int(at * len(whole))
    try:
        draft = drafted(whole[:start] + junk + whole[start + len(junk) :], tmp_path, f"image/{kind.lower()}")
    except DocumentError as error:
        outcome = error.message
    else:
        outcome = f"photo of {len(draft.pages)}"
    assert outcome.startswith("photo")
    assert not outcome.endswith(" 0")
