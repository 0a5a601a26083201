from __future__ import annotations

import io
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance

from extractors.limits import Limits
from extractors.picture_hash import PictureHash, picture_hash, turned
from extractors.readers import read
from extractors.readers.draft import Input, PendingPage
from pipeline.gallery import NEAR_SHEET, NEAR_WHOLE
from sample_docs._again import forwarded, minutes_later, rescanned
from sample_docs._fonts import picture_font
from sample_docs._photos import SCENES, Shot, photo

TURNS = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}


@cache
def scene(name: str) -> Image.Image:
    shot = Image.open(io.BytesIO(photo(Shot(scene=name), np.random.default_rng(1))))
    return shot.resize((800, 600))


@cache
def sheet(seed: int) -> Image.Image:
    """A letter: the same letterhead on each, and paragraphs of different words and lengths."""
    chance = np.random.default_rng(seed)
    page = Image.new("L", (620, 877), 255)
    draw = ImageDraw.Draw(page)
    draw.text((60, 50), "Harbour Civil Ltd", 0, picture_font(26))
    down = 150
    for length in chance.integers(2, 6, 5):
        for line in range(length):
            words = "".join(chance.choice(list("abcdefghi rstuv"), int(chance.integers(20, 52))))
            draw.text((60, down), words if line < length - 1 else words[:15], 30, picture_font(13))
            down += 22
        down += 26
    return page


def bits(one: bytes, other: bytes) -> int:
    return int(np.bitwise_count(np.frombuffer(one, np.uint8) ^ np.frombuffer(other, np.uint8)).sum())


def found(picture: Image.Image) -> PictureHash:
    answer = picture_hash(picture.convert("L"))
    assert answer is not None
    return answer


def of_sheet(picture: Image.Image) -> bytes:
    answer = found(picture).sheet
    assert answer is not None
    return answer


@settings(max_examples=20, derandomize=True)
@given(
    name=st.sampled_from(sorted(SCENES)),
    size=st.floats(0.3, 1.5),
    brightness=st.floats(0.7, 1.2),
    contrast=st.floats(0.75, 1.25),
    quality=st.integers(25, 95),
)
def test_a_photo_keeps_its_hash(
    name: str, size: float, brightness: float, contrast: float, quality: int
) -> None:
    copy = scene(name).resize((round(800 * size), round(600 * size)))
    copy = ImageEnhance.Contrast(ImageEnhance.Brightness(copy).enhance(brightness)).enhance(contrast)
    buffer = io.BytesIO()
    copy.save(buffer, "JPEG", quality=quality)
    assert bits(found(scene(name)).whole, found(Image.open(buffer)).whole) <= NEAR_WHOLE


@settings(max_examples=15, derandomize=True)
@given(seed=st.integers(0, 3), chance=st.integers(0, 10_000))
def test_a_sheet_keeps_its_hash_when_it_is_scanned_again(seed: int, chance: int) -> None:
    again = rescanned(sheet(seed), np.random.default_rng(chance))
    assert bits(of_sheet(sheet(seed)), of_sheet(again)) <= NEAR_SHEET


def test_other_letters_of_the_same_letterhead_are_far() -> None:
    hashes = [of_sheet(sheet(seed)) for seed in range(8)]
    assert min(bits(one, other) for one, other in combinations(hashes, 2)) > NEAR_SHEET


def test_other_photos_are_far_also_from_the_same_place() -> None:
    hashes = {name: found(scene(name)).whole for name in SCENES}
    assert min(bits(one, other) for one, other in combinations(hashes.values(), 2)) > 2 * NEAR_WHOLE
    chance = np.random.default_rng(5)
    for name in SCENES:
        assert bits(hashes[name], found(minutes_later(scene(name), chance)).whole) > NEAR_WHOLE
        assert bits(hashes[name], found(forwarded(scene(name), chance, crop=0.015)).whole) <= NEAR_WHOLE


@settings(max_examples=15)
@given(name=st.sampled_from(sorted(SCENES)), quarters=st.integers(1, 3))
def test_a_hash_can_be_turned_without_its_picture(name: str, quarters: int) -> None:
    upright, lying = found(scene(name)), found(scene(name).transpose(TURNS[quarters]))
    assert bits(turned(upright.whole, quarters), lying.whole) <= NEAR_WHOLE // 2
    assert turned(turned(upright.whole, quarters), 4 - quarters) == upright.whole


def test_a_sheet_scanned_sideways_is_near_when_its_hash_is_turned() -> None:
    lying = rescanned(sheet(1), np.random.default_rng(3)).transpose(TURNS[1])
    assert bits(turned(of_sheet(sheet(1)), 1), of_sheet(lying)) <= NEAR_SHEET


def blank(kind: str) -> Image.Image:
    """A sheet on which nothing is written, as scanners show it."""
    page = Image.new("RGB", (620, 877), "white")
    draw = ImageDraw.Draw(page)
    if kind == "holes":
        for down in (250, 620):
            draw.ellipse((26, down, 48, down + 22), fill=(40, 40, 40))
    if kind == "specks":
        for across, down in np.random.default_rng(2).integers(0, 600, (60, 2)):
            draw.point((int(across), int(down)), (60, 60, 60))
    if kind == "number":
        draw.text((300, 845), "7", "black", picture_font(14))
    return page


@pytest.mark.parametrize("kind", ["clean", "holes", "specks", "number"])
@pytest.mark.parametrize("seed", range(4))
def test_a_blank_sheet_has_no_hash(kind: str, seed: int) -> None:
    assert picture_hash(blank(kind).convert("L")) is None
    assert picture_hash(rescanned(blank(kind), np.random.default_rng(seed)).convert("L")) is None


@pytest.mark.parametrize("level", [0, 1, 90, 255])
def test_a_picture_of_one_grey_has_no_hash(level: int) -> None:
    assert picture_hash(Image.new("L", (300, 200), level)) is None


@settings(max_examples=40)
@given(
    wide=st.integers(1, 90),
    high=st.integers(1, 90),
    long=st.sampled_from([1, 1, 40]),
    seed=st.integers(0, 99),
)
def test_any_size_is_answered(wide: int, high: int, long: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (high * long, wide), dtype=np.uint8)
    answer = picture_hash(Image.fromarray(pixels))
    if min(pixels.shape) < 24:
        assert answer is None
    elif answer is not None:
        assert (answer.width, answer.height) == (wide, high * long)
        assert len(answer.whole) == 32
        assert answer.sheet is None or len(answer.sheet) == 32


def test_readers_hand_over_hashes_of_what_shows_something(tmp_path: Path) -> None:
    folder = tmp_path
    pages = [sheet(1), blank("holes").convert("L"), sheet(2)]
    pages[0].save(folder / "scan.tif", save_all=True, append_images=pages[1:])
    pages[0].save(folder / "scan.pdf", save_all=True, append_images=pages[1:], resolution=75)
    hashes = []
    for name, media in (("scan.tif", "image/tiff"), ("scan.pdf", "application/pdf")):
        draft = read(Input(folder / name, name, media, folder, Limits()))
        waiting = [page for page in draft.pages if isinstance(page, PendingPage)]
        assert [page.picture is not None for page in waiting] == [True, False, True]
        hashes.append(waiting[0].picture)
    assert hashes[0] is not None
    assert hashes[1] is not None
    assert (hashes[0].width, hashes[0].height) == (620, 877)
    assert hashes[1].width > 620  # rendered for OCR
    assert bits(hashes[0].sheet or b"", hashes[1].sheet or b"") <= NEAR_SHEET
