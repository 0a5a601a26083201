"""What a picture tells before it is read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFilter

from extractors.ocr.signals import signals_in
from tests.extractors.drawn_pages import QUAD, desk, grained, page, photographed, rotated


def scenery() -> np.ndarray:
    """Rocks and sky: light and dark of all sizes, nothing written."""
    chance = np.random.default_rng(5)
    layers = [
        cv2.GaussianBlur(chance.normal(0, 1, (700, 900)).astype(np.float32), (0, 0), s) * s
        for s in (3, 9, 27)
    ]
    return grained(np.asarray(110 + 35 * sum(layers)))


@pytest.mark.parametrize("script", ["en", "zh"])
@pytest.mark.parametrize("px", [16, 40])
@pytest.mark.parametrize("options", [{}, {"table": True}, {"lines": 4}], ids=["text", "table", "few lines"])
def test_a_drawn_page_is_known_for_what_it_is(script: str, px: int, options: dict[str, int]) -> None:
    found = signals_in(grained(page(script, px=px, **options)))  # type: ignore[arg-type]
    assert found.writing
    assert not found.photo
    assert found.glyphs is not None
    assert found.contrast > 0.5
    assert found.evenness > 0.98
    # Capitals of DejaVu are 0.73 of its size high, Han characters of Zen Hei 0.93.
    assert found.glyphs.height == pytest.approx(px * (0.73 if script == "en" else 0.93), rel=0.25)


@pytest.mark.parametrize("blur", [0.4, 0.9])
@pytest.mark.parametrize("angle", [0.0, 4.0, 90.0])
@pytest.mark.parametrize(("script", "expected"), [("en", "Latin"), ("zh", "Han")])
def test_the_script_is_told_by_its_shapes(script: str, expected: str, angle: float, blur: float) -> None:
    found = signals_in(grained(rotated(page(script, px=28), angle), blur=blur))
    assert found.glyphs is not None
    assert found.glyphs.script == expected
    assert found.glyphs.sure > 0.5


def test_a_few_characters_make_no_certain_script() -> None:
    for script in ("en", "zh"):
        found = signals_in(grained(page(script, size=(300, 120), lines=1)))
        assert found.glyphs is not None
        assert found.glyphs.sure < 0.5


@pytest.mark.parametrize(
    "grey",
    [np.full((600, 400), 250, np.uint8), np.zeros((600, 400), np.uint8), np.zeros((1, 1), np.uint8),
     np.full((2, 900), 255, np.uint8), grained(desk((800, 600))), scenery(),
     np.asarray(Image.effect_noise((900, 700), 60).filter(ImageFilter.GaussianBlur(3)))],
    ids=["white", "black", "one point", "sliver", "desk", "scenery", "texture"],
)  # fmt: skip
def test_where_nothing_is_written_nothing_is_seen(grey: np.ndarray) -> None:
    found = signals_in(grey)
    assert not found.writing
    assert found.slant is None


def test_bright_writing_on_dark_is_writing() -> None:
    found = signals_in(grained(255 - page()))
    assert found.writing
    assert found.contrast > 0.5


def test_a_cameras_picture_is_told_from_a_scan() -> None:
    assert signals_in(photographed(page(size=(1240, 1754)), QUAD, (1000, 1333))).photo
    assert not signals_in(grained(page())).photo


def test_blurred_print_is_less_sharp() -> None:
    sharp, blurred = signals_in(grained(page(), blur=0.4)), signals_in(grained(page(), blur=2.5))
    assert sharp.sharpness is not None
    assert blurred.sharpness is not None
    assert blurred.sharpness < 0.6 < sharp.sharpness


def test_more_writing_covers_more() -> None:
    little, much = signals_in(page(lines=3)), signals_in(page())
    assert 0 < little.cover < much.cover < 0.3


def test_faint_print_has_little_contrast_and_is_writing() -> None:
    faint = grained(225 - (255 - page().astype(np.float64)) * 0.15, noise=1.5)
    found = signals_in(faint)
    assert found.writing
    assert 0.03 < found.contrast < 0.25
