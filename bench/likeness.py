"""`python -m bench.likeness`: how far copies of a page and other pages are from each other, and how fast both are told.

The pages are those of the typed sample documents, scanned twice by two machines, and the drawn photos, passed on,
cropped, and taken a minute later. From these distributions the limits in `pipeline/gallery.py` were chosen.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pypdfium2
from PIL import Image

from extractors.picture_hash import BITS, PictureHash, picture_hash
from pipeline.gallery import NEAR_SHEET, NEAR_WHOLE, Gallery
from sample_docs._again import forwarded, minutes_later, rescanned
from sample_docs._photos import SCENES, Shot, photo
from sample_docs._spec import specs
from sample_docs.make import _typed

SEED, COPIES = 7, 3
LARGE = 100_000
Pages = Sequence[tuple[str, PictureHash]]


def main() -> None:
    """Measure and print."""
    rng = np.random.default_rng(SEED)
    sheets = list(_sheets())
    first, second = _hashed(sheets, lambda p: rescanned(p, rng)), _hashed(sheets, lambda p: rescanned(p, rng))
    print(f"{len(sheets)} pages of paper, each scanned twice; bits of {BITS}, found at {NEAR_SHEET} or less")
    _print("rescan", _distances(first, second, "sheet", same=True), NEAR_SHEET)
    _print("another page", _distances(first, second, "sheet", same=False), NEAR_SHEET)
    shots = [(scene, Image.open(photo_file(scene))) for scene in SCENES]
    originals = _hashed(shots, lambda p: p)
    print(f"{len(SCENES)} photos, {COPIES} copies each; found at {NEAR_WHOLE} or less")
    for name, change in (
        ("passed on", lambda p: forwarded(p, rng)),
        ("and cropped by 3 %", lambda p: forwarded(p, rng, 0.03)),
        ("a minute later", lambda p: minutes_later(p, rng)),
    ):
        _print(name, _distances(originals, _hashed(shots * COPIES, change), "whole", same=True), NEAR_WHOLE)
    _print("another scene", _distances(originals, originals, "whole", same=False), NEAR_WHOLE)
    _speed(sheets[0][1], first[0][1])


def photo_file(scene: str) -> io.BytesIO:
    """A drawn photo as a file in memory."""
    return io.BytesIO(photo(Shot(scene=scene), np.random.default_rng(SEED)))


def _sheets() -> Iterator[tuple[str, Image.Image]]:
    for spec in specs():
        if spec.form in ("pdf", "scan", "docx", "rtf") and spec.body:
            for number, page in enumerate(pypdfium2.PdfDocument(_typed(spec)), 1):
                yield f"{spec.file} {number}", page.render(scale=1.7).to_pil()


def _hashed(pages: Sequence[tuple[str, Image.Image]], change: Callable[[Image.Image], Image.Image]) -> Pages:
    found = ((name, picture_hash(change(page).convert("L"))) for name, page in pages)
    return [(name, each) for name, each in found if each is not None]


def _distances(first: Pages, second: Pages, kind: str, same: bool) -> np.ndarray:
    pairs = [
        (getattr(one, kind), getattr(other, kind))
        for name, one in first
        for other_name, other in second
        if (name == other_name) is same
    ]
    rows = [np.frombuffer(a, np.uint8) ^ np.frombuffer(b, np.uint8) for a, b in pairs if a and b]
    return np.bitwise_count(np.array(rows)).sum(axis=1)


def _print(name: str, distances: np.ndarray, limit: int) -> None:
    marks = np.quantile(distances, [0, 0.01, 0.1, 0.5, 0.9, 0.99, 1]).round().astype(int)
    shown = "  ".join(f"{mark:4}" for mark in marks)
    found = f"{(distances <= limit).mean():.2%}"
    print(f"  {name:20} {len(distances):6} pairs   0/1/10/50/90/99/100 %: {shown}   found {found}")


def _speed(page: Image.Image, wanted: PictureHash) -> None:
    grey = page.convert("L").resize((2480, 3508))
    start = time.perf_counter()
    for _ in range(10):
        picture_hash(grey)
    print(f"hashing a page of A4 at 300 dpi: {(time.perf_counter() - start) * 100:.0f} ms")
    chance = np.random.default_rng(SEED)
    gallery = Gallery(*([chance.bytes(BITS // 8) for _ in range(LARGE)] for _ in ("wholes", "sheets")))
    start = time.perf_counter()
    for _ in range(20):
        gallery.distances(wanted)
    print(f"looking for one page among {LARGE}: {(time.perf_counter() - start) * 50:.1f} ms")


if __name__ == "__main__":
    main()
