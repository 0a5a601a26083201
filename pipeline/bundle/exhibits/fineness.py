"""Pictures in taken-over pages that are finer than a profile wants, made as coarse as that. Runs in a worker.

Courts ask for scans at no more than 300 dots per inch; the file itself stays as it is among the originals.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import cast

import pikepdf
from pikepdf import Name, Object, PdfImage
from PIL import Image

_SLACK = 1.1
"""So much finer than wanted a picture may be before it is worth a loss."""
_LEAST_PIXELS = 1_000_000
"""Smaller pictures (logos, signatures) are left: they weigh nothing."""
_MOST_PIXELS = 120_000_000
_DEEPEST = 4
_QUALITY = 88
_MODES = {"1", "L", "RGB"}
_HALF = 128

Matrix = tuple[float, float, float, float, float, float]
_UPRIGHT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def coarsened(path: Path, dpi: int) -> int:
    """Makes the pictures of the PDF that are finer than `dpi` as coarse as that; returns how many there were.

    A picture that stands in several places is as fine as its largest place needs. What cannot be decoded, has a mask
    or colours for print stays as it is.
    """
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        count = 0
        for image, (wide, high) in _placed(pdf).values():
            count += _coarsen(image, wide / 72 * dpi, high / 72 * dpi)
        if count:
            pdf.save(path, deterministic_id=True)
    return count


def _placed(pdf: pikepdf.Pdf) -> dict[tuple[int, int], tuple[Object, tuple[float, float]]]:
    """The larger pictures, each with the greatest width and height in points at which it stands."""
    found: dict[tuple[int, int], tuple[Object, tuple[float, float]]] = {}
    for page in pdf.pages:
        if not _has_large(page.obj.get(Name.Resources), _DEEPEST):
            continue
        unit = float(page.obj.get(Name.UserUnit, 1))
        for image, matrix in _drawn(page.obj, page.obj.get(Name.Resources), _UPRIGHT, _DEEPEST):
            wide, high = math.hypot(*matrix[:2]) * unit, math.hypot(*matrix[2:4]) * unit
            _, (known_wide, known_high) = found.get(image.objgen, (image, (0.0, 0.0)))
            found[image.objgen] = image, (max(wide, known_wide), max(high, known_high))
    return found


def _has_large(resources: Object | None, depth: int) -> bool:
    """Whether a page or form may show a picture worth a look: told without reading what it draws."""
    objects = resources.get(Name.XObject) if isinstance(resources, pikepdf.Dictionary) else None
    if objects is None or depth == 0:
        return False
    return any(
        _is_large(found) or _has_large(found.get(Name.Resources), depth - 1)
        for _, found in objects.items()
        if isinstance(found, pikepdf.Stream)
    )


def _is_large(found: Object) -> bool:
    if found.get(Name.Subtype) != Name.Image:
        return False
    pixels = int(found.get(Name.Width, 0)) * int(found.get(Name.Height, 0))
    return _LEAST_PIXELS <= pixels <= _MOST_PIXELS


def _drawn(
    source: Object, resources: Object | None, matrix: Matrix, depth: int
) -> Iterator[tuple[Object, Matrix]]:
    """The large pictures that a page or form draws, each with the matrix of its unit square."""
    objects = resources.get(Name.XObject) if isinstance(resources, pikepdf.Dictionary) else None
    if objects is None or depth == 0:
        return
    kept: list[Matrix] = []
    for operands, operator in _instructions(source):
        match str(operator):
            case "q":
                kept.append(matrix)
            case "Q" if kept:
                matrix = kept.pop()
            case "cm":
                matrix = _times([float(value) for value in operands], matrix)
            case "Do":
                yield from _shown(objects.get(str(operands[0])), resources, matrix, depth)


def _instructions(source: Object) -> list[tuple[list[Object], object]]:
    try:
        return [
            (list(one.operands), one.operator) for one in pikepdf.parse_content_stream(source, "q Q cm Do")
        ]
    except pikepdf.PdfError:  # it is shown as far as a viewer can
        return []


def _shown(
    found: Object | None, resources: Object | None, matrix: Matrix, depth: int
) -> Iterator[tuple[Object, Matrix]]:
    if not isinstance(found, pikepdf.Stream):
        return
    if _is_large(found):
        yield found, matrix
    elif found.get(Name.Subtype) == Name.Form:
        own = [float(value) for value in found.get(Name.Matrix, list(_UPRIGHT))]
        yield from _drawn(found, found.get(Name.Resources, resources), _times(own, matrix), depth - 1)


def _times(one: list[float], two: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    return (
        a * two[0] + b * two[2],
        a * two[1] + b * two[3],
        c * two[0] + d * two[2],
        c * two[1] + d * two[3],
        e * two[0] + f * two[2] + two[4],
        e * two[1] + f * two[3] + two[5],
    )


def _coarsen(image: Object, wide: float, high: float) -> bool:
    """Writes the picture anew with so many dots across and down, where it has more; says whether it did."""
    width, height = int(image.Width), int(image.Height)
    size = max(1, math.ceil(wide)), max(1, math.ceil(high))
    if width <= size[0] * _SLACK or height <= size[1] * _SLACK or _is_special(image):
        return False
    try:
        picture = _decoded(image, size)
    except (pikepdf.PdfError, NotImplementedError, OSError, ValueError):
        return False
    if picture.mode not in _MODES:
        return False
    _write(image, picture, size)
    return True


def _is_special(image: Object) -> bool:
    return any(name in image for name in (Name.SMask, Name.Mask, Name.Decode, Name.ImageMask))


def _decoded(image: Object, size: tuple[int, int]) -> Image.Image:
    if image.get(Name.Filter) == Name.DCTDecode:
        photo = Image.open(BytesIO(image.read_raw_bytes()))
        photo.draft(photo.mode, size)  # a JPEG is decoded at a half or a quarter where that is enough
        photo.load()
        return photo
    return PdfImage(cast(pikepdf.Stream, image)).as_pil_image()


def _write(image: Object, picture: Image.Image, size: tuple[int, int]) -> None:
    bitonal = picture.mode == "1"
    smaller = (picture.convert("L") if bitonal else picture).resize(
        size, Image.Resampling.BOX, reducing_gap=2.0
    )
    if bitonal:
        data, bits, kind = smaller.point(lambda grey: 255 * (grey >= _HALF), "1").tobytes(), 1, None
    else:
        out = BytesIO()
        smaller.save(out, "JPEG", quality=_QUALITY)
        data, bits, kind = out.getvalue(), 8, Name.DCTDecode
    image.write(data, filter=kind)
    image.Width, image.Height, image.BitsPerComponent = size[0], size[1], bits
    if bitonal or picture.mode == "L":
        image.ColorSpace = Name.DeviceGray
