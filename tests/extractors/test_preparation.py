"""Pictures made readier for OCR: straight, flat, evenly lit, large enough; and the way back to the delivered one."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import Box
from extractors.ocr import pictures
from extractors.ocr.engine import OcrImage, Recognised
from extractors.ocr.geometry import deskewed, flattened, proportion_of, turned
from extractors.ocr.ink import ink_of
from extractors.ocr.light import cleared, enlarged, evened
from extractors.ocr.prepared import (
    CORNERS,
    Prepared,
    as_delivered,
    chained,
    in_fractions,
    mapped,
    restored,
    turn_back,
)
from extractors.ocr.sheet import outline_of
from extractors.ocr.skew import slant_of
from tests.extractors.drawn_pages import Points, desk, grained, page, photographed, rotated, saved, shadowed

IMAGE = OcrImage(Path("page.png"), 1, 150)


def box_reading(*boxes: Box) -> Recognised:
    return Recognised((tuple(("word", box, 0.9) for box in boxes),))


def boxes_of(reading: Recognised) -> list[tuple[float, float, float, float]]:
    return [(box.x0, box.y0, box.x1, box.y1) for _, box, _ in reading.words]


@st.composite
def homographies(draw: st.DrawFn) -> np.ndarray:
    """From one picture's corners to places not too far from another's, as sheets are seen by cameras."""
    off = st.floats(-0.12, 0.12)
    corners = CORNERS + np.array([[draw(off), draw(off)] for _ in range(4)])
    return cv2.getPerspectiveTransform(CORNERS.astype(np.float32), corners.astype(np.float32))


@st.composite
def small_boxes(draw: st.DrawFn) -> Box:
    x, y = draw(st.floats(0.3, 0.7)), draw(st.floats(0.3, 0.7))
    return Box(x, y, x + draw(st.floats(0, 0.002)), y + draw(st.floats(0, 0.002)))


@settings(max_examples=60)
@given(st.lists(homographies(), min_size=1, max_size=3), st.sampled_from([0, 90, 180, 270]), small_boxes())
def test_boxes_come_back_through_any_chain(backs: list[np.ndarray], turn: int, box: Box) -> None:
    chain = as_delivered(IMAGE)
    for back in (*backs, turn_back(turn)):
        chain = chained(chain, Prepared(IMAGE, back))
    there = mapped(np.array([(box.x0, box.y0), (box.x1, box.y1)]), np.linalg.inv(chain.back))
    if not ((there >= 0) & (there <= 1)).all():
        return
    seen = Box.clamped(*there[0], *there[1])
    found = boxes_of(restored(box_reading(seen), chain))[0]
    assert found == pytest.approx((box.x0, box.y0, box.x1, box.y1), abs=0.005)


@settings(max_examples=60)
@given(homographies(), st.floats(0.1, 0.6), st.floats(0.1, 0.6), st.floats(0.05, 0.3), st.floats(0.05, 0.3))
def test_a_restored_box_holds_all_of_the_slanting_one(
    back: np.ndarray, x: float, y: float, width: float, height: float
) -> None:
    box = Box(x, y, x + width, y + height)
    left, top, right, bottom = boxes_of(restored(box_reading(box), Prepared(IMAGE, back)))[0]
    inside = np.array([(x + a * width, y + b * height) for a in (0, 0.5, 1) for b in (0, 0.5, 1)])
    places = mapped(inside, back).clip(0, 1)
    assert (places >= np.array([left, top]) - 1e-9).all()
    assert (places <= np.array([right, bottom]) + 1e-9).all()


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_turning_has_the_way_back_that_boxes_always_had(tmp_path: Path, degrees: int) -> None:
    boxes = Box(0.1, 0.2, 0.4, 0.3), Box(0, 0.9, 0.01, 1)
    prepared = turned(saved(page(size=(300, 400), lines=2), tmp_path), degrees, tmp_path)
    assert pictures.size(prepared.image) == ((400, 300) if degrees != 180 else (300, 400))
    expected = boxes_of(pictures.turned_back(box_reading(*boxes), degrees))
    for found, wanted in zip(boxes_of(restored(box_reading(*boxes), prepared)), expected, strict=True):
        assert found == pytest.approx(wanted)


def test_pixels_become_fractions_of_either_picture() -> None:
    halved = np.diag([2.0, 2.0, 1.0])
    assert in_fractions(halved, (50, 100), (100, 200)) == pytest.approx(np.eye(3))


@pytest.mark.parametrize(
    "back",
    [np.eye(2), np.full((3, 3), np.nan), np.zeros((3, 3)), np.array([[1, 0, 0], [0, 1, 0], [-3, 0, 1.0]])],
    ids=["small", "nan", "nothing", "beyond the horizon"],
)
def test_what_is_no_way_back_is_refused(back: np.ndarray) -> None:
    with pytest.raises(ValueError, match="not a way back"):
        Prepared(IMAGE, back)


MANY = [-9.5, -0.8, 2.5]


@pytest.mark.parametrize("script", ["en", "zh"])
@pytest.mark.parametrize("angle", MANY)
def test_the_slant_of_lines_is_told(script: str, angle: float) -> None:
    slant = slant_of(ink_of(grained(rotated(page(script), angle))))
    assert slant is not None
    assert slant.across
    assert slant.angle == pytest.approx(angle, abs=0.25)


@pytest.mark.parametrize("script", ["en", "zh"])
@pytest.mark.parametrize(
    "options",
    [{"table": True}, {"lines": 3}, {"lines": 1}, {"px": 13}, {"px": 48}],
    ids=["table", "three lines", "one line", "small", "large"],
)
def test_the_slant_is_told_of_tables_and_of_little_text(script: str, options: dict[str, int]) -> None:
    slant = slant_of(ink_of(grained(rotated(page(script, **options), 3.3))))  # type: ignore[arg-type]
    assert slant is not None
    assert slant.angle == pytest.approx(3.3, abs=0.35)


@pytest.mark.parametrize("script", ["en", "zh"])
def test_a_page_on_its_side_is_known_as_such(script: str) -> None:
    slant = slant_of(ink_of(grained(rotated(page(script), 88.0))))
    assert slant is not None
    assert not slant.across
    assert slant.angle == pytest.approx(-2.0, abs=0.25)
    assert slant.sure > 0.6


def marked(grey: np.ndarray, place: tuple[int, int]) -> np.ndarray:
    """With a black square that is larger than any letter."""
    x, y = place
    grey = grey.copy()
    grey[y - 20 : y + 20, x - 20 : x + 20] = 0
    return grey


def mark_in(image: OcrImage) -> Points:
    """Where the square is, as fractions."""
    grey = pictures.loaded(image)
    solid = cv2.erode((grey < 100).astype(np.uint8), np.ones((17, 17), np.uint8))
    y, x = np.nonzero(solid)
    return np.array([[(x.mean() + 0.5) / grey.shape[1], (y.mean() + 0.5) / grey.shape[0]]])


@pytest.mark.parametrize("angle", [-6.0, 1.4])
def test_a_page_is_levelled_and_its_places_come_back(tmp_path: Path, angle: float) -> None:
    delivered = saved(rotated(marked(page(), (850, 60)), angle), tmp_path)
    prepared = deskewed(delivered, tmp_path)
    assert prepared is not None
    level = slant_of(ink_of(pictures.loaded(prepared.image)))
    assert level is not None
    assert abs(level.angle) < 0.3
    assert mapped(mark_in(prepared.image), prepared.back) == pytest.approx(mark_in(delivered), abs=0.002)


def opposed() -> np.ndarray:
    """Two halves that slant against each other, as a curled sheet's do."""
    return np.hstack(
        [rotated(page(size=(600, 900)), 2.5)[:900, :600], rotated(page(size=(600, 900)), -2.5)[:900, :600]]
    )


@pytest.mark.parametrize(
    "grey",
    [page(), rotated(page(), 0.15), rotated(page(), 15), opposed(), np.full((700, 500), 255, np.uint8),
     np.random.default_rng(3).integers(0, 255, (500, 700), dtype=np.uint8), np.zeros((1, 1), np.uint8)],
    ids=["straight", "nearly", "far too much", "two ways", "blank", "noise", "one point"],
)  # fmt: skip
def test_what_is_level_or_uncertain_is_left_alone(tmp_path: Path, grey: np.ndarray) -> None:
    assert deskewed(saved(grey, tmp_path), tmp_path) is None


QUADS = {
    "from the left": [(150, 120), (880, 190), (820, 1180), (110, 1240)],
    "from below": [(210, 160), (790, 150), (930, 1190), (70, 1210)],
    "askew": [(260, 90), (930, 240), (740, 1230), (60, 1080)],
}


@pytest.mark.parametrize(
    ("script", "corners"), [*zip(["en", "zh", "en"], QUADS.values(), strict=True)], ids=list(QUADS)
)
def test_a_photographed_sheet_is_made_flat(
    tmp_path: Path, script: str, corners: list[tuple[int, int]]
) -> None:
    quad = np.array(corners, dtype=np.float64)
    delivered = saved(photographed(page(script, size=(1240, 1754), px=30), quad, (1000, 1333)), tmp_path)
    prepared = flattened(delivered, tmp_path)
    assert prepared is not None
    expected = quad / (1000, 1333)
    assert mapped(CORNERS, prepared.back) == pytest.approx(expected, abs=0.012)
    slant = slant_of(ink_of(pictures.loaded(prepared.image)))
    assert slant is not None
    assert abs(slant.angle) < 1.0


def test_a_sheet_that_the_picture_cuts_off_loses_nothing(tmp_path: Path) -> None:
    quad = np.array([(200, 150), (800, 150), (900, 1600), (100, 1600)], dtype=np.float64)
    seen = photographed(page(size=(1000, 1700), px=30), quad, (1000, 1333))
    prepared = flattened(saved(seen, tmp_path), tmp_path)
    assert prepared is not None
    corners = mapped(CORNERS, prepared.back)
    assert corners[:2] == pytest.approx(quad[:2] / (1000, 1333), abs=0.012)
    assert (corners[2:, 1] >= 0.99).all()


def facade() -> np.ndarray:
    """A wall with a bright window without writing."""
    wall = desk((1000, 800))
    wall[150:700, 200:800] = 230
    wall[150:700, 490:510] = 120
    return grained(wall)


def plate() -> np.ndarray:
    """Writing on something round."""
    table = desk((1000, 1000))
    cv2.circle(table, (500, 500), 420, 220.0, -1)
    table[300:700, 300:700] = np.minimum(table[300:700, 300:700], page(size=(400, 400)))
    return grained(table)


def on_white() -> np.ndarray:
    """A sheet on a desk as bright as itself."""
    sheet = np.full((1333, 1000), 235.0)
    sheet[150:1200, 150:850] = np.minimum(240, page(size=(700, 1050), px=22))
    return grained(sheet)


@pytest.mark.parametrize(
    "grey",
    [grained(page()), facade(), plate(), on_white(), grained(desk((800, 600))), np.zeros((1, 1), np.uint8),
     np.full((3, 900), 255, np.uint8), opposed()],
    ids=["scan", "window", "plate", "white on white", "desk", "one point", "sliver", "full frame"],
)  # fmt: skip
def test_what_is_no_sheet_on_a_desk_is_not_warped(tmp_path: Path, grey: np.ndarray) -> None:
    assert flattened(saved(grey, tmp_path), tmp_path) is None


def test_a_sheet_with_slanting_print_is_taken_for_something_else(tmp_path: Path) -> None:
    slanting = rotated(page(size=(900, 1200)), 12)[150:1250, 150:950]
    quad = np.array([(100, 100), (900, 100), (900, 1200), (100, 1200)], dtype=np.float64)
    seen = photographed(slanting, quad, (1000, 1333))
    assert outline_of(seen) is not None
    assert flattened(saved(seen, tmp_path), tmp_path) is None


@settings(max_examples=40)
@given(st.floats(0.4, 2.2), st.floats(15, 40), st.floats(-35, -15), st.floats(-25, 25), st.floats(0.8, 1.6))
def test_a_rectangles_proportion_is_told_from_how_it_is_seen(
    proportion: float, pitch: float, yaw: float, roll: float, focal: float
) -> None:
    size = (3000, 4000)
    half = np.array([proportion, 1.0]) / math.hypot(proportion, 1.0)
    flat = np.column_stack([(CORNERS * 2 - 1) * half, np.zeros(4)])
    angles = np.radians([pitch, yaw, roll])
    turn = cv2.Rodrigues(np.array([angles[0], 0, 0]))[0] @ cv2.Rodrigues(np.array([0, angles[1], 0]))[0]
    turn = cv2.Rodrigues(np.array([0, 0, angles[2]]))[0] @ turn
    placed = flat @ turn.T + (0.0, 0.0, 3.0)
    seen = placed[:, :2] / placed[:, 2:] * focal * max(size) + np.array(size) / 2
    found = proportion_of(seen, size)
    assert found is None or found == pytest.approx(proportion, rel=0.03)


def test_what_is_seen_from_straight_above_tells_no_depth() -> None:
    assert proportion_of(np.array([(100, 100), (800, 100), (800, 1100), (100, 1100.0)]), (1000, 1333)) is None


def separation(grey: np.ndarray, truth: np.ndarray) -> float:
    """How far apart ink and paper are: the darkest paper (2 in 100 aside) minus the brightest ink, in grey levels."""
    ink = cv2.erode((truth < 60).astype(np.uint8), np.ones((2, 2), np.uint8)).astype(bool)
    paper = cv2.dilate((truth < 250).astype(np.uint8), np.ones((7, 7), np.uint8)) == 0
    return float(np.quantile(grey[paper], 0.02)) - float(np.quantile(grey[ink], 0.9))


@pytest.mark.parametrize("script", ["en", "zh"])
def test_shadows_fall_out(tmp_path: Path, script: str) -> None:
    truth = page(script, size=(900, 700), px=30)
    dim = shadowed(truth)
    prepared = evened(saved(dim, tmp_path), tmp_path)
    assert prepared is not None
    assert separation(dim, truth) < 30
    assert separation(pictures.loaded(prepared.image), truth) > 100
    assert prepared.back == pytest.approx(np.eye(3))


@pytest.mark.parametrize("script", ["en", "zh"])
def test_bright_on_dark_becomes_dark_on_bright(tmp_path: Path, script: str) -> None:
    truth = page(script, size=(900, 700), px=30)
    prepared = evened(saved(255 - truth, tmp_path), tmp_path, anyway=True)
    assert prepared is not None
    assert separation(pictures.loaded(prepared.image), truth) > 150


def test_tinted_paper_becomes_white(tmp_path: Path) -> None:
    truth = page(size=(900, 700), px=30)
    prepared = evened(saved(grained(truth * 0.5), tmp_path), tmp_path, anyway=True)
    assert prepared is not None
    assert np.median(pictures.loaded(prepared.image)) > 245


@pytest.mark.parametrize("grey", [page(), np.full((300, 300), 90, np.uint8), np.zeros((1, 1), np.uint8)])
def test_even_light_and_blank_pages_are_left_alone(tmp_path: Path, grey: np.ndarray) -> None:
    assert evened(saved(grey, tmp_path), tmp_path) is None


def test_even_light_is_evened_all_the_same_when_asked(tmp_path: Path) -> None:
    assert evened(saved(page(size=(500, 500)), tmp_path), tmp_path, anyway=True) is not None


def patterned(grey: np.ndarray) -> np.ndarray:
    """On paper with waves printed all over, as invoices have against copying."""
    y, x = np.mgrid[0 : grey.shape[0], 0 : grey.shape[1]]
    waves = np.cos((y + 18 * np.sin(x / 40)) * 2 * np.pi / 17) + np.cos(
        (x + 14 * np.sin(y / 55)) * 2 * np.pi / 19
    )
    return grained(np.minimum(np.where(waves > 0.2, 150.0, 225.0), grey))


def test_a_printed_pattern_goes(tmp_path: Path) -> None:
    truth = page(size=(900, 700), px=30)
    busy = patterned(truth)
    prepared = cleared(saved(busy, tmp_path), tmp_path)
    assert prepared is not None
    assert separation(pictures.loaded(prepared.image), truth) > separation(busy, truth) + 60


def test_a_watermark_goes(tmp_path: Path) -> None:
    truth = page(size=(900, 700), px=30)
    busy = truth.copy()
    cv2.putText(busy, "COPY", (80, 480), cv2.FONT_HERSHEY_SIMPLEX, 9, 185, 40)
    busy = np.minimum(busy, truth)
    prepared = cleared(saved(grained(busy), tmp_path), tmp_path)
    assert prepared is not None
    assert separation(pictures.loaded(prepared.image), truth) > separation(busy, truth) + 10


def test_what_holds_no_letters_is_not_cleared(tmp_path: Path) -> None:
    assert cleared(saved(np.full((300, 300), 90, np.uint8), tmp_path), tmp_path) is None


@pytest.mark.parametrize(("height", "least", "most"), [(10.0, 1.9, 2.0), (18.0, 1.5, 2.0), (30.0, 1.0, 1.0)])
def test_small_print_is_enlarged(tmp_path: Path, height: float, least: float, most: float) -> None:
    prepared = enlarged(saved(grained(page(size=(800, 600), px=12)), tmp_path), tmp_path, height)
    if most == 1.0:
        assert prepared is None
        return
    assert prepared is not None
    factor = pictures.size(prepared.image)[0] / 800
    assert least - 0.01 <= factor <= most + 0.01
    assert prepared.image.dpi == pytest.approx(150 * factor, rel=0.01)
    assert prepared.back == pytest.approx(np.eye(3))
