"""What Tesseract is given to read: of the size it reads best, evenly lit, flat; and that it reads it better."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from extractors.ocr import engine, pictures
from extractors.ocr.engine import OcrImage, Recognised
from extractors.ocr.geometry import flattened
from extractors.ocr.light import evened
from extractors.ocr.merit import merit
from extractors.ocr.prepared import CORNERS, mapped, restored
from extractors.ocr.readied import readied
from extractors.ocr.signals import signals_of
from tests.extractors.drawn_pages import grained, page, photographed, saved, shadowed


@pytest.mark.parametrize(
    ("script", "px", "factor"), [("en", 24, 1.0), ("en", 60, 0.5), ("en", 10, 2.0), ("zh", 60, 1.0)]
)
def test_tesseract_gets_print_of_the_size_it_reads_best(
    tmp_path: Path, script: str, px: int, factor: float
) -> None:
    image = saved(grained(page(script, size=(1600, 1800), px=px)), tmp_path)
    prepared = readied(image, signals_of(image), tmp_path)
    assert pictures.size(prepared.image)[0] / 1600 == pytest.approx(factor, rel=0.08)
    assert prepared.back == pytest.approx(np.eye(3))


def read(image: OcrImage) -> Recognised:
    return engine("tesseract").recognise([image], ["eng"], "page", 60)[0]


def test_a_shadowed_page_reads_far_better(tmp_path: Path) -> None:
    image = saved(shadowed(page(size=(900, 500), px=26)), tmp_path)
    prepared = evened(image, tmp_path)
    assert prepared is not None
    assert merit(read(prepared.image)) > 1.3 * merit(read(image))


def test_a_photographed_page_reads_better_and_its_words_keep_their_places(tmp_path: Path) -> None:
    sheet = np.full((900, 800), 255, np.uint8)
    sheet[:] = np.minimum(sheet, page(size=(800, 900), px=28, seed=4))
    cv2.putText(sheet, "POSSESSION", (420, 60), cv2.FONT_HERSHEY_DUPLEX, 1.4, 0, 2)
    quad = np.array([(190, 130), (880, 250), (760, 1000), (60, 840)], dtype=np.float64)
    image = saved(photographed(sheet, quad, (960, 1080)), tmp_path)
    prepared = flattened(image, tmp_path)
    assert prepared is not None
    found = read(prepared.image)
    assert merit(found) > 1.1 * merit(read(image))
    box = next(box for word, box, _ in restored(found, prepared).words if word == "POSSESSION")
    own = np.array([(420, 25), (700, 62)]) / (800, 900)
    seen = cv2.getPerspectiveTransform(CORNERS.astype(np.float32), (quad / (960, 1080)).astype(np.float32))
    expected = mapped(np.array([own.mean(axis=0)]), seen)[0]
    assert ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2) == pytest.approx(tuple(expected), abs=0.02)
